"""The one thing to do now, large enough to be seen: by whom, since when, and how."""

from collections.abc import Sequence
from datetime import datetime

from textual.widgets import Static

from wizard.engine.events import PersonNeeded
from wizard.forecast.durations import duration
from wizard.model.question import Question
from wizard.runbook.board import Row
from wizard.safety.clean import clean


class NowCard(Static):
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
    ) -> None:
        """Show a person's task first, then what runs, then what would come next.

        `back` is what a way back undoes now.
        """
        self.set_class(wanted is not None or paused or asked is not None, "-you")
        lines = _lines(rows, wanted, at_work, now)
        if back and wanted is None:
            lines = [f"↩ TAKING BACK: {clean(back, 300)}"]
        if asked is not None and wanted is None:
            lines = [f"! YOU: {clean(asked.text, 300)}"]
        if paused and at_work:
            running = any(row.standing in ("running", "you") for row in rows)
            when = "as soon as what runs has ended" if running else "nothing runs"
            lines = [f"! PAUSED: {when}; p goes on, k stops", *lines]
        self.update("\n".join(lines))


def _lines(
    rows: Sequence[Row], wanted: PersonNeeded | None, at_work: bool, now: datetime
) -> list[str]:
    if wanted is not None:
        lines = [f"! YOU: {clean(wanted.title, 200)}", f"  {clean(wanted.text, 600)}"]
        for change in wanted.changes:
            value = clean(" ".join(change.values), 300) or "(remove the record)"
            name = clean(change.name, 253)
            lines.append(f"    {name}  TTL {change.ttl}  {change.type}  {value}")
        if wanted.by_hand:
            lines.append(f"    {clean(wanted.by_hand, 400)}")
        return [*lines, "  It goes on by itself as soon as it sees this done."]
    running = [row for row in rows if row.standing == "running"]
    if running and at_work:
        return [f"▸ NOW: {_with_time(row, now)}" for row in running]
    failed = next((row for row in rows if row.standing == "failed"), None)
    if failed is not None:
        return [f"✗ FAILED: {failed.title}: {clean(failed.said, 300)}", "  g goes on, R rolls back"]
    undone = [row for row in rows if row.standing == "taken back"]
    if undone and at_work:
        return [f"↩ TAKING BACK: {len(undone)} undone, the last one: {undone[0].title}"]
    if undone:
        return ["↩ TAKEN BACK: what was begun is undone; g begins anew"]
    following = next((row for row in rows if row.standing == "waiting"), None)
    return [f"· NEXT: {following.title}"] if following else ["✓ everything is done"]


def _with_time(row: Row, now: datetime) -> str:
    taken = duration((now - row.since).total_seconds()) if row.since else ""
    about = f" of about {duration(row.expected)}" if row.expected else ""
    return f"{clean(row.title, 200)}  {taken}{about}"
