"""A sandbox in a process of its own, and moveday commands run against it as a user would."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

START_SECONDS = 240.0


@dataclass
class SandboxProcess:
    """A running sandbox; `environ` is what its env file said."""

    environ: dict[str, str]
    process: "subprocess.Popen[bytes]"
    folder: Path

    def fault(self, name: str, **settings: object) -> None:
        """Switch a fault on."""
        body = {"name": name, "settings": settings}
        httpx.post(f"{self.environ['SANDBOX_CONTROL']}/faults", json=body).raise_for_status()

    def clear_faults(self) -> None:
        """Switch all faults off."""
        httpx.delete(f"{self.environ['SANDBOX_CONTROL']}/faults").raise_for_status()

    def look(self, what: str) -> Any:
        """A control page as JSON: ledger, visitors, requests, containers."""
        reply = httpx.get(f"{self.environ['SANDBOX_CONTROL']}/{what}", timeout=20)
        return reply.raise_for_status().json()

    def effects(self, system: str, effect: str) -> list[dict[str, Any]]:
        """What really took effect, from the sandbox's own ledger."""
        found = self.look("ledger")
        entries = found["entries"] if isinstance(found, dict) else found
        return [e for e in entries if e["system"] == system and e["effect"] == effect]

    def checkout(self, name: str = "app") -> Path:
        """A copy of the app's repository, to run moveday in."""
        place = self.folder / name
        shutil.copytree(self.environ["SANDBOX_REPOSITORY"], place)
        return place


@contextmanager
def run_sandbox(folder: Path, *words: str, size: int = 5) -> Iterator[SandboxProcess]:
    """Start a sandbox, wait until everything answers, end it afterwards."""
    env_file, log = folder / "sandbox.env", folder / "sandbox.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "wizard",
                "sandbox",
                "--env",
                str(env_file),
                "--size",
                str(size),
                *words,
            ],
            stdout=output,
            stderr=output,
            stdin=subprocess.DEVNULL,
            # A test run that is killed leaves no sandbox behind.
            env={**os.environ, "SANDBOX_PARENT": str(os.getpid())},
        )
    try:
        deadline = time.monotonic() + START_SECONDS
        while not env_file.exists():
            if process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(f"the sandbox did not start: {log.read_text()[-3000:]}")
            time.sleep(0.1)
        lines = (line.partition("=") for line in env_file.read_text().splitlines() if "=" in line)
        yield SandboxProcess({n: v for n, _, v in lines}, process, folder)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(120)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def environ_for(sandbox: SandboxProcess, **more: str) -> dict[str, str]:
    """The environment of a person who works on the sandbox."""
    kept = {k: v for k, v in os.environ.items() if k in ("PATH", "HOME", "LANG", "TMPDIR")}
    hook = {"MOVEDAY_PERSON_HOOK": f"{sys.executable} -m wizard sandbox person"}
    return {**kept, **sandbox.environ, **hook, **more}


@dataclass
class Ended:
    """A command that ended."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """Its standard output as JSON."""
        return json.loads(self.out)


def start(
    sandbox: SandboxProcess, app: Path, *words: str, environ: Mapping[str, str] | None = None
) -> "subprocess.Popen[str]":
    """Start a command without waiting for it."""
    return subprocess.Popen(
        [sys.executable, "-m", "wizard", *words, "--folder", str(app)],
        env=dict(environ or environ_for(sandbox)),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )


def moveday(
    sandbox: SandboxProcess,
    app: Path,
    *words: str,
    environ: Mapping[str, str] | None = None,
    seconds: float = 540,
) -> Ended:
    """Run a command to its end."""
    process = start(sandbox, app, *words, environ=environ)
    try:
        out, err = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        out, err = process.communicate()
        raise AssertionError(f"{words} did not end: {err[-3000:]}") from None
    return Ended(process.returncode, out, err)


def passed(ended: Ended) -> Ended:
    """The same, asserting that it ended well."""
    assert ended.code == 0, f"exit {ended.code}\n{ended.err[-4000:]}\n{ended.out[-2000:]}"
    return ended
