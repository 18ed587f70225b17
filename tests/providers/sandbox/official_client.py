"""The official `heroku` client (npm package `heroku`) as a judge: a program that others wrote."""

import asyncio
import json
import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

_DRIVER = Path(__file__).with_suffix(".mjs")


def official_client() -> Path:
    """The client's program; skips, or fails where services are required."""
    named = os.environ.get("MOVEDAY_HEROKU_CLI")
    on_path = shutil.which("heroku")
    for candidate in (named, on_path):
        if candidate and Path(candidate).exists():
            return Path(candidate)
    reason = "the official heroku client is not installed (npm package heroku)"
    if os.environ.get("MOVEDAY_REQUIRE_SERVICES") == "1":
        pytest.fail(reason)
    pytest.skip(reason)


@dataclass
class Judge:
    """The official client with a home of its own, pointed at the sandbox."""

    program: Path
    home: Path
    environment: dict[str, str]

    async def run(self, *words: str, code: int = 0) -> str:
        """What the client prints on standard output; its error stream is shown on failure."""
        return await self._start((str(self.program), *words), words, code)

    async def together(self, *commands: str) -> list[str]:
        """Several calls in one process of the client, one after the other."""
        words = json.dumps([line.split() for line in commands])
        driver = ("node", "--no-deprecation", str(_DRIVER), str(self.program.resolve()), words)
        told: list[str] = json.loads(await self._start(driver, commands))
        return told

    async def _start(self, command: Sequence[str], words: Sequence[str], code: int = 0) -> str:
        child = await asyncio.create_subprocess_exec(
            *command,
            env=self.environment,
            cwd=self.home,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        try:
            output, errors = await asyncio.wait_for(child.communicate(), 240)
        finally:
            if child.returncode is None:
                child.kill()
                await child.wait()
        assert child.returncode == code, f"{words}: {errors.decode()}"
        return output.decode() if code == 0 else errors.decode()


def judge_of(home: Path, environment: Mapping[str, str]) -> Judge:
    """The client with a private home and nothing of this process's environment but PATH."""
    program = official_client()
    home.mkdir()
    path = os.pathsep.join([str(program.parent), os.environ["PATH"]])
    own = {"PATH": path, "HOME": str(home), "NO_COLOR": "1", "TERM": "dumb", "COLUMNS": "200"}
    # In a new home it would start a program that asks the world for a newer version.
    quiet = {"HEROKU_DISABLE_AUTOUPDATE": "1", "DISABLE_TELEMETRY": "true"}
    return Judge(program, home, {**own, **quiet, **environment})
