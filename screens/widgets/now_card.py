"""The one thing to do now, large enough to be seen: by whom, since when, and how."""

from collections.abc import Sequence
from datetime import datetime

from screens.wanted import lines_of
from screens.widgets.words import Words
from wizard.engine.events import PersonNeeded
from wizard.forecast.durations import duration
from wizard.model.question import Question
from wizard.runbook.board import Row
from wizard.runbook.taken_back import TakenBack
from wizard.safety.clean import clean


class NowCard(Words):
    """What is happening, or what a person has to do, with the records to put."""

    def __init__(self) -> None:
        super().__init__("", id="now", markup=False)

    def tell(
        self,
        rows: Sequence[Row],
        wanted: PersonNeeded | None,
        at_work: bool,
        now: datetime,
        *,
        paused: bool = False,
        asked: Question | None = None,
        back: str = "",
        taken: TakenBack | None = None,
    ) -> None:
        """Show a person's task first, then what runs, then what would come next.

        `back` is what a way back undoes now, `taken` the way back that was begun or is over.
        """
        self.set_class(wanted is not None or paused or asked is not None, "-you")
        lines = _lines(rows, wanted, at_work, now)
        if taken is not None and wanted is None and not at_work:
            lines = _taken_back(taken, rows)
        if back and wanted is None:
            lines = [f"↩ TAKING BACK: {clean(back, 300)}"]
        if asked is not None and wanted is None:
            lines = [f"! YOU: {clean(asked.text, 300)}"]
        if paused and at_work:
            running = any(row.standing in ("running", "you") for row in rows)
            when = "a copy waits, what else runs comes to its end" if running else "nothing runs"
            lines = [f"! PAUSED: {when}; p goes on, k stops", *lines]
        self.update("\n".join(lines))


def _lines(
    rows: Sequence[Row], wanted: PersonNeeded | None, at_work: bool, now: datetime
) -> list[str]:
    if wanted is not None:
        return lines_of(wanted)
    # A person's task without a request yet is being made ready: that, too, is what happens now.
    running = [row for row in rows if row.standing in ("running", "you")]
    if running and at_work:
        return [f"▸ NOW: {_with_time(row, now)}" for row in running]
    failed = next((row for row in rows if row.standing == "failed"), None)
    if failed is not None:
        return [f"✗ FAILED: {failed.title}: {clean(failed.said, 300)}", "  g goes on, R rolls back"]
    broken = [row for row in rows if row.standing == "broken off"]
    if broken and not at_work:
        return [
            *(f"✗ BROKEN OFF: {_broken_off(row)}" for row in broken),
            "  g goes on, R rolls back",
        ]
    following = next((row for row in rows if row.standing in ("waiting", "broken off")), None)
    return [f"· NEXT: {following.title}"] if following else ["✓ everything is done"]


def _taken_back(taken: TakenBack, rows: Sequence[Row]) -> list[str]:
    """Where users are comes before why, and what next: that is what everybody asks then."""
    failed = next((row for row in rows if row.standing == "failed"), None)
    if taken.finished is None:
        return [
            f"✗ THE WAY BACK IS NOT FINISHED: {taken.undone} undone, {_users(taken)}",
            "  NEXT: R goes on with it; nothing else can be begun",
        ]
    lines = [f"↩ TAKEN BACK at {_time(taken.finished)}: cutover {taken.number} is undone", ""]
    lines[1] = f"  USERS: {_users(taken)}"
    if failed is not None:
        lines.append(f"  it had stopped at: {clean(failed.title, 60)}: {clean(failed.said, 120)}")
    return [*lines, "  NEXT: nothing presses; g shows what a new cutover waits for"]


def _users(taken: TakenBack) -> str:
    if taken.down_at is None:
        return "on the old side all the time, nothing was down"
    if taken.users_back is None:
        return f"DOWN since {_time(taken.down_at)}"
    down = duration((taken.users_back - taken.down_at).total_seconds())
    return f"on the old side since {_time(taken.users_back)} (they were down for {down})"


def _time(moment: datetime) -> str:
    return f"{moment.astimezone():%H:%M:%S}"


def _broken_off(row: Row) -> str:
    after = f" after {duration(row.seconds)}" if row.seconds else ""
    return f"{clean(row.title, 200)}{after}"


def _with_time(row: Row, now: datetime) -> str:
    taken = duration((now - row.since).total_seconds()) if row.since else ""
    about = f" of about {duration(row.expected)}" if row.expected else ""
    return f"{clean(row.title, 200)}  {taken}{about}"
