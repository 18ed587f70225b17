"""What a person may do about the mapping: answer, decide otherwise, give a value."""

from collections.abc import Awaitable, Callable
from collections.abc import Mapping as MappingOf

from pydantic import SecretStr

from wizard.engine.plan_write import save_plan
from wizard.engine.session import Session
from wizard.model.mapping import Mapping
from wizard.model.plan import AddonChoice, VariableChoice
from wizard.rules.addons import choice_key
from wizard.steps.mapping import map_app, remember
from wizard.steps.mapping_questions import ask_and_map, give_values

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


def change(group: str, name: str, action: str) -> Work:
    """Decide about one row, store the decision in moveday.yaml, work the mapping out again."""

    async def work(session: Session) -> Mapping:
        plan = session.plan
        if group == "variables":
            variables = {n: c for n, c in plan.variables.items() if n != name}
            if action != "rule":
                choice = {"action": action, "reason": "decided by a person, in the wizard"}
                variables[name] = VariableChoice.model_validate(choice)
            plan = plan.model_copy(update={"variables": variables})
            key = f"variable/{name}"
        else:
            inventory = session.inventory()
            assert inventory is not None
            addon = next(a for a in inventory.addons if a.name == name)
            own = choice_key(addon, inventory)
            addons = {n: c for n, c in plan.addons.items() if n != own}
            if action != "rule":
                choice = {"action": action, "reason": "decided by a person, in the wizard"}
                addons[own] = AddonChoice.model_validate(choice)
            plan = plan.model_copy(update={"addons": addons})
            key = f"addon/{own}"
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


async def _again(session: Session) -> Mapping:
    mapping = await map_app(session)
    remember(session, mapping)
    return mapping
