"""How long does a sandbox of its own stay up? Until a signal, or until its parent is gone."""

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Protocol

from providers import process
from providers.sandbox.env_file import write_env_file
from providers.sandbox.temp_folder import TempFolder, remove_leftovers

PARENT_VARIABLE = "SANDBOX_PARENT"


class Running(Protocol):
    """A sandbox that answers. `env` points clients at it."""

    env: dict[str, str]

    async def stop(self) -> None:
        """End everything."""
        ...


async def serve_until_ended(env_file: Path, start: Callable[[Path], Awaitable[Running]]) -> None:
    """Run it until SIGINT, SIGTERM or SIGHUP; `env_file` exists while it answers.

    `start` gets a temp folder, which is removed at the end.
    """
    base = process.shared_temp_folder()
    remove_leftovers(base)
    done = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, done.set)
    folder = TempFolder(base)
    ending = asyncio.create_task(done.wait())
    orphaned = asyncio.create_task(_watch_parent(done))
    try:
        starting = asyncio.ensure_future(start(folder.path))
        await asyncio.wait([starting, ending], return_when=asyncio.FIRST_COMPLETED)
        if not starting.done():
            starting.cancel()
            await asyncio.gather(starting, return_exceptions=True)
            return
        running = starting.result()
        try:
            write_env_file(env_file, running.env)
            await ending
        finally:
            env_file.unlink(missing_ok=True)  # noqa: ASYNC240 - one small local file
            await running.stop()
    finally:
        ending.cancel()
        orphaned.cancel()
        folder.remove()


async def _watch_parent(done: asyncio.Event) -> None:
    """End when the process that asked for it, by SANDBOX_PARENT=<its id>, is gone."""
    parent = os.environ.get(PARENT_VARIABLE, "")
    while parent:
        if str(os.getppid()) != parent:
            done.set()
        await asyncio.sleep(0.5)
