"""How things change on Aptible: an operation is queued, waited for, and its log read if it fails.

A 201 for an operation means "queued". There are no idempotency keys: when the answer to a POST is
lost, the resource's list of operations tells whether it took effect.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping

from providers.http import HttpRefused
from providers.targets.aptible.client import AptibleApi
from providers.targets.aptible.live_log import LiveLog, OnLine
from providers.targets.aptible.logs import log_end
from providers.targets.aptible.shapes import OperationShape, Shape
from wizard.clock import Clock
from wizard.errors import OperationFailedError, OutsideError, UnknownOutcome
from wizard.model.target import Operation
from wizard.safety.consent import Consent, Level

_FIRST_WAIT, _GROWTH, _LONGEST_WAIT = 0.25, 1.3, 2.0
_LAST_LINES = 20.0
"""Seconds for the rest of a log after its operation ended; a portal that hangs costs no more."""
MINUTES = 60.0

Sleep = Callable[[float], Awaitable[None]]
Same = Callable[[OperationShape], bool]


class Operations:
    """Creates operations and sees them through."""

    def __init__(
        self,
        api: AptibleApi,
        clock: Clock,
        ca_file: str = "",
        live_log: LiveLog | None = None,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._api = api
        self._clock = clock
        self._ca_file = ca_file
        self._live_log = live_log
        self._sleep = sleep

    async def run(
        self,
        resource: str,
        kind: str,
        body: Mapping[str, object],
        consent: Consent,
        *,
        what: str,
        deadline: float = 20 * MINUTES,
        gone_is_done: bool = False,
        level: Level = Level.CHANGE_NEW_SIDE,
        same: Same | None = None,
        on_log: OnLine | None = None,
    ) -> OperationShape:
        """Queue an operation on `resource` (such as "apps/12") and wait until it succeeded.

        `what` names it in messages. `same` tells whether one that is under way already does this
        very thing (a killed process left it): it is followed instead of queueing another. `on_log`
        hears its log while it runs, raw. Raises OutsideError with the log's tail when it failed,
        UnknownOutcome when nobody can say.
        """
        operation = await self.under_way(resource, kind, same) if same else None
        if operation is None:
            operation = await self.create(resource, kind, body, consent, level=level)
        return await self.wait(
            operation, what=what, deadline=deadline, gone_is_done=gone_is_done, on_log=on_log
        )

    async def deprovision(self, resource: str, what: str, consent: Consent) -> None:
        """Take a resource away; one that is gone, or on its way, is not asked for again."""
        try:
            running = await self.under_way(resource, "deprovision")
            if running is None:
                running = await self.create(resource, "deprovision", {}, consent)
        except HttpRefused as error:
            if error.status == 404:
                return
            raise
        except UnknownOutcome:
            # The operation goes with its resource: gone is what was wanted.
            if await self._is_gone(resource):
                return
            raise
        await self.wait(running, what=what, gone_is_done=True)

    async def _is_gone(self, resource: str) -> bool:
        try:
            await self._api.get(Shape, f"/{resource}")
        except HttpRefused as error:
            return error.status == 404
        return False

    async def create(
        self,
        resource: str,
        kind: str,
        body: Mapping[str, object],
        consent: Consent,
        *,
        level: Level = Level.CHANGE_NEW_SIDE,
    ) -> OperationShape:
        """Queue an operation; if the answer is lost, find it again among the resource's."""
        before = await self._newest_id(resource)
        try:
            return await self._api.post(
                OperationShape,
                f"/{resource}/operations",
                {"type": kind, **body},
                consent=consent,
                level=level,
            )
        except UnknownOutcome:
            for pause in (0.2, 0.5, 1.0):
                await self._sleep(pause)
                found = await self.find_recent(resource, kind, after=before)
                if found is not None:
                    return found
            raise

    async def find_recent(
        self, resource: str, kind: str, *, after: int = 0
    ) -> OperationShape | None:
        """The newest operation of one kind on a resource whose id is above `after`."""
        found = [o for o in await self.list(resource) if o.type == kind and o.number > after]
        return max(found, key=lambda o: o.number) if found else None

    async def under_way(
        self, resource: str, kind: str, same: Same = lambda _: True
    ) -> OperationShape | None:
        """The newest operation of one kind that is queued or runs, if `same` accepts it."""
        found = [
            o
            for o in await self.list(resource)
            if o.type == kind
            and o.status in ("queued", "running")
            and not (o.cancelled or o.aborted)
        ]
        newest = max(found, key=lambda o: o.number, default=None)
        return newest if newest is not None and same(newest) else None

    async def list(self, resource: str) -> list[OperationShape]:
        """All operations of a resource; none when the resource is gone."""
        try:
            return await self._api.all(
                OperationShape,
                f"/{resource}/operations",
                "operations",
                params={"per_page": "250", "no_embed": "true"},
            )
        except HttpRefused as error:
            if error.status == 404:
                return []
            raise

    async def wait(
        self,
        operation: OperationShape,
        *,
        what: str,
        deadline: float = 20 * MINUTES,
        gone_is_done: bool = False,
        on_log: OnLine | None = None,
    ) -> OperationShape:
        """Poll until the operation ended well. `gone_is_done`: a vanished record is success."""
        async with self._followed(operation, on_log):
            operation = await self._ended(operation, what, deadline, gone_is_done)
        if operation.status != "succeeded":
            raise await self._failed(operation, what)
        return operation

    @contextlib.asynccontextmanager
    async def _followed(
        self, operation: OperationShape, on_log: OnLine | None
    ) -> AsyncIterator[None]:
        """The log is told beside the polling, which alone decides how the operation ended."""
        if on_log is None or self._live_log is None:
            yield
            return
        telling = asyncio.create_task(self._live_log.follow(operation, on_log))
        try:
            yield
            await asyncio.wait({telling}, timeout=_LAST_LINES)
        finally:
            telling.cancel()
            await asyncio.gather(telling, return_exceptions=True)

    async def _ended(
        self, operation: OperationShape, what: str, deadline: float, gone_is_done: bool
    ) -> OperationShape:
        end = self._clock.elapsed() + deadline
        pause = _FIRST_WAIT
        while operation.status not in ("succeeded", "failed"):
            if operation.cancelled or operation.aborted:
                break
            if self._clock.elapsed() >= end:
                raise UnknownOutcome(
                    f"{what}: still {operation.status} after {deadline / MINUTES:.0f} minutes",
                    f"operation {operation.id} goes on at Aptible",
                    f"follow it with `aptible operation:follow {operation.id}`",
                )
            await self._sleep(pause)
            pause = min(pause * _GROWTH, _LONGEST_WAIT)
            try:
                operation = await self._api.get(OperationShape, f"/operations/{operation.id}")
            except HttpRefused as error:
                if error.status == 404 and gone_is_done:
                    return operation.model_copy(update={"status": "succeeded"})
                if error.status < 500:
                    raise
            except OutsideError:
                # The operation does not stop because we cannot hear it: the deadline decides.
                continue
        return operation

    async def _failed(self, operation: OperationShape, what: str) -> OutsideError:
        ended = "cancelled" if operation.cancelled or operation.aborted else "failed"
        log, shown = await log_end(self._api, operation, self._ca_file)
        return OperationFailedError(
            f"{what}: {ended} at Aptible",
            shown,
            f"the whole log: `aptible operation:logs {operation.id}`",
            log=log,
        )

    async def _newest_id(self, resource: str) -> int:
        return max((o.number for o in await self.list(resource)), default=0)


def told_operation(shape: OperationShape, resource: str) -> Operation:
    """An operation as the rest of moveday knows it; `resource` is the handle it was done to."""
    return Operation(id=shape.number, kind=shape.type, status=shape.status, resource=resource)
