"""Waits for what only a person can do, watching the outside instead of asking “done?”."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from wizard.acts import do
from wizard.engine.events import PersonDone, PersonNeeded
from wizard.errors import BlockedError, OutsideError
from wizard.model.dns import RecordChange
from wizard.model.evidence import Evidence
from wizard.runbook.confirmed import confirmed

if TYPE_CHECKING:
    from wizard.runbook.context import RunContext


async def wait_for_person(
    context: "RunContext",
    request: PersonNeeded,
    check: Callable[["RunContext"], Awaitable[Evidence | None]],
    poll: float,
) -> tuple[Evidence, float]:
    """Ask, then look every `poll` seconds; the evidence and the seconds waited.

    Raises BlockedError when the front end's patience ends: the request stays open and the next
    start takes it up again. Trouble on the way to the answer is ridden out meanwhile.
    """
    session = context.session
    begun = session.clock.elapsed()
    said = await session.front.ask_person(request)
    if request.confirm is not None:
        await confirmed(context, request, said)
    try:
        return await _seen(context, request, check, poll, begun)
    finally:
        session.front.hear(PersonDone(request.task))


async def _seen(
    context: "RunContext",
    request: PersonNeeded,
    check: Callable[["RunContext"], Awaitable[Evidence | None]],
    poll: float,
    begun: float,
) -> tuple[Evidence, float]:
    session = context.session
    while True:
        try:
            evidence = await check(context)
        except OutsideError as error:
            evidence = None
            context.say(f"cannot look just now: {error.title}", "warn")
        waited = session.clock.elapsed() - begun
        if evidence is not None:
            return evidence, waited
        if session.stop.is_set() or waited > session.front.person_timeout():
            raise BlockedError(
                f"a person's task is open: {request.title}",
                "\n".join((request.text, *map(_record, request.changes))),
                f"do it, then {do('again')}; it goes on by itself",
            )
        await asyncio.sleep(poll)


def _record(change: RecordChange) -> str:
    value = " ".join(change.values) or "(remove the record)"
    return f"{change.name}  TTL {change.ttl}  {change.type}  {value}"
