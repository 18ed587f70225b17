"""Watches the clocks while a run goes on, and notes in it what spoils its times."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable

from wizard.forecast.disturbance import Beat, disturbed, dropped
from wizard.runbook.context import RunContext

PERIOD = 1.0
"""Seconds between two looks. A sleep is seen at the first look after it."""
VOID = "void"
_TRIES, _ONE_MOMENT = 5, 0.2
"""A busy machine can stop this program for seconds between two clocks: no jump of either."""


@contextlib.asynccontextmanager
async def watched(context: RunContext, period: float = PERIOD) -> AsyncIterator[None]:
    """Look at the clocks as long as the block runs, and once more at its end.

    What is found is journalled at once, so that a killed run knows it too.
    """
    before = _look(context)

    def compare() -> None:
        nonlocal before
        now = _look(context)
        note(context, disturbed(before, now))
        before = now

    async def go_on() -> None:
        while True:
            await asyncio.sleep(period)
            compare()

    looking = asyncio.create_task(go_on())
    try:
        yield
    finally:
        looking.cancel()
        await asyncio.gather(looking, return_exceptions=True)
        compare()


def note(context: RunContext, reason: str) -> None:
    """Journal why this run is no sample for a forecast; nothing for ""."""
    if not reason:
        return
    known = context.recall(VOID)
    told = [str(each) for each in known] if isinstance(known, list | tuple) else []
    if reason in told:
        return
    context.record(VOID, [*told, reason])
    context.say(f"{reason}: this run's times count for no forecast", "warn")


def on_broken(
    context: RunContext, handle: str, *, by_runner: bool = False
) -> Callable[[str], None]:
    """What a tunnel calls when it breaks, with its reason: voids the run if data was under way
    through it, and not by a runner."""

    def tell(reason: str) -> None:
        context.say(f"the tunnel to {handle} broke: {reason}", "warn")
        if not by_runner:
            note(context, dropped(handle, frozenset(context.at_work)))

    return tell


def _look(context: RunContext) -> Beat:
    """All three clocks at one moment; read again when something came in between."""
    clock = context.session.clock
    for _ in range(_TRIES):
        begun = clock.elapsed()
        beat = Beat(wall=clock.now().timestamp(), monotonic=begun, since_boot=clock.since_boot())
        if clock.elapsed() - begun < _ONE_MOMENT:
            break
    return beat
