"""An event of the engine as one line of text, for the log and the status line."""

from wizard.engine.events import (
    Event,
    LogLine,
    Moving,
    PersonNeeded,
    Said,
    TaskFailed,
    TaskFinished,
    TaskStarted,
    TaskUndone,
)
from wizard.forecast.durations import duration, size
from wizard.safety.clean import clean
from wizard.safety.redact import REDACTOR


def spoken(event: Event) -> str:
    """One clean, redacted line."""
    return clean(REDACTOR.redact(_words(event)), 2_000)


def _words(event: Event) -> str:
    match event:
        case Said(text, level):
            return f"! {text}" if level == "warn" else text
        case TaskStarted(_, title, expected):
            about = f", about {duration(expected)}" if expected else ""
            return f"▸ {title}{about}"
        case TaskFinished(_, title, seconds, evidence, adopted):
            how = "already so" if adopted else duration(seconds)
            return f"✓ {title} ({how}): {evidence.what}"
        case TaskFailed(_, title, reason):
            return f"✗ {title}: {reason}"
        case TaskUndone(_, title, seconds):
            return f"↩ taken back: {title} ({duration(seconds)})"
        case LogLine(about, text):
            return f"{about} | {text}"
        case PersonNeeded():
            return f"! you: {event.title}"
        case Moving(_, progress):
            done = f"{progress.tables_done} of {progress.tables_total} tables"
            return f"{progress.phase}: {done}, {size(progress.done_bytes)}"
    return str(event)
