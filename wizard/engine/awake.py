"""What this machine carries: its power is looked at first, and it is kept awake meanwhile."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from wizard.model.database import Finding
from wizard.ports.laptop import Laptop
from wizard.rules.laptop import awake_finding, finding_words, power_findings


@asynccontextmanager
async def kept_awake(
    laptop: Laptop, why: str, say: Callable[[str, str], None]
) -> AsyncIterator[tuple[Finding, ...]]:
    """Hold sleep off as long as the block; what was found of the machine is told, and yielded.

    `why` is what the system shows to whoever wants to send it to sleep; `say` takes words and
    "info" or "warn".
    """
    power = power_findings(await laptop.power())
    for found in power:
        say(finding_words(found), found.severity)
    async with laptop.awake(why) as awake:
        held = awake_finding(awake)
        say(finding_words(held), held.severity)
        yield (*power, held)
