"""The report as it was written last: its summary, what remains to be done, and where it lies."""

import json
from pathlib import Path

from pydantic import Field, ValidationError

from wizard.engine.session import Session
from wizard.model.frozen import Frozen


class Remaining(Frozen):
    """One line of the decommission list; `earliest_at` is "" or a moment in words, UTC."""

    number: int
    side: str
    what: str
    earliest: str
    earliest_at: str = ""
    why: str = ""
    by_hand: str = ""
    final: bool = False


class ReportSeen(Frozen):
    """What the report's document says that is worth a screen. `files` are paths, Markdown first."""

    made_at: str
    result: str
    summary: tuple[str, ...]
    remaining: tuple[Remaining, ...] = Field(alias="decommission", default=())
    files: tuple[str, ...] = ()


def report_paths(session: Session) -> tuple[Path, ...]:
    """Markdown, JSON and HTML, there or not."""
    return tuple(session.store.folder / f"report.{kind}" for kind in ("md", "json", "html"))


def read_report(session: Session) -> ReportSeen | None:
    """The last report; None when there is none, or one that this moveday cannot read."""
    paths = report_paths(session)
    try:
        document = json.loads(paths[1].read_text(encoding="utf-8"))
        wanted = {name: document[name] for name in ("made_at", "result", "summary")}
        lines = [
            {name: line[name] for name in Remaining.model_fields if name in line}
            for line in document["decommission"]
        ]
        files = tuple(str(path) for path in paths if path.exists())
        return ReportSeen.model_validate({**wanted, "decommission": lines, "files": files})
    except (OSError, ValueError, KeyError, TypeError, ValidationError):
        return None
