"""Readable from two metres: what is down, since when, and until when there is a way back."""

from datetime import datetime

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widgets import Digits

from screens.widgets.words import Words
from wizard.forecast.durations import duration
from wizard.forecast.window import Window
from wizard.runbook.countdown import Countdown
from wizard.runbook.outage_clock import OutageClock


class OutageView(Horizontal):
    """Large digits for the outage, and its three figures and the latest abort beside them."""

    def __init__(self) -> None:
        super().__init__(id="outage")

    def compose(self) -> ComposeResult:
        """Digits left, words right."""
        with Vertical(id="outage-left"):
            yield Words("", id="outage-title", markup=False)
            yield Digits("", id="outage-digits")
        yield Words("", id="outage-words", markup=False)

    def tell(
        self,
        clock: OutageClock,
        window: Window,
        now: datetime,
        *,
        over: bool,
        waits: Countdown | None = None,
        back_at: datetime | None = None,
    ) -> None:
        """Show the clock as of `now`; `over`: the run has ended and nothing counts on.

        `back_at`: when a way back brought users to the old side again.

        Before the outage the digits count down what the run `waits` for.
        """
        stopped = back_at or clock.switch_seen_at or (clock.down_at if over else None)
        seconds = clock.seconds(stopped, now) or 0.0
        title = _title(clock, back_at, over=over)
        if waits is not None and clock.down_at is None:
            seconds, title = waits.left(now), "OLD TTL GONE IN"
        self.query_one("#outage-title", Words).update(title)
        self.query_one(Digits).update(_digits(seconds))
        self.set_class(back_at is None and _is_down(clock, over=over), "-down")
        lines = _before(waits, window, now) if clock.down_at is None else []
        lines = lines or [
            f"service ready  {_figure(clock, clock.ready_at, now, over=over)}",
            f"switch seen    {_figure(clock, clock.switch_seen_at, now, over=over)}",
            f"by the book    {_book(clock, now, over=over)}",
            "" if over else _abort(window, now),
        ]
        self.query_one("#outage-words", Words).update("\n".join(lines))


def _is_down(clock: OutageClock, *, over: bool) -> bool:
    return clock.down_at is not None and clock.switch_seen_at is None and not over


def _before(waits: Countdown | None, window: Window, now: datetime) -> list[str]:
    """Nobody notices anything yet: what a clock will bring, and the way back."""
    lines = ["USERS: nothing is down" if waits is not None else "", _abort(window, now)]
    if waits is not None:
        left, until = duration(waits.left(now)), f"{waits.until.astimezone():%H:%M:%S}"
        lines.append(f"{waits.title}: {left} left, at {until}")
    lines.append(f"announced      {duration((window.end - window.begin).total_seconds())}")
    return [line for line in lines if line]


def _title(clock: OutageClock, back_at: datetime | None, *, over: bool) -> str:
    if clock.down_at is None:
        return "USERS: nothing is down"
    since = f"{clock.down_at.astimezone():%H:%M:%S}"
    if back_at is not None:
        return f"down {since} to {back_at.astimezone():%H:%M:%S}"
    if clock.switch_seen_at is not None:
        return f"down {since} to {clock.switch_seen_at.astimezone():%H:%M:%S}"
    if over:
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
