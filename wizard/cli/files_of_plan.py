"""`moveday files` beside a plan: what it, the inventory and a registry have told so far."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from wizard.cli.files_write import Wish
from wizard.cli.talk import show
from wizard.clock import SYSTEM_CLOCK
from wizard.engine.folder import STATE_FOLDER
from wizard.engine.journal import Journal, JournalReader
from wizard.engine.lock import Lock
from wizard.engine.plan_text import plan_document
from wizard.engine.plan_yaml import FILE_NAME
from wizard.errors import BlockedError
from wizard.model.containers import AppGroup
from wizard.model.file_checks import FilesChecked
from wizard.model.files import Proposal
from wizard.model.inventory import Inventory
from wizard.model.plan import Plan
from wizard.model.remote_image import RemoteImage
from wizard.ports.registry import Registry
from wizard.ports.repo import Repo
from wizard.rules.container_answers import kept_in_answers, with_answer
from wizard.steps.commit_now import look_now
from wizard.steps.files_commit import FilesFound
from wizard.steps.image_told import remember_told, told_image
from wizard.steps.images_check import check_images


def plan_here(folder: Path) -> Plan | None:
    """The plan, None when there is none or only a draft: the files need neither."""
    if not (folder / FILE_NAME).exists():
        return None
    from wizard.engine.open_questions import OpenQuestions
    from wizard.engine.plan_file import read_plan

    try:
        return read_plan(folder)[0]
    except OpenQuestions as error:
        show(f"  ! {error.title}: looked at the files without it")
        return None


def facts_here(folder: Path, plan: Plan | None) -> tuple[Inventory | None, RemoteImage | None]:
    """The stored inventory of this folder's move, and what a registry told of its image."""
    state = folder / STATE_FOLDER
    if plan is None or not state.is_dir():
        return None, None
    from wizard.engine.store import Store

    reader = JournalReader(state)
    reader.refresh()
    document = (Store(state, writing=False).load_facts(reader).content or {}).get("inventory")
    found = None if document is None else Inventory.model_validate(document)
    return found, told_image(reader.entries, found)


async def commit_here(
    repo: Repo, plan: Plan | None, inventory: Inventory | None
) -> tuple[FilesFound | None, str]:
    """What the commit to deploy holds, or why nobody can say."""
    if plan is None:
        return None, ""
    if inventory is None and not plan.commit:
        return None, "the running commit is unknown until moveday inventory"
    try:
        return await look_now(repo, plan, inventory), ""
    except BlockedError as error:
        return None, str(error).replace("\n", "; ")


def remember_look(folder: Path, found: FilesFound) -> None:
    """Journal that the step was done; a running migration keeps its lock, then nothing is noted."""
    try:
        with journal_here(folder) as journal:
            journal.append("read", key="files", commit=found.commit, missing=list(found.missing))
    except BlockedError as error:
        show(f"  ! not written down: {error.title}")


def keep_answers(folder: Path, plan: Plan, given: Mapping[str, str], proposal: Proposal) -> None:
    """Answers about images are decisions: they go into moveday.yaml."""
    from wizard.engine.plan_file import read_plan
    from wizard.engine.plan_write import refuse_while_open, store_document

    new = {
        name: answer
        for name, answer in given.items()
        if name in proposal.answered
        and kept_in_answers(name)
        and plan.answers.get(name) != answer.strip()
    }
    if not new:
        return
    changed, before = read_plan(folder)
    for name, answer in new.items():
        changed = with_answer(changed, name, answer)
    with journal_here(folder) as journal:
        refuse_while_open(journal)
        store_document(folder, plan_document(changed), before)
        _, digest = read_plan(folder)
        journal.append("decided", key="plan", hash=digest, before=before)
        for name, answer in new.items():
            journal.append("answer", key=name, value=answer, by="--answers")
    show(f"  kept in {FILE_NAME}: {', '.join(new)}")


async def ask_registry(
    folder: Path, inventory: Inventory, plan: Plan, registry: Registry, wish: Wish
) -> tuple[FilesChecked, RemoteImage | None]:
    """Whether the image can be pulled; what its registry told of it is kept."""
    told: list[RemoteImage] = []

    def hear(app: AppGroup, image: RemoteImage) -> None:
        told.append(image)
        with journal_here(folder) as journal:
            remember_told(journal, app, image)

    answers = {**plan.answers, **wish.answers}
    checked = await check_images(
        inventory, answers, registry, wish.login, lambda text: show(f"  {text}"), hear
    )
    return checked, told[-1] if told else None


def together(images: FilesChecked | None, tried: FilesChecked) -> FilesChecked:
    """One verdict of what the registry told, and of what was tried here."""
    if images is None:
        return tried
    seconds = round(images.seconds + tried.seconds, 1)
    return tried.model_copy(update={"checks": (*images.checks, *tried.checks), "seconds": seconds})


@contextmanager
def journal_here(folder: Path) -> Iterator[Journal]:
    """The move's journal. Raises BlockedError while another moveday has it."""
    state = folder / STATE_FOLDER
    with Lock.take(state, "moveday files", SYSTEM_CLOCK), Journal.open(state, SYSTEM_CLOCK) as made:
        yield made
