"""Until when is there a way back inside what was announced?"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from wizard.forecast.durations import duration
from wizard.model.frozen import Frozen


class Window(Frozen):
    """The announced outage and the way back in it. Times are aware UTC, `way_back` is seconds.

    `measured` is false when the way back was never timed and `way_back` is assumed.
    """

    begin: datetime
    end: datetime
    way_back: float
    measured: bool

    @property
    def latest_abort(self) -> datetime:
        """The last moment at which the way back still ends inside the announced window.

        It may lie before `begin`: then there is no way back in time, from the start.
        """
        return self.end - timedelta(seconds=self.way_back)

    def remaining(self, now: datetime) -> float:
        """Seconds until the latest abort; negative once it has passed."""
        return (self.latest_abort - now).total_seconds()

    def words(self, now: datetime) -> str:
        """What a person needs to know now."""
        basis = "worst seen" if self.measured else "assumed, never timed"
        way = f"the way back takes {duration(self.way_back)} ({basis})"
        if self.latest_abort < self.begin:
            return f"{way}: longer than the announced window"
        left = self.remaining(now)
        if left < 0:
            return f"{way}: a way back would now end {duration(-left)} after the announced end"
        return f"{way}: the latest moment to abort is in {duration(left)}"


def window(
    begin: datetime, budget_minutes: float, way_back: Sequence[float], assumed: float
) -> Window:
    """The window that begins at `begin`. `way_back` holds measured seconds, the worst counts."""
    return Window(
        begin=begin,
        end=begin + timedelta(minutes=budget_minutes),
        way_back=max(way_back, default=assumed),
        measured=bool(way_back),
    )
