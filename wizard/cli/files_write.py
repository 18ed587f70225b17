"""Proposed files are written after a yes: change by change at a terminal, or by --yes."""

import sys
from collections.abc import Collection, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from wizard.cli.files_hunks import Numbers, choose, picked
from wizard.cli.files_report import FilesReport
from wizard.cli.files_words import findings_words
from wizard.cli.talk import show
from wizard.clock import SYSTEM_CLOCK
from wizard.engine.checkout_files import write_files
from wizard.engine.folder import STATE_FOLDER
from wizard.engine.journal import Journal
from wizard.engine.lock import Lock
from wizard.errors import BlockedError
from wizard.model.files import GeneratedFile
from wizard.model.remote_image import RegistryLogin
from wizard.ports.container_engine import FileJudges
from wizard.safety.consent import Level, grant


@dataclass(frozen=True)
class Wish:
    """What the person asked for."""

    explain: bool
    write: bool
    yes: bool
    answers: dict[str, str]
    hunks: Numbers
    judges: FileJudges | None = None
    env_file: Path | None = None
    check: bool = False
    login: RegistryLogin | None = None


def tell_unused(
    wish: Wish, answered: dict[str, str], elsewhere: Collection[str] = frozenset()
) -> None:
    """Name each answer that answers nothing; `elsewhere` are questions of the mapping: one file
    answers both."""
    for unused in sorted(wish.answers.keys() - answered.keys() - set(elsewhere)):
        show(f"  ! {unused}: nothing like that is open, or this is none of its answers: not used")


async def written(folder: Path, report: FilesReport, wish: Wish) -> FilesReport:
    """The report after the writing; as it was when nothing is to be written, or may be yet."""
    proposal = report.proposal
    if not wish.write or proposal.questions or not proposal.changes:
        return report
    changes = picked(proposal.changes, wish.hunks) if wish.hunks else proposal.changes
    by = "--yes"
    if not wish.yes:
        changes, by = await _asked(report, changes), "person at the terminal"
    with ExitStack() as stack:
        stack.enter_context(Lock.take(folder / STATE_FOLDER, "moveday files", SYSTEM_CLOCK))
        journal = stack.enter_context(Journal.open(folder / STATE_FOLDER, SYSTEM_CLOCK))
        consent = grant(Level.WRITE_FILES, "the app's files", by, SYSTEM_CLOCK.now())
        journal.append("consent", key=consent.subject, level=consent.level.name, by=consent.by)
        done = write_files(folder, changes, consent, journal, SYSTEM_CLOCK)
    return report.model_copy(update={"written": done.paths, "backup": done.backup})


async def _asked(
    report: FilesReport, changes: Sequence[GeneratedFile]
) -> tuple[GeneratedFile, ...]:
    """What the person at the terminal wants of it, change by change; BlockedError for nothing."""
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise BlockedError(
            "writing files needs a yes", "nobody is at a terminal", "read the diff, then add --yes"
        )
    show(findings_words(report.proposal))
    return await choose(changes)
