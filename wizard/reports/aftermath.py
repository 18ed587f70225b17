"""Who serves the users now, and what did the move leave around? Read from runs and journal."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from wizard.engine.chain import Entry
from wizard.model.decommission import Aftermath, Ending, LeftBeside
from wizard.model.plan import Plan
from wizard.model.runs import Run
from wizard.rules.made import made_things
from wizard.runbook.dns.memory import longest_ttl

_REMOVED = "remove database/"
_ASKED, _FORGOTTEN = "/asked-to-start/", "/forget/"


def aftermath(plan: Plan, live: Run | None, entries: Sequence[Entry]) -> Aftermath:
    """The ground of the decommission list. `live` is the last live run that came to an end."""
    ending = _ending(live)
    down = _down_at(live, entries)
    there, removed = _databases(entries)
    used = {choice.handle for choice in plan.databases if not choice.move_data}
    if ending == "moved":
        used |= {f"{choice.handle}-live" for choice in plan.databases}
    outage = live.outage if live else None
    return Aftermath(
        ending=ending,
        switched=_later(down, outage.switch_seen if outage else None),
        book_done=_later(down, outage.book_done if outage else None),
        old_ttls=_old_ttls(plan.domains, entries),
        practice_databases=tuple(name for name in there if name not in used),
        removed_databases=tuple(removed),
        default_endpoint=any(
            e.kind in ("effect", "adopted") and e.key == "endpoint/default" for e in entries
        ),
        beside=_beside(entries),
    )


def _ending(live: Run | None) -> Ending:
    if live is None:
        return "not moved"
    return "moved" if live.outcome == "done" else "old side serves"


def _down_at(live: Run | None, entries: Sequence[Entry]) -> datetime | None:
    """When the outage began: the outage's figures count from there."""
    if live is None:
        return None
    for entry in entries:
        value = entry.data.get("value")
        if entry.key == f"run-{live.number}/down_at" and isinstance(value, int | float):
            return datetime.fromtimestamp(value, UTC)
    return min((time.started for time in live.tasks if time.effect == "hard-down"), default=None)


def _later(start: datetime | None, seconds: float | None) -> datetime | None:
    return None if start is None or seconds is None else start + timedelta(seconds=seconds)


def _databases(entries: Sequence[Entry]) -> tuple[list[str], list[str]]:
    """Databases this move made that are there now, and those it ever removed."""
    made = made_things(entries)
    there = [thing.name for thing in reversed(made.made) if thing.kind == "database"]
    gone = (e.key for e in entries if e.kind == "effect" and e.key.startswith(_REMOVED))
    return there, list(dict.fromkeys(key.removeprefix(_REMOVED) for key in gone))


def _beside(entries: Sequence[Entry]) -> tuple[LeftBeside, ...]:
    """Each container that a run asked for, with those of its secrets that were not seen to go."""
    gone = {e.key.partition(_FORGOTTEN)[2] for e in entries if e.kind == "effect"}
    found: dict[str, LeftBeside] = {}
    for entry in entries:
        name, asked = entry.key.partition(_ASKED)[2], entry.data.get("value")
        if name and isinstance(asked, Mapping):
            left = tuple(each for each in map(str, asked["secrets"]) if each not in gone)
            found[name] = LeftBeside(container=name, secrets=left)
    return tuple(found.values())


def _old_ttls(names: Sequence[str], entries: Sequence[Entry]) -> dict[str, int]:
    """The longest TTL ever seen per name, over all runs: it may have been lowered before one."""
    longest = {name: longest_ttl(entries, name) for name in names}
    return {name: ttl for name, ttl in longest.items() if ttl}
