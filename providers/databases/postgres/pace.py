"""How fast does it go, and how long will the rest take? By what has passed so far."""

from collections import deque

_LATELY, _TELLS_AFTER = 10.0, 2.0


class Pace:
    """Hears how many bytes are done at which second; two rates make a range."""

    def __init__(self) -> None:
        self._flow: deque[tuple[float, int]] = deque()
        self._began: tuple[float, int] | None = None

    def forget(self) -> None:
        """What stood still says nothing about how fast it goes."""
        self._flow.clear()
        self._began = None

    def tell(self, now: float, done: int, left: int) -> tuple[float, tuple[float, float] | None]:
        """Bytes a second of late, and the seconds for `left` bytes by the late and the mean rate.

        None while too little has passed to tell.
        """
        if not self._flow and not done:
            return 0.0, None
        self._flow.append((now, done))
        while now - self._flow[0][0] > _LATELY and len(self._flow) > 2:
            before = self._flow.popleft()
            self._began = self._began or before
        first = self._began or self._flow[0]
        late_since, late_from = self._flow[0]
        if now - first[0] < _TELLS_AFTER or now <= late_since:
            return 0.0, None
        late = (done - late_from) / (now - late_since)
        mean = (done - first[1]) / (now - first[0])
        if min(late, mean, left) <= 0:
            return late, None
        found = sorted((left / late, left / mean))
        return late, (found[0], found[1])
