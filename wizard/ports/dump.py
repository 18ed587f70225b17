"""Restorer: brings the content of a dump file into a fresh database."""

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Protocol

from wizard.model.database import Connection, Finding
from wizard.model.dump import DumpRestored
from wizard.ports.database import OnProgress


class Restorer(Protocol):
    """Restores dumps that somebody was handed. Copies nothing of them to this machine's disk."""

    async def preflight(self, dump: Path, target: Connection) -> Sequence[Finding]:
        """What the dump is, and what would go wrong. Changes nothing.

        UsageError names a file that is no dump, or of another program.
        """
        ...

    async def restore(
        self,
        dump: Path,
        target: Connection,
        *,
        resume: bool = False,
        accepted: Collection[str] = (),
        on_progress: OnProgress | None = None,
    ) -> DumpRestored:
        """Run all of it into a target that is empty, or carries the marker of this same dump.

        With the marker the target is emptied first; with `resume` what is there is kept and the
        rest is run. The marker goes once everything is there and `accepted` names every rule that
        a person has to look at.
        """
        ...
