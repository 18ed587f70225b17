"""How far is the data move? Bytes, tables, rate, and what is left as far as it is known."""

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import ProgressBar

from screens.widgets.words import Words
from wizard.engine.events import Moving
from wizard.forecast.durations import size
from wizard.forecast.pace_words import pace_words
from wizard.model.database import MoveProgress
from wizard.runbook.board import Row
from wizard.safety.clean import clean


def progress_now(moving: Moving | None, rows: Sequence[Row], at_work: bool) -> MoveProgress | None:
    """The newest progress while the task that told it still runs; else None."""
    if moving is None or not at_work:
        return None
    runs = any(row.task == moving.task and row.standing == "running" for row in rows)
    return moving.progress if runs else None


class MoveProgressView(Vertical):
    """Hidden while nothing moves."""

    def __init__(self) -> None:
        super().__init__(id="move-progress")

    def compose(self) -> ComposeResult:
        """A line of words and a bar."""
        yield Words("", id="move-words", markup=False)
        yield ProgressBar(show_eta=False, id="move-bar")

    def tell(self, progress: MoveProgress | None) -> None:
        """Show `progress`; None hides it."""
        self.display = progress is not None
        if progress is None:
            return
        self.query_one("#move-words", Words).update(self._words(progress))
        bar = self.query_one(ProgressBar)
        total, done = progress.total_bytes, progress.done_bytes
        if not total:
            # A proof moves nothing: it goes table by table.
            total, done = progress.tables_total, progress.tables_done
        bar.update(total=total or None, progress=min(done, total))

    def _words(self, progress: MoveProgress) -> str:
        if not progress.tables_total:
            return f"{clean(progress.phase, 60)} …"
        words = (
            f"{clean(progress.phase, 60)}: {progress.tables_done} of {progress.tables_total} tables"
        )
        if progress.total_bytes:
            words += f", {size(progress.done_bytes)} of about {size(progress.total_bytes)}"
        if pace := pace_words(progress):
            words += f", {pace}"
        if progress.stalled:
            return f"! {clean(progress.stalled, 300)}  {words}"
        detail = clean(progress.detail, 80)
        return f"{words}  {detail}".rstrip()
