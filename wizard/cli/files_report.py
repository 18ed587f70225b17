"""The document that `moveday files` prints."""

from wizard.model.file_checks import FilesChecked
from wizard.model.files import Proposal
from wizard.model.frozen import Frozen
from wizard.steps.files_commit import FilesFound


class FilesReport(Frozen):
    """`diffs` by path; `commit` is there when a plan or the live app says which one is deployed.

    `commit_reason` says why it is not; `planned`: there is a moveday.yaml. `check` is what
    came of trying the files out, None when that was not asked for.
    """

    proposal: Proposal
    diffs: dict[str, str]
    commit: FilesFound | None = None
    commit_reason: str = ""
    planned: bool = False
    explained: bool = False
    written: tuple[str, ...] = ()
    backup: str = ""
    check: FilesChecked | None = None
