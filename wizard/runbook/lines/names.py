"""DNS on the day: TTL seen lowered and run out, the switch by a person, the book's end."""

import asyncio
import contextlib
from datetime import UTC, datetime
from functools import partial

from wizard.acts import do
from wizard.engine.events import PersonNeeded
from wizard.errors import BlockedError
from wizard.model.evidence import Evidence
from wizard.rules.domains import (
    book_done,
    low_everywhere,
    record_to_switch,
    safe_to_switch_at,
    switched,
)
from wizard.rules.survey_reading import leading
from wizard.runbook.context import RunContext
from wizard.runbook.lines import new_side
from wizard.runbook.lines.certificates import refuse_switch_without_certificates
from wizard.runbook.lines.frozen import still_frozen
from wizard.runbook.lines.records import (
    as_it_is,
    longest_ttl_seen,
    note_ttl,
    old_addresses,
    own_records,
    remember_record,
    restore_records,
    stands,
    survey_names,
)
from wizard.runbook.person import wait_for_person
from wizard.runbook.task import Task

LOOK_AGAIN = 15.0
"""Seconds between looks at the servers while the old TTL runs out."""


async def _ask_low_ttl(context: RunContext) -> PersonNeeded:
    low = context.session.plan.dns.low_ttl
    changes = []
    for survey in (await survey_names(context)).values():
        before = await remember_record(context, survey)
        changes.append(as_it_is(context, survey, before, low))
    return PersonNeeded(
        "ttl-lowered",
        TTL_LOWERED.title,
        f"At your DNS host, set the TTL of these records to {low} seconds and change nothing else.",
        changes=tuple(changes),
    )


async def _ttl_is_low(context: RunContext) -> Evidence | None:
    low = context.session.plan.dns.low_ttl
    surveys = await survey_names(context)
    for survey in surveys.values():
        before = await remember_record(context, survey)
        if not low_everywhere(survey, low):
            return None
        if before is not None:
            # "Change nothing else": a value changed now would be a switch before the freeze.
            old_side = await old_addresses(context, survey, before)
            if not all(stands(r, before, old_side) for r in own_records(survey)):
                return None
    if context.recall("ttl_low_at") is None:
        context.record("ttl_low_at", context.session.clock.now().timestamp())
    servers = sum(len(s.answers) for s in surveys.values())
    what = f"TTL {low} s or less at every authoritative server ({servers} answers)"
    return context.proof(what, ", ".join(surveys))


async def _wait_old_ttl(context: RunContext) -> None:
    clock = context.session.clock
    left = old_copies_gone(context) - clock.now().timestamp()
    if left > 0:
        context.say(f"waiting {left:.0f} s until copies with the old TTL have run out")
    while True:
        if await _raised_again(context):
            request = await _ask_low_ttl(context)
            await wait_for_person(context, request, _ttl_is_low, TTL_LOWERED.poll)
            left = old_copies_gone(context) - clock.now().timestamp()
            context.say(f"the old TTL counts anew: {left:.0f} s")
        now, until = clock.now().timestamp(), old_copies_gone(context)
        if now >= until:
            return
        await _sleep_until(context, min(until, now + LOOK_AGAIN))


async def _raised_again(context: RunContext) -> bool:
    """Whether a TTL stands above the low one again; if so, the count is ended and it is said.

    Caches that asked meanwhile hold the long copy: the wait so far is worth nothing.
    """
    low = context.session.plan.dns.low_ttl
    found = False
    for survey in (await survey_names(context)).values():
        ttl = max((r.ttl for r in leading(survey)), default=0)
        if ttl > low:
            note_ttl(context, survey.name, ttl)
            context.say(f"the TTL of {survey.name} was raised again: it stands at {ttl} s", "warn")
            found = True
    if found:
        context.record("ttl_low_at", None)
    return found


async def _sleep_until(context: RunContext, until: float) -> None:
    """Wait for a moment of the wall clock (epoch seconds): it counts a laptop's sleep as well."""
    stop = context.session.stop
    while (left := until - context.session.clock.now().timestamp()) > 0:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), min(left, 5.0))
            raise BlockedError("stopped while waiting", "nothing was changed meanwhile")


