"""What earlier surveys of the names left in the journal: looks, told TTLs, other records."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from pydantic import ValidationError

from wizard.engine.chain import Entry
from wizard.engine.journal import Kind
from wizard.model.dns import Record
from wizard.model.dns_report import DnsReport, NameReport, SideSeen
from wizard.rules.domains import old_ttl
from wizard.rules.survey_reading import same_name
from wizard.rules.ttl_history import Look

SURVEY = "dns-survey"
"""Key of the evidence that a survey leaves: data["report"] is a `DnsReport`."""
_TOLD = "dns-old-ttl/"
_SIGHT = "/sight/"


class Recorder(Protocol):
    """The writing end of a journal."""

    def append(self, kind: Kind, *, task: str = "", key: str = "", **data: object) -> Entry:
        """Write one line."""
        ...


def remember_report(journal: Recorder, report: DnsReport) -> None:
    """Keep a survey: its old TTLs, and the hashes of what must not change with the switch."""
    journal.append("evidence", key=SURVEY, report=report.model_dump(mode="json"))


def remember_told_ttl(journal: Recorder, name: str, seconds: int) -> None:
    """Keep what a person said the TTL was before the first look."""
    journal.append("answer", key=f"{_TOLD}{name}", value=seconds)


def reports(entries: Iterable[Entry]) -> list[DnsReport]:
    """Every survey so far, oldest first; one that a newer moveday wrote is left out."""
    found = []
    for entry in entries:
        if entry.kind == "evidence" and entry.key == SURVEY:
            try:
                found.append(DnsReport.model_validate(entry.data.get("report")))
            except ValidationError:
                continue
    return found


def remembered_looks(entries: Iterable[Entry], name: str) -> list[Look]:
    """All looks at a name that were kept, oldest first."""
    return [
        Look(report.at, seen.survey)
        for report in reports(entries)
        for seen in report.names
        if same_name(seen.name, name)
    ]


def last_report(entries: Iterable[Entry], name: str) -> NameReport | None:
    """The last survey of a name, None when there was none."""
    found = [r for report in reports(entries) for r in report.names if same_name(r.name, name)]
    return found[-1] if found else None


def told_ttl(entries: Iterable[Entry], name: str) -> int | None:
    """What a person said the TTL was, in seconds."""
    said = [e.data.get("value") for e in entries if e.key == f"{_TOLD}{name}"]
    return said[-1] if said and isinstance(said[-1], int) else None


def longest_ttl(entries: Sequence[Entry], name: str) -> int:
    """The longest TTL ever seen at a name or told of it, in seconds; 0 when nothing is known."""
    found = old_ttl(*(look.survey for look in remembered_looks(entries, name)))
    for entry in entries:
        value = entry.data.get("value")
        if entry.kind != "read":
            continue
        if entry.key.endswith(f"/record/{name}") and isinstance(value, Mapping) and value:
            found = max(found, Record.model_validate(value).ttl)
        if entry.key.endswith(f"/ttl-seen/{name}") and isinstance(value, int):
            found = max(found, value)
    return max(found, told_ttl(entries, name) or 0)


def sight_key(side: str, name: str) -> str:
    """Under which name a run records how it saw one side ("old" or "new") of a name."""
    return f"sight/{side}/{name}"


def remembered_side(entries: Iterable[Entry], side: str, name: str) -> SideSeen | None:
    """How a run last saw one side of a name, None when none did."""
    found = [
        e.data.get("value")
        for e in entries
        if e.kind == "read" and e.key.endswith(f"{_SIGHT}{side}/{name}")
    ]
    value = found[-1] if found else None
    return SideSeen.model_validate(value) if isinstance(value, Mapping) else None
