"""What in DNS would spoil the certificate or the switch, looked at before anything is changed."""

import asyncio

from wizard.errors import BlockedError
from wizard.model.database import Finding
from wizard.model.evidence import Evidence
from wizard.rules.bound_names import bound_findings
from wizard.rules.domain_findings import domain_findings
from wizard.runbook.context import RunContext
from wizard.runbook.dns.looks import look_at, random_label
from wizard.runbook.task import Task

LOOKS, PAUSE = 3, 3.0
"""One lost packet is no finding: what blocks must block three times, seconds apart."""


async def findings_now(context: RunContext) -> list[Finding]:
    """Every finding about the plan's names, from their authoritative servers."""
    names, label = context.session.plan.domains, random_label()
    seen = await look_at(context.session.outside.dns, names, label)
    found = [
        finding
        for name in names
        for finding in domain_findings(
            name, seen.surveys, label, signed=seen.signed.get(seen.surveys[name].zone)
        )
    ]
    for trouble in seen.troubles:
        context.say(trouble, "warn")
    return [*await _bound(context), *found]


async def _bound(context: RunContext) -> list[Finding]:
    """Names that the old side insists on: they may not lead elsewhere before it is frozen."""
    inventory, outside = context.session.inventory(), context.session.outside
    bound = [d for d in inventory.domains if d.binds] if inventory is not None else []
    leads = await asyncio.gather(*(outside.dns.addresses(d.hostname) for d in bound))
    by_name = {domain.hostname: found for domain, found in zip(bound, leads, strict=True)}
    return bound_findings(bound, by_name, outside.source.name)


async def _survey(context: RunContext) -> None:
    for attempt in range(1, LOOKS + 1):
        found = await findings_now(context)
        blocks = [finding for finding in found if finding.severity == "block"]
        if not blocks or attempt == LOOKS:
            break
        context.say(f"{blocks[0].subject}: {blocks[0].detail}; looking again")
        await asyncio.sleep(PAUSE)
    for finding in found:
        if finding.severity == "warn":
            context.say(f"{finding.subject}: {finding.detail}", "warn")
    if blocks:
        raise BlockedError(
            "DNS is not ready for the move",
            "\n".join(f"{f.rule} {f.subject}: {f.detail}" for f in blocks),
            "\n".join(dict.fromkeys(f.remedy for f in blocks if f.remedy)),
        )
    context.record("dns-surveyed", True)


async def _surveyed(context: RunContext) -> Evidence | None:
    if not context.recall("dns-surveyed"):
        return None
    names = ", ".join(context.session.plan.domains) or "no names to move"
    return context.proof(f"nothing in DNS stands in the way: {names}", "authoritative servers")


DNS_SURVEYED = Task(
    id="dns-surveyed",
    title="survey of the names' DNS",
    side="dns",
    check=_surveyed,
    do=_survey,
    expected=3,
)
