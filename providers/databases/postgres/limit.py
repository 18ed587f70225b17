"""How fast may all copying processes together read from the source? One count for all of them."""

from wizard.clock import SYSTEM_CLOCK, Clock


class Limit:
    """Every process asks here before it passes bytes on; nothing is saved up while none asks.

    From the first question on, what was let through never exceeds `rate` times the time passed.
    """

    def __init__(self, rate: int, clock: Clock = SYSTEM_CLOCK) -> None:
        self._rate = rate
        self._clock = clock
        self._free_at = 0.0

    def take(self, size: int) -> float:
        """Seconds until `size` bytes may pass; they count from now on."""
        now = self._clock.elapsed()
        self._free_at = max(self._free_at, now) + size / self._rate
        return self._free_at - now
