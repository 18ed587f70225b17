"""Takes back the last decision that was written into moveday.yaml: one step, as a new decision."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from wizard.engine.chain import Entry
from wizard.engine.journal import Journal
from wizard.engine.plan_file import FILE_NAME, plan_bytes
from wizard.engine.plan_write import kept_plan, put_plan, refuse_while_open
from wizard.errors import BlockedError, UsageError
from wizard.rules.container_answers import KINDS

Where = Literal["plan", "mapping"]
UNDONE = "answer"
"""Key of the journal's "undone" line that names the answers which no longer count."""
_OF_MAPPING = (
    *("addon/", "variable/", "database/", "domain/", "hold-back", "jobs", "partners", "count/"),
    *(f"{kind}/" for kind in sorted(KINDS)),
)
_TITLES: dict[Where, str] = {"plan": "1 Plan", "mapping": "4 Mapping"}


@dataclass(frozen=True)
class Decision:
    """One change of moveday.yaml; `answers` are the questions it answered, with what was said.

    `hash` is the file's (SHA-256, hex) after it, `before` that before it, "" where there was none.
    """

    seq: int
    hash: str
    before: str
    answers: tuple[tuple[str, str], ...]

    @property
    def where(self) -> Where:
        """The step at which it was made."""
        return "mapping" if any(k.startswith(_OF_MAPPING) for k, _ in self.answers) else "plan"

    @property
    def words(self) -> str:
        """What was decided, for people."""
        said = ", ".join(f"{key}: {value}" for key, value in self.answers)
        return said or "what the folder itself told"


def last_decision(entries: Sequence[Entry]) -> Decision | None:
    """The newest change of moveday.yaml that was made here and not taken back."""
    made: list[Decision] = []
    for place, entry in enumerate(entries):
        if entry.kind != "decided" or entry.key != "plan" or "hash" not in entry.data:
            continue
        undoes = entry.data.get("undoes")
        if undoes is not None:
            made = [each for each in made if each.seq != undoes]
            continue
        data = entry.data
        answers = _answers_of(entries, place)
        made.append(Decision(entry.seq, str(data["hash"]), str(data.get("before", "")), answers))
    return made[-1] if made else None


def undo_decision(folder: Path, journal: Journal, where: Where, by: str) -> Decision:
    """Bring moveday.yaml back to what it was before the last decision of step `where`.

    Journalled as a new decision. Raises BlockedError when there is none, when a later one was made
    at the other step, or while a run is open, and UsageError when the file was edited since.
    """
    found = undoable(folder, journal.entries, where)
    refuse_while_open(journal)
    raw = plan_bytes(folder)
    if hashlib.sha256(raw or b"").hexdigest() != found.hash:
        raise UsageError(
            f"{FILE_NAME} was changed by hand since",
            "taking the decision back would lose that change",
            "change it there, or answer anew",
        )
    old = kept_plan(folder, found.before)
    put_plan(folder, old, found.hash)
    digest = hashlib.sha256(old).hexdigest()
    journal.append("decided", key="plan", hash=digest, before=found.hash, undoes=found.seq, by=by)
    if found.answers:
        journal.append("undone", key=UNDONE, answers=[key for key, _ in found.answers], by=by)
    return found


def undoable(folder: Path, entries: Sequence[Entry], where: Where) -> Decision:
    """The decision that `undo_decision` would take back. Raises BlockedError when it cannot be."""
    found = last_decision(entries)
    if found is None or not found.before:
        raise BlockedError(
            "there is nothing to undo here",
            "no decision was made since the plan came to be",
            f"{FILE_NAME} can be edited by hand",
        )
    if found.where != where:
        raise BlockedError(
            "the last decision was made at another step",
            f"in {_TITLES[found.where]}: {found.words}",
            "take it back there first",
        )
    kept_plan(folder, found.before)
    return found


def taken_back_answers(entry: Entry) -> tuple[str, ...]:
    """The questions whose answers a line of the journal takes back; () for any other line."""
    found = entry.data.get("answers") if entry.kind == "undone" and entry.key == UNDONE else None
    return tuple(map(str, found)) if isinstance(found, list | tuple) else ()


def _answers_of(entries: Sequence[Entry], place: int) -> tuple[tuple[str, str], ...]:
    """The plan's answers stand right before the line at `place`, one of the mapping right after."""
    found: list[Entry] = []
    for entry in reversed(entries[:place]):
        if entry.kind != "answer" or entry.key.startswith((*_OF_MAPPING, "value/")):
            break
        found.insert(0, entry)
    after = entries[place + 1 : place + 2]
    if not found and after and after[0].kind == "answer" and after[0].key.startswith(_OF_MAPPING):
        found = [after[0]]
    return tuple((entry.key, str(entry.data.get("value", ""))) for entry in found)