def old_copies_gone(context: RunContext) -> float:
    """Epoch seconds at which the last copy with the old TTL is gone; BlockedError before T1."""
    low_at = context.recall("ttl_low_at")
    if low_at is None:
        raise BlockedError("the low TTL was not seen yet", "it is counted from that moment")
    oldest = max((longest_ttl_seen(context, name) for name in context.stage.names), default=0)
    return safe_to_switch_at(_moment(low_at), oldest).timestamp()


def _moment(recorded: object) -> datetime:
    return datetime.fromtimestamp(float(str(recorded)), UTC)


async def _old_ttl_over(context: RunContext) -> Evidence | None:
    # In this order: a TTL raised in the last seconds ends the count, and with it the proof.
    if context.recall("ttl_low_at") is None or await _raised_again(context):
        return None
    until = old_copies_gone(context)
    if context.session.clock.now().timestamp() < until:
        return None
    return context.proof("copies with the longest TTL seen here have run out", "arithmetic from T1")


async def endpoint_host(context: RunContext, name: str) -> str:
    """Where `name` will point: its own endpoint, or the default one for a throw-away name."""
    if context.stage.custom_names:
        endpoint = await new_side.custom_endpoint(context, name)
    else:
        endpoint = await new_side.default_endpoint(context)
    if endpoint is None:
        raise BlockedError(f"there is no endpoint for {name} on the new side", do("deploy"))
    return endpoint.host


async def _ask_switch(context: RunContext) -> PersonNeeded:
    if context.stage.source_frozen:
        await still_frozen(context)
    if context.stage.custom_names:
        await refuse_switch_without_certificates(context)
    low = context.session.plan.dns.low_ttl
    changes = []
    for survey in (await survey_names(context)).values():
        host = await endpoint_host(context, survey.name)
        change = record_to_switch(survey.name, survey.zone, host)
        changes.append(change.model_copy(update={"ttl": low}))
    return PersonNeeded(
        "switch",
        SWITCH.title,
        "At your DNS host, point these names at the new side. This is the switch.",
        changes=tuple(changes),
    )


async def _is_switched(context: RunContext) -> Evidence | None:
    dns = context.session.outside.dns
    surveys = await survey_names(context)
    for survey in surveys.values():
        host = await endpoint_host(context, survey.name)
        if not switched(survey, host, await dns.addresses(host)):
            return None
    if context.recall("switch_seen_at") is None:
        context.record("switch_seen_at", context.session.clock.now().timestamp())
    return context.proof("every authoritative server answers with the new side", ", ".join(surveys))


async def _wait_book(context: RunContext) -> None:
    await _sleep_until(context, book_done_at(context))


def book_done_at(context: RunContext) -> float:
    """Epoch seconds at which the low TTL has run out; BlockedError before the switch."""
    seen = context.recall("switch_seen_at")
    if seen is None:
        raise BlockedError("the switch was not seen yet", "the book counts from that moment")
    return book_done(_moment(seen), context.session.plan.dns.low_ttl).timestamp()


async def _book_is_done(context: RunContext) -> Evidence | None:
    if context.session.clock.now().timestamp() < book_done_at(context):
        return None
    context.record("book_done_at", book_done_at(context))
    return context.proof("by the book done: every copy with the low TTL has run out", "arithmetic")


TTL_LOWERED = Task(
    id="ttl-lowered",
    title="TTL lowered at every authoritative server",
    side="dns",
    who="person",
    check=_ttl_is_low,
    request=_ask_low_ttl,
    undo=partial(restore_records, task="ttl-lowered"),
    needs=("facts-compared", "dns-surveyed"),
    twin="name",
    fidelity="twin",
    expected=120,
)
TTL_RUN_OUT = Task(
    id="ttl-run-out",
    title="old TTL run out",
    side="dns",
    check=_old_ttl_over,
    do=_wait_old_ttl,
    needs=("ttl-lowered",),
    twin="name",
    fidelity="twin",
    expected=300,
)
SWITCH = Task(
    id="switch",
    title="switch the names to the new side",
    side="dns",
    who="person",
    check=_is_switched,
    request=_ask_switch,
    undo=partial(restore_records, task="switch"),
    undo_holds=True,
    needs=("held-back", "ttl-run-out"),
    effect="hard-down",
    twin="name",
    fidelity="twin",
    expected=60,
    poll=0.25,
)
BOOK_DONE = Task(
    id="book-done",
    title="low TTL run out everywhere",
    side="dns",
    check=_book_is_done,
    do=_wait_book,
    needs=("switch",),
    twin="name",
    fidelity="twin",
    expected=60,
    within=3600,
)
