"""The records as they stood: remembered before anything is asked, compared, and put back."""

import asyncio
import ipaddress
from collections.abc import Mapping

from wizard.engine.events import PersonNeeded
from wizard.errors import BlockedError
from wizard.model.dns import NameSurvey, Record, RecordChange, RecordType
from wizard.model.evidence import Evidence
from wizard.runbook.context import RunContext
from wizard.runbook.dns.memory import longest_ttl
from wizard.runbook.person import wait_for_person


async def survey_names(context: RunContext) -> dict[str, NameSurvey]:
    """This run's names, each at every authoritative server."""
    names = context.stage.names
    dns = context.session.outside.dns
    found = await asyncio.gather(*(dns.survey(name) for name in names))
    return dict(zip(names, found, strict=True))


def own_records(survey: NameSurvey) -> list[Record | None]:
    """The record at the name itself, server by server; None where there is none."""
    return [answer.own(survey.name) for answer in survey.answers]


def silent_servers(survey: NameSurvey) -> str:
    """The servers that did not answer, and why; "" when all did."""
    return ", ".join(f"{a.server}: {a.error}" for a in survey.answers if a.error)


async def remember_record(context: RunContext, survey: NameSurvey) -> Record | None:
    """What stands at the name before anything is asked; journalled once per run."""
    key = f"record/{survey.name}"
    recorded = context.recall(key)
    if recorded is None:
        if silent_servers(survey):
            raise BlockedError(
                f"not every name server of {survey.zone} answers",
                silent_servers(survey),
                "a switch would be half done: mend the name servers first",
            )
        owns = [r for r in own_records(survey) if r is not None]
        longest = max(owns, key=lambda r: r.ttl) if owns else None
        context.record(key, longest.model_dump(mode="json") if longest else {})
        return longest
    return recorded_record(context, survey.name)


def recorded_record(context: RunContext, name: str) -> Record | None:
    """What `remember_record` noted in this run; None when the name had no record."""
    recorded = context.recall(f"record/{name}")
    return Record.model_validate(recorded) if isinstance(recorded, Mapping) and recorded else None


def as_it_is(
    context: RunContext, survey: NameSurvey, before: Record | None, ttl: int
) -> RecordChange:
    """The record of today with another TTL; for a throw-away name, a copy of a real one's."""
    inventory = context.session.inventory()
    targets = {d.hostname: d.target for d in (inventory.domains if inventory else ())}
    old_side = targets.get(survey.name) or next((t for t in targets.values() if t), "")
    if before is None:
        kind: RecordType = "A" if _is_address(old_side) else "CNAME"
        return RecordChange(name=survey.name, type=kind, ttl=ttl, values=(old_side or "",))
    if before.type == "A" and targets.get(survey.name) and not _is_address(old_side):
        # An apex shows addresses, but what stands at the DNS host is an alias to the old side.
        return RecordChange(name=survey.name, type="ALIAS", ttl=ttl, values=(old_side or "",))
    return RecordChange(name=survey.name, type=before.type, ttl=ttl, values=before.values)


def _is_address(target: str | None) -> bool:
    """Some platforms are led to by the address of a machine, others by a name."""
    try:
        ipaddress.IPv4Address(target or "")
    except ValueError:
        return False
    return True


def note_ttl(context: RunContext, name: str, ttl: int) -> None:
    """Remember a TTL that was seen at a name, in seconds, beyond the one of its first look."""
    context.record(f"ttl-seen/{name}", ttl)


def longest_ttl_seen(context: RunContext, name: str) -> int:
    """Seconds; over every run and survey, since it may have been lowered before this run began."""
    return longest_ttl(context.session.journal.entries, name)


async def restore_records(context: RunContext, task: str) -> None:
    """Undo `task`: ask a person to put back what stood there, and watch until it does."""
    changes = []
    for survey in (await survey_names(context)).values():
        before = recorded_record(context, survey.name)
        owns = own_records(survey)
        if before is None:
            now = next((record for record in owns if record is not None), None)
            if now is not None:
                changes.append(
                    RecordChange(name=survey.name, type=now.type, ttl=now.ttl, values=())
                )
            continue
        old_side = await old_addresses(context, survey, before)
        if not all(stands(o, before, old_side) and o and o.ttl == before.ttl for o in owns):
            changes.append(as_it_is(context, survey, before, before.ttl))
    if not changes:
        return
    request = PersonNeeded(
        task,
        "put the records back as they were",
        "At your DNS host, put these records back (an empty value means: remove the record).",
        changes=tuple(changes),
    )
    await wait_for_person(context, request, _records_are_back, 0.5)


async def _records_are_back(context: RunContext) -> Evidence | None:
    for survey in (await survey_names(context)).values():
        before = recorded_record(context, survey.name)
        old_side = await old_addresses(context, survey, before)
        if silent_servers(survey) or not all(
            stands(o, before, old_side) for o in own_records(survey)
        ):
            return None
    names = ", ".join(context.stage.names)
    return context.proof("records lead where they led before", names)


async def old_addresses(
    context: RunContext, survey: NameSurvey, before: Record | None
) -> frozenset[str]:
    """Where an address record may lead: an alias at the apex shows addresses that take turns."""
    if before is None or before.type != "A":
        return frozenset()
    target = as_it_is(context, survey, before, before.ttl)
    if target.type != "ALIAS" or not target.values:
        return frozenset(before.values)
    now = await context.session.outside.dns.addresses(target.values[0])
    return frozenset([*before.values, *now])


def stands(record: Record | None, before: Record | None, old_side: frozenset[str]) -> bool:
    """Whether a server shows what stood there; for addresses: none but the old side's."""
    if record is None or before is None:
        return record is before
    if record.type != before.type:
        return False
    if before.type == "A":
        return bool(record.values) and set(record.values) <= old_side
    return record.values == before.values
