"""Step 5, files: does the commit to deploy hold what the target needs, and what should it hold?"""

from collections.abc import Mapping, Sequence

from wizard.acts import do
from wizard.engine.session import Session
from wizard.errors import BlockedError
from wizard.model.files import Proposal
from wizard.model.question import Gate
from wizard.steps.base import Step, StepState, last
from wizard.steps.commit_now import look_now
from wizard.steps.files_commit import FilesFound, look_at_commit
from wizard.steps.files_hunks import settle_choices
from wizard.steps.files_proposal import propose_files
from wizard.steps.image_told import told_image

__all__ = ["FILES", "FilesFound", "look_at_commit", "look_at_files", "proposal_notes", "remember"]


async def look_at_files(session: Session) -> FilesFound:
    """Read the repository as of the commit to deploy."""
    inventory = session.inventory()
    if inventory is None:
        raise BlockedError(
            "there is no inventory yet", "so the running commit is unknown", do("inventory")
        )
    return await look_now(session.outside.repo, session.plan, inventory)


async def _run(session: Session) -> FilesFound:
    found = await look_at_files(session)
    proposal = await proposal_now(session)
    found = found.model_copy(
        update={"proposal": proposal, "notes": (*found.notes, *proposal_notes(proposal))}
    )
    return remember(session, found)


async def proposal_now(session: Session, answers: Mapping[str, str] | None = None) -> Proposal:
    """What is proposed for the working tree as it lies there."""
    inventory, today = session.inventory(), session.clock.now().date()
    told = told_image(session.journal.entries, inventory)
    repo = session.outside.repo
    return await propose_files(repo, session.plan, inventory, today, answers, told)


def remember(session: Session, found: FilesFound) -> FilesFound:
    """Journal the look, and keep what it found; returned with what became of earlier choices."""
    if found.proposal is not None:
        before = session.store.load_result(FILES.id, FilesFound, session.journal)
        notes = settle_choices(session, before.proposal if before else None, found.proposal)
        found = found.model_copy(update={"notes": (*notes, *found.notes)})
    session.journal.append("read", key="files", commit=found.commit, missing=list(found.missing))
    session.store.save_result(FILES.id, found, session.journal)
    return found


def proposal_notes(proposal: Proposal) -> tuple[str, ...]:
    """One line when the proposal has something to say."""
    if not proposal.changes:
        return ()
    paths = ", ".join(file.path for file in proposal.changes)
    return (f"changes to {paths} are proposed; what is deployed is the commit as it is",)


async def _check(session: Session) -> Sequence[Gate]:
    found = await look_at_files(session)
    there = "Dockerfile" in found.found
    which = f"commit {found.commit[:12]} has" if found.commit else "there is no commit yet, and"
    reason = "" if there else f"{which} no Dockerfile in its root"
    return (
        Gate(id="dockerfile", open=there, reason=reason, hint="add one and deploy that commit"),
    )


def _state(session: Session) -> StepState:
    seen = last(session, "read", "files")
    if not last(session, "read", "inventory"):
        return StepState("not yet", "needs the inventory")
    if not seen:
        return StepState("ready")
    if seen < last(session, "read", "inventory"):
        return StepState("stale", "the inventory was read again")
    return StepState("done")


FILES = Step(
    id="files",
    key="5",
    title="Files",
    reads=("inventory", "repository"),
    writes=(),
    needs=("inventory",),
    check=_check,
    run=_run,
    state=_state,
)
