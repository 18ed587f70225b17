"""DNS on the day: TTL seen lowered and run out, the switch by a person, the book's end."""

import asyncio
import contextlib
from collections.abc import Mapping

from wizard.engine.events import PersonNeeded
from wizard.errors import BlockedError
from wizard.model.dns import NameSurvey, Record, RecordChange
from wizard.model.evidence import Evidence
from wizard.rules.domains import margin, record_to_switch, switched
from wizard.runbook.context import RunContext
from wizard.runbook.lines import new_side
from wizard.runbook.lines.frozen import still_frozen
from wizard.runbook.person import wait_for_person
from wizard.runbook.task import Task


async def _survey(context: RunContext) -> dict[str, NameSurvey]:
    names = context.stage.names
    dns = context.session.outside.dns
    found = await asyncio.gather(*(dns.survey(name) for name in names))
    return dict(zip(names, found, strict=True))


def _own_records(survey: NameSurvey) -> list[Record | None]:
    return [answer.own(survey.name) for answer in survey.answers]


def _silent(survey: NameSurvey) -> str:
    return ", ".join(f"{a.server}: {a.error}" for a in survey.answers if a.error)


async def _remember_record(context: RunContext, survey: NameSurvey) -> Record | None:
    """What stands at the name before anything is asked; journalled once per run."""
    key = f"record/{survey.name}"
    recorded = context.recall(key)
    if recorded is None:
        if _silent(survey):
            raise BlockedError(
                f"not every name server of {survey.zone} answers",
                _silent(survey),
                "a switch would be half done: mend the name servers first",
            )
        owns = [r for r in _own_records(survey) if r is not None]
        longest = max(owns, key=lambda r: r.ttl) if owns else None
        context.record(key, longest.model_dump(mode="json") if longest else {})
        return longest
    return _recorded(context, survey.name)


def _recorded(context: RunContext, name: str) -> Record | None:
    recorded = context.recall(f"record/{name}")
    return Record.model_validate(recorded) if isinstance(recorded, Mapping) and recorded else None


def _as_it_is(
    context: RunContext, survey: NameSurvey, before: Record | None, ttl: int
) -> RecordChange:
    """The record of today with another TTL; for a throw-away name, a copy of a real one's."""
    inventory = context.session.inventory()
    targets = {d.hostname: d.target for d in (inventory.domains if inventory else ())}
    old_side = targets.get(survey.name) or next((t for t in targets.values() if t), "")
    if before is None:
        return RecordChange(name=survey.name, type="CNAME", ttl=ttl, values=(old_side or "",))
    if before.type == "A" and targets.get(survey.name):
        # An apex shows addresses, but what stands at the DNS host is an alias to the old side.
        return RecordChange(name=survey.name, type="ALIAS", ttl=ttl, values=(old_side or "",))
    return RecordChange(name=survey.name, type=before.type, ttl=ttl, values=before.values)


async def _ask_low_ttl(context: RunContext) -> PersonNeeded:
    low = context.session.plan.dns.low_ttl
    changes = []
    for survey in (await _survey(context)).values():
        before = await _remember_record(context, survey)
        changes.append(_as_it_is(context, survey, before, low))
    return PersonNeeded(
        "ttl-lowered",
        TTL_LOWERED.title,
        f"At your DNS host, set the TTL of these records to {low} seconds and change nothing else.",
        changes=tuple(changes),
    )


async def _ttl_is_low(context: RunContext) -> Evidence | None:
    low = context.session.plan.dns.low_ttl
    surveys = await _survey(context)
    for survey in surveys.values():
        before = await _remember_record(context, survey)
        records = _own_records(survey)
        if not records or _silent(survey) or any(r is None or r.ttl > low for r in records):
            return None
        if before is not None:
            # "Change nothing else": a value changed now would be a switch before the freeze.
            old_side = await _old_addresses(context, survey, before)
            if not all(_stands(record, before, old_side) for record in records):
                return None
    if context.recall("ttl_low_at") is None:
        context.record("ttl_low_at", context.session.clock.now().timestamp())
    servers = sum(len(s.answers) for s in surveys.values())
    what = f"TTL {low} s or less at every authoritative server ({servers} answers)"
    return context.proof(what, ", ".join(surveys))


async def _wait_old_ttl(context: RunContext) -> None:
    clock = context.session.clock
    until = _old_copies_gone(context)
    left = until - clock.now().timestamp()
    if left > 0:
        context.say(f"waiting {left:.0f} s until copies with the old TTL have run out")
    await _sleep_until(context, until)


async def _sleep_until(context: RunContext, until: float) -> None:
    """Wait for a moment of the wall clock (epoch seconds): it counts a laptop's sleep as well."""
    stop = context.session.stop
    while (left := until - context.session.clock.now().timestamp()) > 0:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), min(left, 5.0))
            raise BlockedError("stopped while waiting", "nothing was changed meanwhile")


