"""By which way could the data go, how fast was a slice of it there, and what does that promise?"""

from typing import Literal

from wizard.model.frozen import Frozen

Placement = Literal["laptop", "target-side runner"]
"""Where the mover runs. Each placement brings a measure of its own."""


class Route(Frozen):
    """One way. `tunnels` ssh connections lead to the target beside each other; 0: none is needed.

    `compressed`: by ssh, on those connections.
    """

    placement: Placement = "laptop"
    tunnels: int = 0
    compressed: bool = False

    @property
    def words(self) -> str:
        """For people."""
        if self.placement != "laptop":
            return self.placement
        if not self.tunnels:
            return "directly"
        many = "one ssh connection" if self.tunnels == 1 else f"{self.tunnels} ssh connections"
        return f"{many}, compressed" if self.compressed else many


ONE_TUNNEL = Route(tunnels=1)
BY_RUNNER = Route(placement="target-side runner")


class Slice(Frozen):
    """Rows of the source that went all the way into the target's memory of a moment.

    `bytes` of COPY data by `streams` beside each other in `seconds`, until the target had taken
    the last one. `stored_bytes` is what those rows take in the source's files; None: not known.
    """

    bytes: int
    seconds: float
    streams: int
    stored_bytes: int | None = None

    @property
    def rate(self) -> float:
        """Bytes of COPY data a second."""
        return self.bytes / self.seconds if self.seconds > 0 else 0.0


class RouteMeasure(Frozen):
    """What came of trying one way. Without a `slice`, `trouble` says why."""

    route: Route
    slice: Slice | None = None
    trouble: str = ""

    @property
    def rate(self) -> float:
        """Bytes a second; 0 where it could not be measured."""
        return self.slice.rate if self.slice else 0.0


class RouteForecast(Frozen):
    """How long all rows would take by one way, in seconds, shorter first. From one sample."""

    route: Route
    rate: float
    shortest: float
    longest: float


class RouteComparison(Frozen):
    """Every way that was tried, the one to take, and why.

    `stored_bytes` is what all rows take in the source's files. `recommended` is None when none
    could be measured, or (`measures` empty) when it would not matter.
    """

    stored_bytes: int
    measures: tuple[RouteMeasure, ...] = ()
    forecasts: tuple[RouteForecast, ...] = ()
    recommended: Route | None = None
    because: str = ""
