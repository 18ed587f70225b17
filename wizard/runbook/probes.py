"""How do both sides answer right now? Looks over pinned connections, never through a resolver.

Only authoritative servers are asked for addresses: a look through a resolver would load the old
record into its cache afresh, for its whole TTL. Each look is one GET a name and side, of the smoke
page.
"""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Literal

from wizard.errors import BlockedError, OutsideError
from wizard.model.dns import NameSurvey, SiteAnswer
from wizard.model.dns_report import SideSeen
from wizard.model.frozen import Frozen
from wizard.rules.server_sides import ServerSide, server_side, ttl_shown
from wizard.rules.survey_reading import leading
from wizard.runbook.context import RunContext
from wizard.runbook.dns.memory import last_report, remembered_side
from wizard.runbook.lines import new_side
from wizard.runbook.lines.accept import smoke_trouble
from wizard.runbook.lines.records import recorded_record
from wizard.runbook.runner import is_done

KEPT_OUT = "maintenance-on"
"""The task that keeps users out."""
_PATIENCE = 5.0
_UNAVAILABLE = 503
_NOTHING_BEHIND = frozenset({404, 502, 504})
"""How routers answer for a name whose containers were all stopped (Traefik: 404)."""
Standing = Literal["answers", "held", "other", "down", "unknown"]
_WORST = ("down", "other", "held", "unknown", "answers")


class SideLook(Frozen):
    """How a side answers, the worst of all names. "held": 503, as from a maintenance page, or what
    a router says that has nothing behind the name once users are kept out; "other": an answer that
    is not the smoke test's. `words` say what was seen."""

    standing: Standing
    words: str
    status: int | None = None


class ServerLook(Frozen):
    """What one authoritative server says of one name; the TTL in seconds."""

    name: str
    server: str
    side: ServerSide
    ttl: int | None = None


class Sides(Frozen):
    """What is known of where both sides are, by name: kept from look to look."""

    old_targets: Mapping[str, str] = {}
    new_hosts: Mapping[str, str] = {}


class Look(Frozen):
    """One look at everything. `trouble` is "" or why the servers could not be asked."""

    at: datetime
    old: SideLook
    new: SideLook
    servers: tuple[ServerLook, ...]
    sides: Sides
    trouble: str = ""


async def look(context: RunContext, known: Sides | None = None) -> Look:
    """Look once at both sides of every name of the run. Expected trouble is part of the answer."""
    sides = await _sides(context, known or Sides())
    names = context.stage.names
    found = await asyncio.gather(*(_one(context, name, sides) for name in names))
    return Look(
        at=context.session.clock.now(),
        old=_worst([each[0] for each in found]),
        new=_worst([each[1] for each in found]),
        servers=tuple(server for each in found for server in each[2]),
        sides=sides,
        trouble=next((each[3] for each in found if each[3]), ""),
    )


async def _sides(context: RunContext, known: Sides) -> Sides:
    """Where both sides are; the platform is asked for a host only until it has one."""
    inventory = context.session.inventory()
    targets = {d.hostname: d.target or "" for d in (inventory.domains if inventory else ())}
    hosts = {name: host for name, host in known.new_hosts.items() if host}
    for name in context.stage.names:
        if name not in hosts:
            hosts[name] = await _new_host(context, name)
    return Sides(old_targets=known.old_targets or targets, new_hosts=hosts)


async def _new_host(context: RunContext, name: str) -> str:
    seen = remembered_side(context.session.journal.entries, "new", name)
    if seen is not None and seen.host:
        return seen.host
    if not is_done(context, "endpoints"):
        return ""
    try:
        endpoint = await new_side.custom_endpoint(context, name)
    except (OutsideError, BlockedError):
        return ""
    return endpoint.host if endpoint is not None else ""


async def _one(
    context: RunContext, name: str, sides: Sides
) -> tuple[SideLook, SideLook, list[ServerLook], str]:
    dns = context.session.outside.dns
    host, target = sides.new_hosts.get(name, ""), sides.old_targets.get(name, "")
    try:
        survey, there, here = await asyncio.gather(
            dns.survey(name), _addresses(context, host), _addresses(context, target)
        )
    except OutsideError as error:
        unknown = SideLook(standing="unknown", words=error.title)
        return unknown, unknown, [], error.title
    old_values = _old_values(context, name, target, here)
    new = SideSeen(host=host, addresses=there)
    servers = [
        ServerLook(
            name=name,
            server=answer.server,
            side=server_side(answer, name, old_values, new),
            ttl=ttl_shown(answer, name),
        )
        for answer in survey.answers
    ]
    old_address = here or await _old_address(context, survey, servers)
    old, new_look = await asyncio.gather(
        _visit(context, name, old_address, "where the old side is, is not known"),
        _visit(context, name, there, "no endpoint yet"),
    )
    return _kept_out(context, old), new_look, servers, ""


async def _addresses(context: RunContext, host: str) -> tuple[str, ...]:
    return await context.session.outside.dns.addresses(host) if host else ()


async def _old_address(
    context: RunContext, survey: NameSurvey, servers: Sequence[ServerLook]
) -> tuple[str, ...]:
    """Where the old side was last seen; else the name's own, while every server leads there."""
    seen = remembered_side(context.session.journal.entries, "old", survey.name)
    if seen is not None and seen.addresses:
        return seen.addresses
    if not servers or any(server.side != "old" for server in servers):
        return ()
    try:
        return await context.session.outside.dns.addresses(survey.name)
    except OutsideError:
        return ()


def _old_values(
    context: RunContext, name: str, target: str, addresses: Sequence[str]
) -> frozenset[str]:
    """Targets and addresses that lead to the old side: its own, and what stood there before."""
    record = recorded_record(context, name)
    report = last_report(context.session.journal.entries, name)
    surveyed = [v for r in leading(report.survey) for v in r.values] if report else []
    before = record.values if record is not None else surveyed
    return frozenset(value for value in (target, *addresses, *before) if value)


async def _visit(
    context: RunContext, name: str, addresses: Sequence[str], missing: str
) -> SideLook:
    if not addresses:
        return SideLook(standing="unknown", words=missing)
    session = context.session
    smoke = session.plan.smoke
    answer = await session.outside.site.visit(
        f"https://{name}{smoke.path}", addresses[0], facts=tuple(smoke.expect), timeout=_PATIENCE
    )
    return _told(context, answer)


def _kept_out(context: RunContext, old: SideLook) -> SideLook:
    """On purpose, where the freeze has stopped what answered."""
    if old.status in _NOTHING_BEHIND and is_done(context, KEPT_OUT):
        words = f"{old.status}, nothing behind it: users are kept out"
        return old.model_copy(update={"standing": "held", "words": words})
    return old


def _told(context: RunContext, answer: SiteAnswer) -> SideLook:
    smoke = context.session.plan.smoke
    if answer.status is None:
        return SideLook(standing="down", words=answer.error or "no answer")
    if answer.status == _UNAVAILABLE and smoke.status != _UNAVAILABLE:
        return SideLook(standing="held", words="503, a maintenance page")
    trouble = smoke_trouble(context, answer)
    if trouble:
        return SideLook(standing="other", words=trouble, status=answer.status)
    return SideLook(standing="answers", words=f"answers {answer.status}")


def _worst(looks: Sequence[SideLook]) -> SideLook:
    if not looks:
        return SideLook(standing="unknown", words="the plan names no domain")
    return min(looks, key=lambda each: _WORST.index(each.standing))
