"""When a call is repeated and how long to wait before: full jitter, Retry-After, a budget."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from email.utils import parsedate_to_datetime
from random import uniform

from tenacity import AsyncRetrying, RetryCallState, retry_if_exception_type, wait_random_exponential

from wizard.errors import MovedayError

ATTEMPTS = 6
WAIT_BUDGET = 60.0
_BACK_OFF = wait_random_exponential(multiplier=0.3, max=10)

RATE_LIMITED = 429
PASSING = frozenset({502, 503, 504})


class Again(Exception):
    """An attempt that may be repeated. `error` is raised instead when patience ends.

    `pause` is what the other side asked for, in seconds; None means: choose yourself.
    """

    def __init__(self, error: MovedayError, pause: float | None = None) -> None:
        super().__init__(error.title)
        self.error = error
        self.pause = pause


def retry_after(value: str | None, now: datetime) -> float | None:
    """Seconds asked for by a Retry-After header, in either form; None when absent or senseless."""
    if not value:
        return None
    text = value.strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        until = parsedate_to_datetime(text)
    except (TypeError, ValueError):
        return None
    if until.tzinfo is None:
        return None
    return max(0.0, (until - now).total_seconds())


def retrying(budget: float, sleep: Callable[[float], Awaitable[None]]) -> AsyncRetrying:
    """Repeat while `Again` is raised, waiting `budget` seconds at most in all.

    A wait that would exceed the budget is not begun: an absurd Retry-After gives up at once.
    """

    def enough(state: RetryCallState) -> bool:
        return state.attempt_number >= ATTEMPTS or state.idle_for + state.upcoming_sleep > budget

    return AsyncRetrying(
        retry=retry_if_exception_type(Again),
        wait=_pause,
        stop=enough,
        sleep=sleep,
        reraise=True,
    )


def _pause(state: RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    if isinstance(error, Again) and error.pause is not None:
        # A little more than asked, so that many clients do not come back in the same instant.
        return error.pause + uniform(0, 0.2)
    return float(_BACK_OFF(state))
