"""`moveday files --check`: tries the proposal out; the journal of a move gets the verdict."""

import os
from contextlib import ExitStack
from pathlib import Path

from pydantic import SecretStr

from wizard.cli.talk import show
from wizard.clock import SYSTEM_CLOCK
from wizard.engine.folder import STATE_FOLDER
from wizard.engine.journal import Journal
from wizard.engine.lock import Lock
from wizard.errors import BlockedError, UsageError
from wizard.formats.env_file import read_env_file
from wizard.model.file_checks import FileCheck, FilesChecked
from wizard.model.files import Proposal
from wizard.ports.container_engine import FileJudges
from wizard.ports.repo import Repo
from wizard.safety.redact import REDACTOR
from wizard.steps.files_check import ToCheck, check_files


async def try_out(
    folder: Path, repo: Repo, proposal: Proposal, judges: FileJudges, env_file: Path | None
) -> FilesChecked:
    """Make every check; facts about the work go to stderr while it lasts."""
    values = _values(env_file) if env_file else {}
    subject = ToCheck(folder, await repo.working_tree(), proposal, values)
    return await check_files(subject, judges, lambda text: show(f"  {text}"))


def write_down(folder: Path, checked: FilesChecked) -> None:
    """Journal the verdict; a running migration keeps its lock, then nothing is noted."""
    try:
        with ExitStack() as stack:
            stack.enter_context(Lock.take(folder / STATE_FOLDER, "moveday files", SYSTEM_CLOCK))
            journal = stack.enter_context(Journal.open(folder / STATE_FOLDER, SYSTEM_CLOCK))
            journal.append(
                "evidence",
                key="files-check",
                ok=not checked.having("failed"),
                verdicts={_full_name(made): made.verdict for made in checked.checks},
                failed=[f"{_full_name(made)}: {made.what}" for made in checked.having("failed")],
                dockerfile=checked.digest,
                engine=checked.engine or checked.engine_reason,
            )
    except BlockedError as error:
        show(f"  ! not written down: {error.title}")


def _full_name(made: FileCheck) -> str:
    return f"{made.name}/{made.process}" if made.process else made.name


def _values(path: Path) -> dict[str, SecretStr]:
    """A person's configuration; the redactor learns every value before anything is done with it."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = os.strerror(error.errno) if isinstance(error, OSError) and error.errno else ""
        raise UsageError(f"{path} cannot be read", reason or "it is not UTF-8 text") from error
    values = read_env_file(text, str(path))
    REDACTOR.learn(*values.values())
    return {name: SecretStr(value) for name, value in values.items()}
