"""The document that `moveday files` prints."""

from wizard.model.files import Proposal
from wizard.model.frozen import Frozen
from wizard.steps.files import FilesFound


class FilesReport(Frozen):
    """`diffs` by path; `commit` is there when a plan or the live app says which one is deployed.

    `commit_reason` says why it is not; `planned`: there is a moveday.yaml.
    """

    proposal: Proposal
    diffs: dict[str, str]
    commit: FilesFound | None = None
    commit_reason: str = ""
    planned: bool = False
    explained: bool = False
    written: tuple[str, ...] = ()
    backup: str = ""
