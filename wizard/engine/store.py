"""What can be read again instead of asked again? Caches beside the journal, whole or not there."""

import contextlib
import json
import os
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from wizard.engine.folder import (
    BINARY,
    machine_trouble,
    prepare_folder,
    sync_folder,
    write_fully,
)
from wizard.engine.journal import Journal, JournalReader
from wizard.engine.plain_json import plain
from wizard.model.runs import Run
from wizard.safety.redact import REDACTOR

M = TypeVar("M", bound=BaseModel)

FACTS = "facts.json"
FORMAT = 1
_TEMPORARY = ".writing-"


@dataclass(frozen=True)
class Cached:
    """A cache that was looked up: `content` or, when None, the `reason` it is not used."""

    content: dict[str, object] | None
    reason: str = ""


class Store:
    """JSON files in the state folder, written atomically, stamped with the journal's position.

    The journal is the truth; everything here may be deleted and is made again.
    """

    def __init__(
        self,
        folder: Path,
        *,
        writing: bool = True,
        redact: Callable[[str], str] = REDACTOR.redact,
    ) -> None:
        """Open the store. With `writing`, hold the lock: what a killed process left is removed."""
        self.folder = folder
        self._redact = redact
        # What was read last of each file: whoever shows a move asks at every change. A journal only
        # grows, so what belonged to it once still does.
        self._known: dict[Path, tuple[tuple[int, int, int], Cached]] = {}
        if writing:
            prepare_folder(folder)
            self._remove_orphans()

    def save_facts(self, facts: BaseModel | Mapping[str, object], journal: Journal) -> None:
        """Keep `facts`, stamped with where the journal stands now."""
        self._save(self.folder / FACTS, facts, journal)

    def load_facts(self, journal: Journal | JournalReader) -> Cached:
        """The kept facts, unless they belong to another journal than this one."""
        return self._load(self.folder / FACTS, journal)

    def save_result(self, name: str, result: BaseModel, journal: Journal) -> None:
        """Keep what step `name` found, so that it can be shown without looking again."""
        self._save(self.folder / f"{name}.json", result, journal)

    def load_result(self, name: str, model: type[M], journal: Journal | JournalReader) -> M | None:
        """A kept result, None when it is not there, of another journal, or of another moveday."""
        found = self._load(self.folder / f"{name}.json", journal)
        try:
            return None if found.content is None else model.model_validate(found.content)
        except ValidationError:
            return None

    def run_folder(self, number: int) -> Path:
        """The folder of run `number`, made when it is not there."""
        folder = self.folder / "runs" / str(number)
        with machine_trouble("make", folder):
            for part in (folder.parent, folder):
                part.mkdir(mode=0o700, exist_ok=True)
            sync_folder(folder.parent)
        return folder

    def save_run(self, run: Run, journal: Journal) -> Path:
        """Keep one run's measurements in `runs/<n>/run.json`; the path."""
        path = self.run_folder(run.number) / "run.json"
        self._save(path, run, journal)
        return path

    def write_json(self, path: Path, document: object) -> None:
        """Write `document` so that a reader sees the old file or the new one, never a part.

        Strings are redacted. Raises `MachineError` on a full disk; the old file is intact then.
        """
        text = json.dumps(plain(document, self._redact), indent=2, sort_keys=True) + "\n"
        self.write_text(path, text)

    def write_text(self, path: Path, text: str) -> None:
        """Write `text` (already redacted) atomically, readable by its owner only."""
        temporary = path.parent / f"{_TEMPORARY}{path.name}-{secrets.token_hex(4)}"
        with machine_trouble("write", path):
            try:
                descriptor = os.open(
                    temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | BINARY, 0o600
                )
                try:
                    write_fully(descriptor, text.encode())
                    os.fsync(descriptor)
                finally:
                    os.close(descriptor)
                temporary.replace(path)
            except OSError:
                with contextlib.suppress(OSError):
                    temporary.unlink(missing_ok=True)
                raise
            sync_folder(path.parent)

    def _save(
        self, path: Path, content: BaseModel | Mapping[str, object], journal: Journal
    ) -> None:
        stamp = {"seq": journal.seq, "hash": journal.head}
        self.write_json(path, {"format": FORMAT, "journal": stamp, "content": content})

    def _load(self, path: Path, journal: Journal | JournalReader) -> Cached:
        name = path.name
        known = self._known.get(path)
        written = _written(path)
        if known is not None and known[0] == written and known[1].content is not None:
            return known[1]
        found = self._read(path, name, journal)
        self._known[path] = (written, found)
        return found

    def _read(self, path: Path, name: str, journal: Journal | JournalReader) -> Cached:
        try:
            document = json.loads(path.read_bytes())
            found, stamp = document["format"], document["journal"]
            seq, head = stamp["seq"], stamp["hash"]
            content = document["content"]
        except FileNotFoundError:
            return Cached(None, f"there is no {name}")
        except (OSError, ValueError, KeyError, TypeError):
            return Cached(None, f"{name} cannot be read")
        if found != FORMAT:
            return Cached(None, f"{name} has format {found}, this moveday reads format {FORMAT}")
        if not isinstance(content, dict):
            return Cached(None, f"{name} cannot be read")
        if not _belongs(seq, head, journal):
            return Cached(None, f"{name} belongs to another journal than the one that is here")
        return Cached(content)

    def _remove_orphans(self) -> None:
        with machine_trouble("clean up", self.folder):
            for orphan in self.folder.rglob(f"{_TEMPORARY}*"):
                orphan.unlink(missing_ok=True)


def _written(path: Path) -> tuple[int, int, int]:
    """Tells one writing of a file from the next: every one makes a new file."""
    try:
        found = path.stat()
    except OSError:
        return (0, 0, 0)
    return (found.st_ino, found.st_mtime_ns, found.st_size)


def _belongs(seq: object, head: object, journal: Journal | JournalReader) -> bool:
    """Whether the journal stood at `seq` with `head` once: it may have grown since."""
    entries = journal.entries
    if seq == 0:
        return True
    return isinstance(seq, int) and 0 < seq <= len(entries) and entries[seq - 1].hash == head
