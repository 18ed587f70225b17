"""What this machine carries: its power is looked at first, and it is kept awake meanwhile."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from wizard.cli.launchers import DatabaseTools
from wizard.cli.talk import show
from wizard.model.database import Finding
from wizard.rules.laptop import awake_finding, finding_words, power_findings


@asynccontextmanager
async def carried(tools: DatabaseTools, why: str) -> AsyncIterator[tuple[Finding, ...]]:
    """Hold sleep off as long as the block; what was found of the machine is told, and yielded."""
    power = power_findings(await tools.laptop.power())
    async with tools.laptop.awake(why) as awake:
        findings = (*power, awake_finding(awake))
        for found in findings:
            show(f"{'! ' if found.severity == 'warn' else ''}{finding_words(found)}")
        yield findings
