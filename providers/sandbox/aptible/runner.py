"""How does an operation run? It queues, runs by itself, and succeeds or fails with a log."""

import asyncio
import time
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

from providers.sandbox.aptible.hal import unprocessable
from providers.sandbox.aptible.platform import Platform
from providers.sandbox.aptible.records import Operation

Handler = Callable[[Operation], Awaitable[None]]
# Created as done: they only open a door to the portal.
_IMMEDIATE = ("tunnel", "logs", "execute")


class OperationFailed(Exception):
    """The reason goes into the operation's log."""


class Runner:
    """Operations on one resource run one after another, on different resources side by side."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self._handlers: dict[tuple[str, str], Handler] = {}
        self._locks: dict[str, asyncio.Lock] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._changed = asyncio.Condition()

    def handle(self, kind: str, type_: str, handler: Handler) -> None:
        """Have operations of `type_` on resources of `kind` run by `handler`."""
        self._handlers[kind, type_] = handler

    def create(
        self, kind: str, resource_id: int, account_id: int, body: dict[str, Any], lock: str
    ) -> Operation:
        """Queue an operation; raises ApiError 422 for a type that the resource does not know.

        Operations with the same `lock` wait for each other.
        """
        type_ = str(body.get("type") or "")
        if (kind, type_) not in self._handlers and type_ not in _IMMEDIATE:
            raise unprocessable(f"Type is not supported: {type_ or 'none'}")
        platform = self._platform
        operation = Operation(
            id=platform.state.next_id(),
            type=type_,
            resource_kind=kind,
            resource_id=resource_id,
            account_id=account_id,
            user_email=platform.auth.email,
            body=body,
        )
        platform.state.operations[operation.id] = operation
        platform.note("operation", type=type_, kind=kind, resource=resource_id, id=operation.id)
        if type_ in _IMMEDIATE:
            operation.status = "succeeded"
        else:
            task = asyncio.create_task(self._run(operation, lock))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return operation

    async def say(self, operation: Operation, *lines: str) -> None:
        """Add lines to an operation's log and wake who follows it."""
        operation.log.extend(lines)
        async with self._changed:
            self._changed.notify_all()

    async def follow(self, operation: Operation) -> AsyncIterator[str]:
        """The log's lines as they come, to the operation's end."""
        seen = 0
        while True:
            while seen < len(operation.log):
                yield operation.log[seen]
                seen += 1
            if operation.final:
                return
            async with self._changed:
                while not operation.final and len(operation.log) <= seen:
                    await self._changed.wait()

    async def stop(self) -> None:
        """End everything that still runs."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _run(self, operation: Operation, lock: str) -> None:
        switches = self._platform.switches
        await asyncio.sleep(switches.queued_seconds)
        async with self._locks.setdefault(lock, asyncio.Lock()):
            operation.status = "running"
            started = time.monotonic()
            await self.say(operation, f"INFO -- : {operation.type} #{operation.id} started")
            try:
                if operation.cancelled:
                    raise OperationFailed("The operation was cancelled")
                self._fault(operation)
                await self._handlers[operation.resource_kind, operation.type](operation)
                await asyncio.sleep(
                    max(0.0, switches.running_seconds - (time.monotonic() - started))
                )
                status = "succeeded"
            except OperationFailed as error:
                operation.log.append(f"ERROR -- : {error}")
                status = "failed"
            except asyncio.CancelledError:
                operation.status = "failed"
                raise
            # A defect here, or a part that did not start, must end the operation all the same.
            except Exception as error:
                operation.log.append(f"ERROR -- : internal error ({type(error).__name__})")
                # Where, not what: a message may hold a secret.
                spot = traceback.extract_tb(error.__traceback__)[-1]
                where = f"{Path(spot.filename).name}:{spot.lineno}"
                self._platform.note("internal-error", kind=type(error).__name__, where=where)
                status = "failed"
            await self._finish(operation, status)

    async def _finish(self, operation: Operation, status: str) -> None:
        state = self._platform.state
        await self.say(operation, f"INFO -- : {operation.type} #{operation.id} {status}")
        operation.status = status
        state.touch(operation)
        vanishes = self._platform.switches.deprovision_ends_in_404
        if operation.type == "deprovision" and status == "succeeded" and vanishes:
            state.operations.pop(operation.id, None)
        async with self._changed:
            self._changed.notify_all()

    def _fault(self, operation: Operation) -> None:
        faults = self._platform.ground.faults
        if faults.take("aptible.operation-fails", type=operation.type) is not None:
            raise OperationFailed("The operation could not be completed; nothing was changed")
