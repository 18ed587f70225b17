"""A run that this machine carries: its power is looked at first, and it is kept awake meanwhile."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from wizard.engine.session import Session
from wizard.rules.laptop import awake_finding, finding_words, power_findings


@asynccontextmanager
async def kept_awake(session: Session, why: str) -> AsyncIterator[None]:
    """Hold sleep off as long as the block; says what feeds the machine and what is held off.

    `why` is what the system shows to whoever wants to send it to sleep.
    """
    laptop = session.outside.laptop
    for found in power_findings(await laptop.power()):
        session.say(finding_words(found), found.severity)
    async with laptop.awake(why) as awake:
        found = awake_finding(awake)
        session.say(finding_words(found), found.severity)
        yield
