"""A store that other apps use too: who keeps them from writing while this app moves?"""

from wizard.acts import do
from wizard.engine.answers import put_question
from wizard.engine.session import Session
from wizard.errors import BlockedError
from wizard.model.question import Gate, Question
from wizard.rules.sharing import SharedStore, shared_stores
from wizard.runbook.runs import open_run

FLAG = "--shared"
_KEY = "shared/"


def unsettled(session: Session) -> tuple[SharedStore, ...]:
    """The shared stores that nobody has answered for, as the last look found them.

    An answer holds for the apps it was given for: one more app opens the question again.
    """
    inventory = session.inventory()
    if inventory is None:
        return ()
    settled: dict[str, set[str]] = {}
    for entry in session.journal.entries:
        if entry.kind == "override" and entry.key.startswith(_KEY):
            apps = entry.data.get("apps")
            listed = apps if isinstance(apps, list | tuple) else ()
            settled.setdefault(entry.key.removeprefix(_KEY), set()).update(map(str, listed))
    return tuple(
        store
        for store in shared_stores(inventory)
        if not set(store.others) <= settled.get(store.addon.name, set())
    )


def shared_gate(session: Session) -> Gate:
    """Closed while a store is shared and nobody has said why that does no harm."""
    waiting = unsettled(session)
    return Gate(
        id="shared",
        open=not waiting,
        reason="\n".join(_why(session, store) for store in waiting),
        hint=f"stop the other app's writes, then {do('sign-shared')}",
    )


async def settle_shared(session: Session) -> None:
    """Ask about every shared store that is open; the reason lands in the journal and the report.

    Raises BlockedError when nobody is there to answer, or the answer is empty. A cutover that is
    under way is not asked again.
    """
    waiting = unsettled(session)
    run = open_run(session.journal)
    if not waiting or (run is not None and run.kind == "live"):
        return
    question = Question(
        id="shared",
        text="What keeps the other apps from writing while this one moves?",
        why="\n".join(_why(session, store) for store in waiting),
        kind="text",
        flag=f"{FLAG} REASON",
    )
    session.say(question.why, "warn")
    await put_question(session, question)
    answer = session.journal.entries[-1].data
    sign_shared(session, str(answer.get("value") or ""), str(answer.get("by")))


def sign_shared(session: Session, reason: str, by: str) -> None:
    """Journal why the open shared stores do no harm. Raises BlockedError without a reason."""
    waiting = unsettled(session)
    if not reason.strip():
        why = "\n".join(_why(session, store) for store in waiting)
        raise BlockedError("a reason is needed", why, do("sign-shared"))
    for store in waiting:
        session.journal.append(
            "override",
            key=f"{_KEY}{store.addon.name}",
            by=by,
            reason=reason.strip(),
            apps=list(store.others),
        )


def _why(session: Session, store: SharedStore) -> str:
    app = session.plan.source.app
    return f"{store.words}: freezing {app} does not keep them from writing"
