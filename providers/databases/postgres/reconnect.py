"""Going on within a run after a line was lost and came back, if the source is still the same."""

import asyncio
import contextlib
from collections.abc import Awaitable
from dataclasses import replace
from typing import TYPE_CHECKING

from providers.databases.postgres.errors import DatabaseTrouble
from providers.databases.postgres.session import session
from providers.databases.postgres.snapshot import ExportedSnapshot
from wizard.model.database import Connection, MoveResult

if TYPE_CHECKING:
    from providers.databases.postgres.copy import Copy

_FIRST_WAIT, _LONGEST_WAIT = 0.25, 8.0
_MOST_LOSSES = 20
# What a line that is cut, or a server that restarts, looks like from here.
_PASSING = ("lost", "unreachable", "snapshot")


async def run_through_losses(copy: "Copy", within: float) -> MoveResult:
    """Copy; after a loss wait at most `within` seconds for both sides, and go on.

    With the same view of the source still open nothing is in doubt. Where the view went with the
    line, a new one is taken, and what is there is kept only if the source is proven the same:
    otherwise OutsideError says that this run is void as a proof.
    """
    losses = 0
    while True:
        try:
            result = await copy.run()
        except DatabaseTrouble as trouble:
            snapshot = copy.snapshot
            again = trouble.kind in _PASSING and losses < _MOST_LOSSES
            if not within or not again or not isinstance(snapshot, ExportedSnapshot):
                raise
            losses += 1
            waits = f"{trouble.title}: waits up to {within:.0f} s for it to come back"
            copy.progress.say_stalled(waits)
            await _until_both_answer(copy, trouble, within)
            lives = await snapshot.lives()
            if not lives:
                await snapshot.renew()
            copy = replace(copy, resume=True, helpers=[], same_view=lives, goes_on=True)
            continue
        if not losses:
            return result
        times = "once" if losses == 1 else f"{losses} times"
        words = f"a connection was lost {times} and came back; {result.note}".rstrip("; ")
        return result.model_copy(update={"resumed": words, "note": words})


async def _until_both_answer(copy: "Copy", trouble: DatabaseTrouble, within: float) -> None:
    """Bounded in all, with longer and longer waits; then it is the trouble that it was."""
    wait = _FIRST_WAIT
    try:
        async with asyncio.timeout(within):
            while not await _all(
                [_answers(copy.source, "source"), _answers(copy.target, "target")]
            ):
                await asyncio.sleep(wait)
                wait = min(2 * wait, _LONGEST_WAIT)
    except TimeoutError:
        raise trouble from None


async def _all(looks: list[Awaitable[bool]]) -> bool:
    return all(await asyncio.gather(*looks))


async def _answers(connection: Connection, side: str) -> bool:
    with contextlib.suppress(DatabaseTrouble):
        async with session(connection, "moveday-look", side) as opened:
            await opened.value("SELECT 1")
            return True
    return False
