"""The sandbox as a process of its own, for the demo; it ends with whoever started it."""

import asyncio
import os
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from wizard.errors import MachineError, OutsideError

START_SECONDS = 180.0


@asynccontextmanager
async def sandbox_process(
    folder: Path, size: int, scenario: str, ttl: int, visitors: bool
) -> AsyncIterator[dict[str, str]]:
    """A sandbox in a process of its own; yields its settings, ends it at the end."""
    env_file = folder / "sandbox.env"
    log = folder / "sandbox.log"
    with log.open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "wizard", "sandbox", "--env", str(env_file)),
            *("--scenario", scenario, "--size", str(size), "--ttl", str(ttl)),
            "--visitors" if visitors else "--no-visitors",
            stdin=asyncio.subprocess.DEVNULL,
            # A demo that is killed takes its sandbox along.
            env={**os.environ, "SANDBOX_PARENT": str(os.getpid())},
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        deadline = time.monotonic() + START_SECONDS
        while not env_file.exists():
            if process.returncode is not None:
                tail = log.read_text(errors="replace")[-1500:]
                raise MachineError("the sandbox did not start", tail)
            if time.monotonic() > deadline:
                raise OutsideError(f"the sandbox did not start within {START_SECONDS:g} s")
            await asyncio.sleep(0.1)
        yield read_env(env_file)
    finally:
        if process.returncode is None:
            process.terminate()
            try:
                await asyncio.wait_for(process.wait(), 30)
            except TimeoutError:
                process.kill()
                await process.wait()
        env_file.unlink(missing_ok=True)


def read_env(path: Path) -> dict[str, str]:
    """The NAME=value lines of a file."""
    pairs = (line.partition("=") for line in path.read_text().splitlines() if "=" in line)
    return {name: value for name, _, value in pairs}
