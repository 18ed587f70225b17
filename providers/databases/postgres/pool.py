"""Copying processes for the conductor: hands out tasks, passes on answers, ends them all."""

import asyncio
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from providers import process
from providers.databases.postgres.errors import DatabaseTrouble
from providers.databases.postgres.limit import Limit

_ROOT = Path(__file__).parents[3]
STALLED_AFTER = 120.0
OnBytes = Callable[[int, int], None]
"""Hears the number of a task's part and the bytes of it that went through so far."""


class WorkerPool:
    """`size` processes; `do` waits for a free one, first come first served.

    A stream through which nothing passes for `stalled_after` seconds is given up: a tunnel can die
    in a way that neither side's TCP notices. `limit` holds all of them back together.
    """

    def __init__(
        self,
        setup: dict[str, Any],
        size: int,
        stalled_after: float = STALLED_AFTER,
        limit: Limit | None = None,
    ) -> None:
        self._setup = {**setup, "limited": limit is not None}
        self._limit = limit
        self._stalled_after = stalled_after
        self._size = size
        self._idle: asyncio.Queue[process.Child] = asyncio.Queue()
        self._children: list[process.Child] = []

    @property
    def pids(self) -> list[int]:
        """Process ids of the workers."""
        return [child.pid for child in self._children]

    async def start(self) -> None:
        """Start the processes and give them their settings."""
        env = process.environment({"PYTHONPATH": str(_ROOT)} | _network())
        for number in range(self._size):
            child = await process.start(
                [sys.executable, "-P", "-m", "providers.databases.postgres.worker"],
                env=env,
                stdin=True,
            )
            self._children.append(child)
            assert child.process.stdin is not None
            first = json.dumps(_in_turn(self._setup, number)) + "\n"
            child.process.stdin.write(first.encode())
            self._idle.put_nowait(child)

    async def do(
        self, task: dict[str, Any], subject: str, on_bytes: OnBytes | None = None
    ) -> dict[str, Any]:
        """Have one task done; `on_bytes` hears how many bytes of which part went through so far.

        Raises DatabaseTrouble, also when the worker itself died.
        """
        child = await self._idle.get()
        answer = await self._ask(child, task, subject, on_bytes)
        self._idle.put_nowait(child)
        if "error" in answer:
            raise DatabaseTrouble(**answer["error"]).about(subject)
        done: dict[str, Any] = answer["done"]
        return done

    async def _ask(
        self, child: process.Child, task: dict[str, Any], subject: str, on_bytes: OnBytes | None
    ) -> dict[str, Any]:
        stdin, stdout = child.process.stdin, child.process.stdout
        assert stdin is not None
        assert stdout is not None
        try:
            stdin.write((json.dumps(task) + "\n").encode())
            await stdin.drain()
            while line := await asyncio.wait_for(stdout.readline(), self._stalled_after):
                answer: dict[str, Any] = json.loads(line)
                if "wants" in answer:
                    leave = 0.0 if self._limit is None else self._limit.take(answer["wants"])
                    stdin.write((json.dumps({"leave": leave}) + "\n").encode())
                    continue
                if "progress" not in answer:
                    return answer
                if on_bytes is not None:
                    on_bytes(*answer["progress"])
        except TimeoutError:
            raise DatabaseTrouble(
                "lost",
                "target",
                f"no data passed for {self._stalled_after:.0f} seconds",
                subject=subject,
            ) from None
        except (BrokenPipeError, ConnectionResetError):
            pass
        code = await child.wait()
        # Its last line names an error's class; the lines before it could quote anything.
        last = child.last_lines.rpartition("\n")[2].partition(":")[0]
        raise DatabaseTrouble(
            "lost",
            "target",
            f"a copying process ended unexpectedly (code {code}{', ' if last else ''}{last})",
            subject=subject,
        )

    def hold(self, on: bool) -> None:
        """Have all workers wait before the next block, or go on."""
        order = (json.dumps({"hold": on}) + "\n").encode()
        for child in self._children:
            stdin = child.process.stdin
            if stdin is not None and not stdin.is_closing():
                stdin.write(order)

    async def stop(self) -> None:
        """End all workers at once; what they were doing is not finished."""
        await asyncio.gather(*(child.stop(grace=0) for child in self._children))
        self._children.clear()


def _in_turn(setup: dict[str, Any], number: int) -> dict[str, Any]:
    """The settings of worker `number`: where several lines lead to a side, it takes one of them."""
    taken = dict(setup)
    for side in ("source", "target"):
        lines = setup[side]["settings"]
        taken[side] = {**setup[side], "settings": lines[number % len(lines)]}
    return taken


def _network() -> dict[str, str]:
    name = "MOVEDAY_NETWORK"
    return {name: os.environ[name]} if name in os.environ else {}
