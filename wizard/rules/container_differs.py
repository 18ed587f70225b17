"""Variables that services of one app have with different values: an app has one configuration."""

import re
from collections.abc import Iterator

from wizard.model.inventory import Inventory, Variable
from wizard.model.mapping import MappedItem
from wizard.model.question import Question
from wizard.rules.mapping_facts import MappingFacts

RULES = {
    "I5": "an app has one configuration for all its services, and these have different values",
    "I7": "a person says that one value does for all of them",
    "I8": "a person says that each has its own",
}
SAME, OWN = "same", "own"
_OPEN = "one value for all of them, or a variable for each"


def differs_items(facts: MappingFacts) -> Iterator[MappedItem]:
    """One item per variable whose value differs between services."""
    for variable in facts.inventory.variables:
        if not variable.differs:
            continue
        question = differs_question(variable, facts.inventory)
        answer = "" if question is None else facts.answers.get(question.id, "")
        rule = {SAME: "I7", OWN: "I8"}.get(answer, "I5")
        waits = question is not None and rule == "I5"
        yield MappedItem(
            group="variables",
            name=f"{variable.name} by service",
            app=variable.app,
            today=f"differs in {', '.join(variable.differs)}",
            becomes="open" if waits else "given by a person" if answer == OWN else "rewritten",
            target=_in_front(variable)
            if question is None
            else question.outcomes.get(answer, _OPEN),
            because=rule,
            reason=RULES[rule],
            question=question if waits else None,
        )


def own_name(variable: str, process: str) -> str:
    """The variable that holds one service's own value."""
    return f"{variable}_{re.sub(r'[^A-Za-z0-9]', '_', process).upper()}"


def _in_front(variable: Variable) -> str:
    others = [name for name, _ in variable.apart]
    alike = [name for name in variable.differs if name not in others]
    return (
        f"the value of {', '.join(alike)}; env {variable.name}=… in front of the command of"
        f" {', '.join(others)} in the Procfile (moveday files writes it)"
    )


def differs_question(variable: Variable, inventory: Inventory) -> Question | None:
    """Asked where no line of a Procfile may hold the value: it may be a secret, or it names what
    has another name on the new side. None for others."""
    named = any(r.app == variable.app and r.variable == variable.name for r in inventory.references)
    if not variable.differs or (variable.apart and not named):
        return None
    why = "it names other services" if named else "it may be a secret"
    names = ", ".join(own_name(variable.name, process) for process in variable.differs)
    return Question(
        id=f"differs/{variable.app}/{variable.name}",
        text=f"{', '.join(variable.differs)} have different values of {variable.name}. Does one do"
        " for all of them?",
        why=f"{RULES['I5']}, and no Procfile may hold this one: {why}; a service can have an app of"
        " its own instead, by the label moveday.app",
        kind="choice",
        choices=(SAME, OWN),
        flag=f"--answers FILE (differs/{variable.app}/{variable.name})",
        outcomes={SAME: "one value for all of them", OWN: f"you give {names}, one for each"},
    )
