"""What happened so far? An append-only, hash-chained record from which all state is derived."""

import contextlib
import os
import threading
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

from wizard.clock import SYSTEM_CLOCK, Clock
from wizard.engine.chain import START, Chain, Entry, Verification, digest, read_chain, verify
from wizard.engine.folder import (
    BINARY,
    machine_trouble,
    prepare_folder,
    sync_folder,
    write_fully,
)
from wizard.engine.plain_json import canonical, plain
from wizard.errors import CheckFailedError
from wizard.safety.redact import REDACTOR

__all__ = ["FILE_NAME", "Entry", "Journal", "JournalReader", "Kind", "Verification", "verify"]

FILE_NAME = "journal.jsonl"

Kind = Literal[
    "opened",
    "read",
    "decided",
    "intent",
    "effect",
    "done",
    "failed",
    "refused",
    "adopted",
    "undone",
    "evidence",
    "answer",
    "consent",
    "phase",
    "run-started",
    "run-finished",
    "override",
    "paused",
    "continued",
]


class Journal:
    """The writing end. One process at a time: hold the lock (`wizard.engine.lock`) while open.

    `healed` says in words which torn line was dropped when it was opened, "" if none.
    """

    def __init__(
        self, path: Path, descriptor: int, chain: Chain, clock: Clock, redact: Callable[[str], str]
    ) -> None:
        self.path = path
        self.healed = ""
        self._descriptor = descriptor
        self._entries = list(chain.entries)
        self._size = chain.whole_bytes
        self._clock = clock
        self._redact = redact
        self._lock = threading.Lock()

    @classmethod
    def open(
        cls,
        folder: Path,
        clock: Clock = SYSTEM_CLOCK,
        redact: Callable[[str], str] = REDACTOR.redact,
    ) -> "Journal":
        """Open (or begin) the journal in the state folder `folder`.

        Heals a torn last line. Raises `CheckFailedError` naming the line when anything else is
        damaged, `MachineError` when the disk refuses.
        """
        prepare_folder(folder)
        path = folder / FILE_NAME
        with machine_trouble("open", path):
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | BINARY, 0o600)
        try:
            with machine_trouble("read", path):
                path.chmod(0o600)
                sync_folder(folder)
                content = path.read_bytes()
                chain = read_chain(content)
                _refuse_damage(path, chain)
                journal = cls(path, descriptor, chain, clock, redact)
                if chain.torn:
                    os.ftruncate(descriptor, chain.whole_bytes)
                    os.fsync(descriptor)
                    journal.healed = (
                        f"line {len(chain.entries) + 1} was torn"
                        f" ({len(content) - chain.whole_bytes} bytes, never finished) and dropped"
                    )
        except BaseException:
            os.close(descriptor)
            raise
        return journal

    @property
    def entries(self) -> tuple[Entry, ...]:
        """Everything so far, oldest first."""
        return tuple(self._entries)

    @property
    def head(self) -> str:
        """Hash of the last line (64 zeros when there is none): keep it elsewhere as proof."""
        return self._entries[-1].hash if self._entries else START

    @property
    def seq(self) -> int:
        """Number of the last line, 0 when there is none."""
        return self._entries[-1].seq if self._entries else 0

    def append(self, kind: Kind, *, task: str = "", key: str = "", **data: object) -> Entry:
        """Write one line and return when it is on the disk.

        Raises `MachineError` when the disk is full; the file then ends with the line before.
        Raises `CheckFailedError` when somebody else wrote to the file meanwhile.
        """
        with self._lock:
            fields: dict[str, object] = {
                "seq": self.seq + 1,
                "at": self._clock.now().isoformat(timespec="microseconds"),
                "kind": kind,
                "task": self._redact(task),
                "key": self._redact(key),
                "data": plain(data, self._redact),
                "prev": self.head,
            }
            fields["hash"] = digest(fields)
            entry = Entry.model_validate(fields)
            self._write((canonical(fields) + "\n").encode())
            self._entries.append(entry)
            return entry

    def _write(self, line: bytes) -> None:
        with machine_trouble("write to", self.path):
            if os.fstat(self._descriptor).st_size != self._size:
                raise CheckFailedError(
                    f"{self.path} was changed by somebody else",
                    f"line {len(self._entries) + 1} is not where this process would write it",
                    "end the other program, then run `moveday verify-journal`",
                )
            try:
                write_fully(self._descriptor, line)
                os.fsync(self._descriptor)
            except OSError:
                with contextlib.suppress(OSError):
                    os.ftruncate(self._descriptor, self._size)
                raise
        self._size += len(line)

    def close(self) -> None:
        """Let go of the file; closing twice is fine."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


class JournalReader:
    """The reading end, for looking on while another process writes; changes nothing on disk."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / FILE_NAME
        self._entries: list[Entry] = []
        self._offset = 0

    @property
    def entries(self) -> tuple[Entry, ...]:
        """What was read so far, oldest first."""
        return tuple(self._entries)

    def refresh(self) -> tuple[Entry, ...]:
        """Read on; the entries that are new. A line that is being written now waits for next time.

        Raises `CheckFailedError` naming the line when the file is damaged.
        """
        if not self.path.exists():
            return ()
        with machine_trouble("read", self.path), self.path.open("rb") as file:
            if os.fstat(file.fileno()).st_size < self._offset:
                # The writer took back a line that did not fit on the disk.
                self._entries, self._offset = [], 0
            file.seek(self._offset)
            content = file.read()
        chain = read_chain(content, self._entries[-1] if self._entries else None)
        _refuse_damage(self.path, chain)
        self._entries.extend(chain.entries)
        self._offset += chain.whole_bytes
        return chain.entries


def _refuse_damage(path: Path, chain: Chain) -> None:
    if chain.problems:
        raise CheckFailedError(
            f"the journal {path} is damaged",
            "\n".join(chain.problems),
            "restore it from a copy; `moveday verify-journal` names every damaged line",
        )
