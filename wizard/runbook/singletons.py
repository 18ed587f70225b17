"""Which process types must never run twice: schedulers, on either side, at any time."""

import re

_CLOCK = re.compile(
    r"\b(clock|clockwork|scheduler|beat|cron|supercronic|apscheduler|rufus|whenever)\b",
    re.IGNORECASE,
)


def is_clock(name: str, command: str) -> bool:
    """Whether a process type hands out work by time, judged by its name and its command."""
    return bool(_CLOCK.search(name.replace("_", " ").replace("-", " ")) or _CLOCK.search(command))
