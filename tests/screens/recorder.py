"""A person who answers by a table, and keeps what the engine said and stored while it worked."""

import gzip
import hashlib
import io
import json
import shutil
import tarfile
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from pydantic import TypeAdapter

from tests.screens.events_file import Heard, write_events
from wizard.cli.hook import tell_hook
from wizard.clock import SYSTEM_CLOCK
from wizard.engine.events import Event, Moving, PersonNeeded
from wizard.engine.session import STATE_FOLDER, Session
from wizard.model.question import Answer, Gate, Question
from wizard.model.sign_in import Refused, Seen
from wizard.runbook.probes import Look

SEEN = "seen.json"
APP_FILES = "app.tar.gz"
"""The running commit's files: what was recorded names its commits."""
_SEEN = TypeAdapter(dict[str, Seen | Refused])
GATES = TypeAdapter(tuple[Gate, ...])
REPORTS = ("report.md", "report.json")
LOOKS = "looks.jsonl.gz"
RESULTS = ("facts", "mapping", "files")
_PROGRESS_SECONDS = 0.1


@dataclass
class Person:
    """Implements `wizard.engine.front.Front`: `answers` by question, yes to what is not there.

    `watch` hears every event; a journey stops something by it.
    """

    answers: dict[str, str]
    session: Session | None = None
    heard: list[Heard] = field(default_factory=list)
    watch: Callable[[Event], None] = lambda event: None
    _progress: tuple[str, datetime] | None = None

    def hear(self, event: Event) -> None:
        """Keep the event; of a data move's progress ten a second are enough."""
        now = SYSTEM_CLOCK.now()
        if isinstance(event, Moving):
            phase, last = self._progress or ("", now)
            if phase == event.progress.phase and (now - last).total_seconds() < _PROGRESS_SECONDS:
                return
            self._progress = (event.progress.phase, now)
        seq = self.session.journal.seq if self.session is not None else 0
        self.heard.append(Heard(seq, now, event))
        self.watch(event)

    async def answer(self, question: Question) -> Answer | None:
        """The table's answer, the name that is wanted, or yes."""
        value = self.answers.get(question.id, question.expected or "yes")
        return Answer(value=value, by="person at the screen") if value else None

    async def ask_person(self, request: PersonNeeded) -> str | None:
        """Let the sandbox's person do it."""
        self.hear(request)
        return await tell_hook(request)

    def person_timeout(self) -> float:
        """Long enough for the sandbox's person."""
        return 600.0


@dataclass
class Recorder:
    """Writes a recording: the journal, every version of plan and results, report, events."""

    app: Path
    place: Path

    def begin(self) -> None:
        """An empty recording."""
        shutil.rmtree(self.place, ignore_errors=True)
        self.place.mkdir(parents=True)

    def keep_app(self, files: Path) -> None:
        """The app's files that were moved, packed the same way each time."""
        packed = io.BytesIO()
        with tarfile.open(fileobj=packed, mode="w") as archive:
            for path in sorted(files.rglob("*")):
                if path.is_file() and "__pycache__" not in path.parts:
                    entry = tarfile.TarInfo(str(path.relative_to(files)))
                    entry.size, entry.mode = path.stat().st_size, path.stat().st_mode & 0o777
                    archive.addfile(entry, io.BytesIO(path.read_bytes()))
        _pack(self.place / APP_FILES, packed.getvalue())

    def keep(self) -> None:
        """Keep what is stored now: each result by the journal line it was stamped with."""
        raw = (self.app / "moveday.yaml").read_bytes()
        (self.place / f"moveday-{hashlib.sha256(raw).hexdigest()[:12]}.yaml").write_bytes(raw)
        state = self.app / STATE_FOLDER
        for name in RESULTS:
            path = state / f"{name}.json"
            if path.exists():
                document = json.loads(path.read_bytes())
                kept = json.dumps(document, sort_keys=True, separators=(",", ":"))
                _pack(self.place / f"{name}-{document['journal']['seq']}.json.gz", kept.encode())

    async def after(self, work: Awaitable[object]) -> object:
        """Await a piece of work, then keep what it stored, however it ended."""
        try:
            return await work
        finally:
            self.keep()

    def keep_seen(self, seen: Mapping[str, Seen | Refused]) -> None:
        """What the sides said about the tokens, by side."""
        (self.place / SEEN).write_bytes(_SEEN.dump_json(dict(seen), indent=1) + b"\n")

    def keep_gates(self, gates: Sequence[Gate], seq: int) -> None:
        """The cutover's gates as they stood at a line of the journal."""
        (self.place / f"gates-{seq}.json").write_bytes(GATES.dump_json(tuple(gates), indent=1))

    def keep_looks(self, looks: Sequence[tuple[int, Look]]) -> None:
        """What was seen of both sides, each with the number of the journal's last line."""
        lines = [json.dumps([seq, look.model_dump(mode="json")]) for seq, look in looks]
        _pack(self.place / LOOKS, "\n".join(lines).encode())

    def finish(self, heard: list[Heard]) -> None:
        """Journal, report and events, when the journey is over."""
        state = self.app / STATE_FOLDER
        _pack(self.place / "journal.jsonl.gz", (state / "journal.jsonl").read_bytes())
        for name in REPORTS:
            if (state / name).exists():
                _pack(self.place / f"{name}.gz", (state / name).read_bytes())
        write_events(self.place, heard)


def read_seen(place: Path) -> dict[str, Seen | Refused]:
    """What the sides said about the tokens of a recording."""
    return _SEEN.validate_json((place / SEEN).read_bytes())


def read_looks(place: Path, count: int) -> tuple[Look, ...]:
    """What was seen of both sides until line `count` of the journal."""
    path = place / LOOKS
    lines = gzip.decompress(path.read_bytes()).splitlines() if path.exists() else []
    found = (json.loads(line) for line in lines)
    return tuple(Look.model_validate(look) for seq, look in found if seq <= count)


def _pack(path: Path, content: bytes) -> None:
    path.write_bytes(gzip.compress(content, mtime=0))
