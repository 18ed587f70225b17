"""What a person may do about the app's files: propose, answer, write, take back."""

from collections.abc import Awaitable, Callable, Mapping, Sequence

from wizard.engine.checkout_files import undo_files, write_files
from wizard.engine.plan_write import save_plan
from wizard.engine.session import Session
from wizard.errors import NotConfirmed
from wizard.model.files import GeneratedFile
from wizard.model.question import Question
from wizard.rules.container_answers import kept_in_answers, with_answer
from wizard.safety.consent import Level
from wizard.steps import FILES
from wizard.steps.files import FilesFound, look_at_files, proposal_now, remember
from wizard.steps.files_hunks import half_taken, share_words

Work = Callable[[Session], Awaitable[FilesFound]]


async def propose(session: Session, answers: Mapping[str, str] | None = None) -> FilesFound:
    """Look at the commit and the working tree; keep the proposal."""
    found = await look_at_files(session)
    proposal = await proposal_now(session, answers)
    return remember(session, found.model_copy(update={"proposal": proposal}))


def answer_open(before: Mapping[str, str]) -> Work:
    """Ask the open questions of the proposal, one after the other; answers can open new ones."""

    async def work(session: Session) -> FilesFound:
        answers = dict(before)
        found = await propose(session, answers)
        asked: set[str] = set()
        while (question := _next(found, asked)) is not None:
            asked.add(question.id)
            answer = await session.front.answer(question)
            if answer is None or not answer.value.strip():
                continue
            _keep(session, question, answer.value)
            session.journal.append("answer", key=question.id, value=answer.value, by=answer.by)
            answers[question.id] = answer.value
            found = await propose(session, answers)
        return found

    return work


def _keep(session: Session, question: Question, answer: str) -> None:
    """In moveday.yaml, where the app is images: the next look asks no more, nor a colleague's."""
    inventory = session.inventory()
    if inventory is not None and inventory.apps and kept_in_answers(question.id):
        save_plan(session, with_answer(session.plan, question.id, answer, question))


def _next(found: FilesFound, asked: set[str]) -> Question | None:
    waiting = found.proposal.questions if found.proposal else ()
    return next((w.question for w in waiting if w.question.id not in asked), None)


def write(files: Sequence[GeneratedFile], answers: Mapping[str, str]) -> Work:
    """Write these files, with a backup, after a yes; then look again."""

    async def work(session: Session) -> FilesFound:
        names = ", ".join(_named(session, file) for file in files)
        half = " ".join(filter(None, (_half_taken(session, file) for file in files)))
        why = "what is there is kept in .moveday/backups; nothing is committed for you"
        question = Question(
            id="write-files",
            text=f"Write {names} into the checkout?",
            why=f"{why}. {half}" if half else why,
            kind="confirm",
        )
        answer = await session.front.answer(question)
        if answer is None or answer.value != "yes":
            raise NotConfirmed("not confirmed", "nothing was written")
        session.allowed = max(session.allowed, Level.WRITE_FILES)
        session.allowed_by = session.allowed_by or answer.by
        consent = session.consent(Level.WRITE_FILES, "the app's files")
        write_files(session.folder, files, consent, session.journal, session.clock)
        return await propose(session, answers)

    return work


def _named(session: Session, file: GeneratedFile) -> str:
    """The file, and how much of it when some was left out."""
    whole = _whole(session, file)
    share = share_words(session.journal.entries, whole) if whole is not None else ""
    return f"{file.path} ({share})" if share else file.path


def _half_taken(session: Session, file: GeneratedFile) -> str:
    whole = _whole(session, file)
    return half_taken(session.journal.entries, whole) if whole is not None else ""


def _whole(session: Session, file: GeneratedFile) -> GeneratedFile | None:
    """All that is proposed for a file of which some was left out; else None."""
    found = kept(session)
    if found is None or found.proposal is None or file.exact is None:
        return None
    return found.proposal.file(file.path)


async def take_back(session: Session) -> FilesFound:
    """Bring back the files as they were before the last write."""
    question = Question(
        id="restore-files",
        text="Bring back the files as they were before the last write?",
        why="files that were changed since are left alone, and that is said",
        kind="confirm",
    )
    answer = await session.front.answer(question)
    if answer is None or answer.value != "yes":
        raise NotConfirmed("not confirmed", "nothing was restored")
    session.allowed = max(session.allowed, Level.WRITE_FILES)
    session.allowed_by = session.allowed_by or answer.by
    consent = session.consent(Level.WRITE_FILES, "the app's files")
    undo_files(session.folder, consent, session.journal, force=False)
    return await propose(session)


def kept(session: Session) -> FilesFound | None:
    """The proposal that was made last."""
    return session.store.load_result(FILES.id, FilesFound, session.journal)
