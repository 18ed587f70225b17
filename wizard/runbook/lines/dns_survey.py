"""What in DNS would spoil the certificate or the switch, looked at before anything is changed."""

import asyncio
import secrets
import string

from wizard.errors import BlockedError
from wizard.model.database import Finding
from wizard.model.dns import NameSurvey
from wizard.model.evidence import Evidence
from wizard.rules.domain_findings import domain_findings, looks_for
from wizard.runbook.context import RunContext
from wizard.runbook.task import Task

LOOKS, PAUSE = 3, 3.0
"""One lost packet is no finding: what blocks must block three times, seconds apart."""


async def findings_for(context: RunContext, name: str, label: str) -> tuple[Finding, ...]:
    """Every finding about one name, from its authoritative servers."""
    dns = context.session.outside.dns
    looks = looks_for(name, label)
    found = await asyncio.gather(*(dns.survey(look.host, look.types) for look in looks))
    surveys: dict[str, NameSurvey] = {}
    for look, survey in zip(looks, found, strict=True):
        surveys.setdefault(look.host, survey)
    return domain_findings(name, surveys, label)


async def _survey(context: RunContext) -> None:
    label = "".join(secrets.choice(string.ascii_lowercase) for _ in range(12))
    for attempt in range(1, LOOKS + 1):
        names = context.session.plan.domains
        each = [await findings_for(context, name, label) for name in names]
        found = [finding for findings in each for finding in findings]
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