def _longest_ttl_seen(context: RunContext, name: str) -> int:
    """Seconds; over every run, since the record may have been lowered before this one began."""
    seen = [
        Record.model_validate(entry.data["value"]).ttl
        for entry in context.session.journal.entries
        if entry.kind == "read"
        and entry.key.endswith(f"/record/{name}")
        and isinstance(entry.data.get("value"), Mapping)
        and entry.data["value"]
    ]
    return max(seen, default=0)


def _old_copies_gone(context: RunContext) -> float:
    low_at = context.recall("ttl_low_at")
    if low_at is None:
        raise BlockedError("the low TTL was not seen yet", "it is counted from that moment")
    oldest = 0
    for name in context.stage.names:
        oldest = max(oldest, _longest_ttl_seen(context, name))
    return float(str(low_at)) + oldest + margin(oldest)


async def _old_ttl_over(context: RunContext) -> Evidence | None:
    until = _old_copies_gone(context)
    if context.session.clock.now().timestamp() < until:
        return None
    return context.proof("copies with the longest TTL seen here have run out", "arithmetic from T1")


async def _restore_records(context: RunContext) -> None:
    """Ask a person to put back what stood there, and watch until it does."""
    changes = []
    for survey in (await _survey(context)).values():
        before = _recorded(context, survey.name)
        owns = _own_records(survey)
        if before is None:
            now = next((record for record in owns if record is not None), None)
            if now is not None:
                changes.append(
                    RecordChange(name=survey.name, type=now.type, ttl=now.ttl, values=())
                )
            continue
        old_side = await _old_addresses(context, survey, before)
        if not all(_stands(o, before, old_side) and o and o.ttl == before.ttl for o in owns):
            changes.append(_as_it_is(context, survey, before, before.ttl))
    if not changes:
        return
    request = PersonNeeded(
        "names-back",
        "put the records back as they were",
        "At your DNS host, put these records back (an empty value means: remove the record).",
        changes=tuple(changes),
    )
    await wait_for_person(context, request, _records_are_back, 0.5)


async def _records_are_back(context: RunContext) -> Evidence | None:
    for survey in (await _survey(context)).values():
        before = _recorded(context, survey.name)
        old_side = await _old_addresses(context, survey, before)
        if _silent(survey) or not all(_stands(o, before, old_side) for o in _own_records(survey)):
            return None
    names = ", ".join(context.stage.names)
    return context.proof("records lead where they led before", names)


async def _old_addresses(
    context: RunContext, survey: NameSurvey, before: Record | None
) -> frozenset[str]:
    """Where an address record may lead: an alias at the apex shows addresses that take turns."""
    if before is None or before.type != "A":
        return frozenset()
    target = _as_it_is(context, survey, before, before.ttl)
    now = await context.session.outside.dns.addresses(target.values[0]) if target.values else ()
    return frozenset([*before.values, *(now if target.type == "ALIAS" else ())])


def _stands(record: Record | None, before: Record | None, old_side: frozenset[str]) -> bool:
    """Whether a server shows what stood there; for addresses: none but the old side's."""
    if record is None or before is None:
        return record is before
    if record.type != before.type:
        return False
    if before.type == "A":
        return bool(record.values) and set(record.values) <= old_side
    return record.values == before.values


async def endpoint_host(context: RunContext, name: str) -> str:
    """Where `name` will point: its own endpoint, or the default one for a throw-away name."""
    if context.stage.custom_names:
        endpoint = await new_side.custom_endpoint(context, name)
    else:
        endpoint = await new_side.default_endpoint(context)
    if endpoint is None:
        raise BlockedError(f"there is no endpoint for {name} on the new side", "run moveday deploy")
    return endpoint.host


async def _ask_switch(context: RunContext) -> PersonNeeded:
    if context.stage.source_frozen:
        await still_frozen(context)
    low = context.session.plan.dns.low_ttl
    changes = []
    for survey in (await _survey(context)).values():
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
    surveys = await _survey(context)
    for survey in surveys.values():
        host = await endpoint_host(context, survey.name)
        if not switched(survey, host, await dns.addresses(host)):
            return None
    if context.recall("switch_seen_at") is None:
        context.record("switch_seen_at", context.session.clock.now().timestamp())
    return context.proof("every authoritative server answers with the new side", ", ".join(surveys))


async def _wait_book(context: RunContext) -> None:
    await _sleep_until(context, _book_done_at(context))


def _book_done_at(context: RunContext) -> float:
    seen = context.recall("switch_seen_at")
    if seen is None:
        raise BlockedError("the switch was not seen yet", "the book counts from that moment")
    return float(str(seen)) + context.session.plan.dns.low_ttl


async def _book_is_done(context: RunContext) -> Evidence | None:
    if context.session.clock.now().timestamp() < _book_done_at(context):
        return None
    context.record("book_done_at", _book_done_at(context))
    return context.proof("by the book done: every copy with the low TTL has run out", "arithmetic")


TTL_LOWERED = Task(
    id="ttl-lowered",
    title="TTL lowered at every authoritative server",
    side="dns",
    who="person",
    check=_ttl_is_low,
    request=_ask_low_ttl,
    undo=_restore_records,
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
    undo=_restore_records,
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
