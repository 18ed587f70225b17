"""Runs a job's program as its container would: a plain sh, the image's programs, kept secrets."""

import asyncio
import contextlib
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from shlex import quote as quoted
from urllib.parse import quote

from providers import bundled_postgres
from tests.journeys.secret_search import ProcessWatch
from wizard.model.database import Connection

_MADE = "made"


def url_of(connection: Connection) -> str:
    """As a platform keeps it: a URL with everything in it."""
    password = quote(connection.password.get_secret_value(), safe="")
    return (
        f"postgres://{quote(connection.user, safe='')}:{password}"
        f"@{connection.host}:{connection.port}/{connection.database}"
    )


def kept(folder: Path, connection: Connection, name: str) -> Path:
    """A secret's file."""
    path = folder / name
    path.write_text(url_of(connection) + "\n")
    return path


@dataclass(frozen=True)
class Ran:
    """How the container ended: its exit code and what its log holds."""

    code: int
    out: str
    err: str


def container_environ(folder: Path, **more: str) -> dict[str, str]:
    """What the image's environment has, and no more; its mktemp notes what it makes."""
    programs, own = bundled_postgres.programs(), folder / "bin"
    own.mkdir(exist_ok=True)
    mktemp = own / "mktemp"
    # Other jobs of other tests run at the same time, in the same places.
    mktemp.write_text(
        f'#!/bin/sh\nmade=$({shutil.which("mktemp")} "$@") || exit\n'
        f'echo "$made"\necho "$made" >>{quoted(str(folder / _MADE))}\n'
    )
    mktemp.chmod(0o755)
    return {"PATH": f"{own}:{programs}:/usr/bin:/bin", "TMPDIR": str(folder), "HOME": "/", **more}


async def run_job(
    script: str,
    folder: Path,
    *prefix: str,
    watch: ProcessWatch | None = None,
    **environ: str,
) -> Ran:
    """Run it to its end; `prefix` is a program that the shell is run by."""
    child = await asyncio.create_subprocess_exec(
        *prefix,
        *("sh", "-c", script),
        env=container_environ(folder, **environ),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        start_new_session=True,
    )
    if watch is not None:
        watch.roots.add(child.pid)
    try:
        out, err = await asyncio.wait_for(child.communicate(), 300)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, 9)
    return Ran(child.returncode or 0, out.decode(), err.decode())


def leftovers(folder: Path) -> list[Path]:
    """Private folders of the jobs that were run with `folder`, as far as they are still there."""
    made = [Path(line) for line in (folder / _MADE).read_text().splitlines()]
    assert made, "no job has made its folder"
    return [path for path in made if path.exists()]
