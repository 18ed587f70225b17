"""Readable from two metres: what is down, since when, and until when there is a way back."""

from datetime import datetime

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widgets import Digits, Static

from wizard.forecast.durations import duration
from wizard.forecast.window import Window
from wizard.runbook.outage_clock import OutageClock


class OutageView(Horizontal):
    """Large digits for the outage, and its three figures and the latest abort beside them."""

    def __init__(self) -> None:
        super().__init__(id="outage")

    def compose(self) -> ComposeResult:
        """Digits left, words right."""
        with Vertical(id="outage-left"):
            yield Static("", id="outage-title", markup=False)
            yield Digits("", id="outage-digits")
        yield Static("", id="outage-words", markup=False)

    def tell(self, clock: OutageClock, window: Window, now: datetime, *, over: bool) -> None:
        """Show the clock as of `now`; `over`: the run has ended and nothing counts on."""
        stopped = clock.switch_seen_at or (clock.down_at if over else None)
        seconds = clock.seconds(stopped, now)
        self.query_one("#outage-title", Static).update(_title(clock, over=over))
        self.query_one(Digits).update(_digits(seconds or 0.0))
        lines = [
            f"service ready  {_figure(clock, clock.ready_at, now, over=over)}",
            f"switch seen    {_figure(clock, clock.switch_seen_at, now, over=over)}",
            f"by the book    {_book(clock, now, over=over)}",
            "" if over and clock.down_at else _abort(window, now),
        ]
        self.query_one("#outage-words", Static).update("\n".join(lines))


def _title(clock: OutageClock, *, over: bool) -> str:
    if clock.down_at is None:
        return "USERS: nothing is down"
    since = f"{clock.down_at.astimezone():%H:%M:%S}"
    if clock.switch_seen_at is not None or over:
        return f"was down at {since}"
    return f"DOWN since {since}"


def _digits(seconds: float) -> str:
    whole = int(seconds)
    return f"{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}"


def _figure(clock: OutageClock, moment: datetime | None, now: datetime, *, over: bool) -> str:
    seconds = clock.seconds(moment, now)
    if seconds is None:
        return "not begun"
    if moment is not None:
        return f"✓ {duration(seconds)}"
    return "not reached" if over else f"{duration(seconds)} so far"


def _book(clock: OutageClock, now: datetime, *, over: bool) -> str:
    if clock.book_done_at is None:
        return "not reached" if over and clock.down_at else "low TTL after the switch"
    left = (clock.book_done_at - now).total_seconds()
    if left > 0:
        return f"in {duration(left)}"
    return f"✓ {duration(clock.seconds(clock.book_done_at, now) or 0.0)}"


def _abort(window: Window, now: datetime) -> str:
    way = f"way back {duration(window.way_back)}{'' if window.measured else '?'}"
    if window.latest_abort < window.begin:
        return f"{way}: longer than announced"
    left = window.remaining(now)
    if left < 0:
        return f"{way}: too late for the announced end"
    return f"abort within   {duration(left)} ({way})"
