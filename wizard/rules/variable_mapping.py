"""The variables of a mapping: what becomes of each, never its value, and what is to be decided."""

from collections.abc import Iterator

from wizard.model.inventory import Variable
from wizard.model.mapping import Becomes, MappedItem
from wizard.model.question import Question
from wizard.rules.lacking_values import DEMANDED, GIVEN, IN_PART, LEFT_OUT, lacking_question
from wizard.rules.mapping_facts import MappingFacts
from wizard.rules.variables import VariableDecision

HOLD_BACK = "hold-back"
_BECOMES: dict[str, Becomes] = {
    "keep": "kept",
    "drop": "dropped",
    "rewrite": "rewritten",
    "hold-back": "held back",
    "explain-empty": "dropped",
}
_TARGETS = {
    "keep": "as it is",
    "drop": "not there",
    "rewrite": "a new value",
    "hold-back": "as it is, from accept on",
    "explain-empty": "not there",
}
_CHOICES = {
    "V6": ("give", "drop"),
    "V13": ("give", "keep", "drop"),
    "V15": ("keep", "give", "hold-back", "drop"),
    "V17": ("give", "drop"),
    "V18": ("give", "keep", "drop"),
    "V20": ("give", "keep", "drop"),
}
"""Rule id → the answers that make sense where a person has to decide."""


def variable_items(facts: MappingFacts) -> Iterator[MappedItem]:
    """One item per variable."""
    known = {variable.name: variable for variable in facts.inventory.variables}
    shared = {"V11": hold_back_question(facts), **_lacking(facts)}
    for decision in facts.variables:
        question = shared.get(decision.because) or _question(facts, decision)
        waits = question is not None and not question.optional and decision.new_value is None
        yield MappedItem(
            group="variables",
            name=decision.name,
            today=_today(known.get(decision.name)),
            becomes="open" if waits else _becomes(decision),
            target="a person gives the value" if waits else _TARGETS[decision.action],
            because=decision.because,
            reason=decision.reason,
            question=question,
        )


def hold_back_question(facts: MappingFacts) -> Question | None:
    """One question about everything that seems to reach people or partners; None for nothing."""
    names = [d.name for d in facts.variables if d.because == "V11"]
    if not names:
        return None
    reasons = {d.name: d.reason.rpartition("(")[2].rstrip(")") for d in facts.variables}
    said = "; ".join(f"{name} ({reasons[name]})" for name in names)
    return Question(
        id=HOLD_BACK,
        text="Which of these shall the new side not have before you accept it? “all”, “none”, or"
        f" names between commas: {', '.join(names)}.",
        why=f"with them it could send mail, move money or call partners while you test it: {said}",
        kind="text",
        default="all",
        flag="--answers FILE (hold-back)",
    )


def _lacking(facts: MappingFacts) -> dict[str, Question | None]:
    """Rule id → the one question about names without a value."""
    question = lacking_question(facts.variables)
    if question is None or not question.optional:
        return {DEMANDED: question}
    return {LEFT_OUT: question, IN_PART: question}


def needs_value(facts: MappingFacts) -> tuple[str, ...]:
    """Names whose value a person decided to give, and nobody has given yet."""
    choices = facts.plan.variables
    return tuple(
        d.name
        for d in facts.variables
        if d.name in choices
        and choices[d.name].action != "drop"
        and d.action in ("keep", "hold-back")
        and d.new_value is None
        and d.name not in facts.on_target
    )


def _becomes(decision: VariableDecision) -> Becomes:
    return "given by a person" if decision.because in ("V16", GIVEN) else _BECOMES[decision.action]


def _today(variable: Variable | None) -> str:
    if variable is None:
        return "not set"
    if variable.masked:
        return "masked"
    if variable.lacks:
        return "no value here" if variable.lacks != "a part" else "a part of its value"
    if variable.empty:
        return "empty"
    owner = {
        "addon": f"from {variable.owner}" if variable.owner else "from an add-on",
        "platform": "from the platform",
        "user": "set by a person",
    }[variable.origin]
    return f"{owner}, {variable.length} {'character' if variable.length == 1 else 'characters'}"


def _question(facts: MappingFacts, decision: VariableDecision) -> Question | None:
    name = decision.name
    if name in needs_value(facts):
        return value_question(name, decision.reason)
    choices = _CHOICES.get(decision.because)
    if decision.action == "rewrite":
        return None
    there = decision.because in ("V6", "V13", "V18", "V20") and (
        decision.new_value is not None or name in facts.on_target
    )
    if choices is None or there:
        return None
    return Question(
        id=f"variable/{name}",
        text=f"What shall become of {name}?",
        why=f"{decision.reason}; “give” means that you give the value, to the new side only",
        kind="choice",
        choices=choices,
        flag=f"--answers FILE (variable/{name}), or --value-env {name}=VARIABLE to give it",
    )


def value_question(name: str, why: str) -> Question:
    """A value that only a person can give; the answer never goes through a file of answers."""
    return Question(
        id=f"value/{name}",
        text=f"The value of {name}",
        why=f"{why}; it goes to the new side's configuration and is kept nowhere else",
        kind="text",
        flag=f"--value-env {name}=VARIABLE",
    )
