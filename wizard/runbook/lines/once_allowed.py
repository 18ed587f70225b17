"""Taking a change back where the old side refuses it until the names lead there again.

The records are put back first; whoever checks them over there may still hold the copies that led to
the new side, for as long as their TTL.
"""

import asyncio
from collections.abc import Awaitable, Callable

from wizard.acts import do
from wizard.errors import RefusedForNow
from wizard.runbook.context import RunContext

LOOK_AGAIN = 3.0
"""Seconds between two tries."""
MARGIN = 60.0
"""Seconds beyond the longest copy: a resolver may keep one a little longer than it should."""


async def once_allowed(context: RunContext, act: Callable[[], Awaitable[None]]) -> None:
    """Try `act` until the old side takes it, as long as an old copy of the names may last.

    Raises RefusedForNow when it is refused even then, or when a person stops the waiting.
    """
    clock, stop = context.session.clock, context.session.stop
    patience = context.session.plan.dns.low_ttl + MARGIN
    until, told = clock.elapsed() + patience, False
    while True:
        try:
            await act()
            return
        except RefusedForNow as refused:
            if stop.is_set() or clock.elapsed() > until:
                refused.remedy = f"{refused.remedy}\nthen {do('roll-back')} again".lstrip()
                raise
            if not told:
                context.say(f"{refused.title}; trying again for {patience:.0f} s", "warn")
                told = True
        await asyncio.sleep(LOOK_AGAIN)
