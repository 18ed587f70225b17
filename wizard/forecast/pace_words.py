"""How fast do the rows go, and how long will the rest take? The copy's own figures, in words."""

from wizard.forecast.durations import duration, size
from wizard.model.database import MoveProgress


def pace_words(progress: MoveProgress) -> str:
    """ "12.0 MB/s, 40 s to 1 min 5 s of rows left"; "" while that cannot be told.

    Of rows: indexes, keys and statistics come beside and after them.
    """
    if progress.paused:
        return "paused (the view of the source stays open)"
    if progress.left is None:
        return ""
    shorter, longer = (duration(seconds) for seconds in progress.left)
    left = shorter if shorter == longer else f"{shorter} to {longer}"
    return f"{size(progress.rate)}/s, {left} of rows left"
