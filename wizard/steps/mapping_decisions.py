"""What a person may do about the mapping: answer, decide otherwise, give a value."""

from collections.abc import Awaitable, Callable
from collections.abc import Mapping as MappingOf

from pydantic import SecretStr

from wizard.engine.given_values import last_given, take_value_back
from wizard.engine.plan_file import read_plan
from wizard.engine.plan_undo import Decision, last_decision, undo_decision, undoable
from wizard.engine.plan_write import save_plan
from wizard.engine.session import Session
from wizard.errors import NotConfirmed
from wizard.model.mapping import Mapping
from wizard.model.plan import AddonChoice, Plan, VariableChoice
from wizard.model.question import Question
from wizard.rules.addons import choice_key
from wizard.rules.consequences import Consequences
from wizard.steps.mapping import map_app, remember, what_if
from wizard.steps.mapping_questions import ask_and_map, give_values
from wizard.steps.standing import built

Work = Callable[[Session], Awaitable[Mapping]]
_BY = "person at the screen"
CHOICES: MappingOf[str, MappingOf[str, str]] = {
    "variables": {
        "keep": "it goes to the new side as it is",
        "hold-back": "it goes to the new side only after you accepted it",
        "drop": "it does not go to the new side",
        "rule": "as the rules say: your decision is taken back",
    },
    "add-ons": {
        "stay": "the app goes on using it where it is; it stays on the bill",
        "replace": "something else takes its place; its variables do not come along",
        "drop": "it is not needed any more",
        "rule": "as the rules say: your decision is taken back",
    },
}
"""Group → what a person may decide about one of its rows, and what that means."""


async def answer_open(session: Session) -> Mapping:
    """Ask every open question; closing one leaves it open."""
    return await ask_and_map(session)


def decided(session: Session, group: str, name: str, action: str) -> tuple[Plan, str]:
    """The plan with another decision about one row, and under which key it is answered."""
    plan = session.plan
    reason = "decided by a person, in the wizard"
    if group == "variables":
        variables = {n: c for n, c in plan.variables.items() if n != name}
        if action != "rule":
            choice = {"action": action, "reason": reason}
            variables[name] = VariableChoice.model_validate(choice)
        return plan.model_copy(update={"variables": variables}), f"variable/{name}"
    inventory = session.inventory()
    assert inventory is not None
    own = choice_key(next(a for a in inventory.addons if a.name == name), inventory)
    addons = {n: c for n, c in plan.addons.items() if n != own}
    if action != "rule":
        addons[own] = AddonChoice.model_validate({"action": action, "reason": reason})
    return plan.model_copy(update={"addons": addons}), f"addon/{own}"


async def consider(session: Session, group: str, name: str, action: str) -> Consequences:
    """What would follow from another decision about one row; nothing is kept."""
    return await what_if(session, decided(session, group, name, action)[0])


def change(group: str, name: str, action: str) -> Work:
    """Decide about one row, store the decision in moveday.yaml, work the mapping out again."""

    async def work(session: Session) -> Mapping:
        plan, key = decided(session, group, name, action)
        # Stored first: an answer in the journal alone would count as given, and be lost.
        save_plan(session, plan)
        session.journal.append("answer", key=key, value=action, by=_BY)
        return await _again(session)

    return work


def give(name: str, value: str) -> Work:
    """Keep a value that a person typed; it goes to the vault, never into plan or journal."""
    secret = SecretStr(value)

    async def work(session: Session) -> Mapping:
        give_values(session, {name: secret}, _BY)
        return await _again(session)

    return work


async def take_back(session: Session) -> Mapping:
    """Take back the last decision of the mapping, or the last value that was given, after a yes;
    then work the mapping out again.
    """
    entries = session.journal.entries
    given, decision = last_given(entries), last_decision(entries)
    of_mapping = decision.seq if decision is not None and decision.where == "mapping" else 0
    if given is not None and given.seq > of_mapping:
        return await _forget(session, given.name)
    found = undoable(session.folder, session.journal.entries, "mapping")
    answer = await session.front.answer(undo_question(found))
    if answer is None or answer.value != "yes":
        raise NotConfirmed("not confirmed", "the decision stands")
    undo_decision(session.folder, session.journal, "mapping", answer.by)
    session.plan, session.plan_hash = read_plan(session.folder)
    session.say(f"taken back: {found.words}")
    return await _again(session)


async def _forget(session: Session, name: str) -> Mapping:
    sent = " What the new side has of it already stays there." if built(session) else ""
    question = Question(
        id="undo-value",
        text=f"Take back the value given for {name}?",
        why="moveday forgets it, also in the keyring, and asks for it again; one given before it"
        f" does not come back.{sent}",
        kind="confirm",
    )
    answer = await session.front.answer(question)
    if answer is None or answer.value != "yes":
        raise NotConfirmed("not confirmed", "the value is kept")
    take_value_back(session, name, answer.by)
    session.say(f"taken back: the value of {name}")
    return await _again(session)


def undo_question(found: Decision) -> Question:
    """Asked before a decision is taken back."""
    return Question(
        id="undo-decision",
        text=f"Take back the last decision?\n{found.words}",
        why="moveday.yaml becomes what it was before; the journal keeps both",
        kind="confirm",
    )


async def _again(session: Session) -> Mapping:
    mapping = await map_app(session)
    remember(session, mapping)
    return mapping
