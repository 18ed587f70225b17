"""What is said when moveday itself has a bug: never a variable's value."""

import sys
import traceback
from pathlib import Path
from types import TracebackType

from wizard.safety.clean import clean
from wizard.safety.redact import REDACTOR

_FRAMES = 6


def crash_words(error: BaseException | None, folder: Path) -> str:
    """Type, place and redacted message of a bug, and that the journal knows what was done."""
    kind = type(error).__name__ if error else "unknown error"
    said = clean(REDACTOR.redact(str(error)), 300) if error else ""
    places = "\n".join(f"  {place}" for place in _places(error.__traceback__ if error else None))
    return (
        f"moveday stopped on a bug of its own: {kind}: {said}\n{places}\n"
        f"What was done is in {folder}; start moveday again to go on from there."
    )


def current_crash(found: BaseException | None, folder: Path) -> str:
    """`crash_words` for the exception being handled, else for `found`."""
    return crash_words(sys.exc_info()[1] or found, folder)


def _places(trace: TracebackType | None) -> list[str]:
    frames = traceback.extract_tb(trace)[-_FRAMES:]
    return [f"{Path(frame.filename).name}:{frame.lineno} in {frame.name}" for frame in frames]
