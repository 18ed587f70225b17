"""Can a run's times be trusted? Not when the clock jumped, the machine slept, or the line dropped.

Three clocks are compared between two looks: the wall clock, which people and time servers set; the
monotonic one, which durations are taken from and which on Linux and macOS stands still while the
machine sleeps; and the time since boot, which goes on while it sleeps.
"""

from wizard.forecast.durations import duration
from wizard.model.frozen import Frozen

TOLERANCE = 2.0
"""Seconds between two looks. Time servers bend a clock by less; a busy machine delays all three."""
MOVING = frozenset({"move", "verify"})
"""Tasks whose time hangs on the line."""


class Beat(Frozen):
    """The clocks at one look, in seconds; `since_boot` None where the system has no such clock."""

    wall: float
    monotonic: float
    since_boot: float | None = None


def disturbed(before: Beat, after: Beat) -> str:
    """Why what was measured between two looks counts for nothing; "" when it counts."""
    passed = after.monotonic - before.monotonic
    jumped = after.wall - before.wall - passed
    if before.since_boot is not None and after.since_boot is not None:
        slept = after.since_boot - before.since_boot - passed
        if slept > TOLERANCE:
            return f"the machine slept for {duration(slept)}"
    elif jumped > TOLERANCE:
        return f"the machine slept, or its clock was set forward by {duration(jumped)}"
    if abs(jumped) > TOLERANCE:
        way = "forward" if jumped > 0 else "back"
        return f"the clock was set {way} by {duration(abs(jumped))}"
    return ""


def dropped(handle: str, at_work: frozenset[str]) -> str:
    """Why a broken tunnel voids a run; "" when nothing that hangs on it was at work."""
    hit = sorted(at_work & MOVING)
    if not hit:
        return ""
    return f"the tunnel to {handle} dropped in the middle of: {', '.join(hit)}"


def void_words(reasons: tuple[str, ...]) -> str:
    """`Run.void`: every reason once; "" for a good sample."""
    return "; ".join(dict.fromkeys(reason for reason in reasons if reason))
