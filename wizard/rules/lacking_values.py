"""Variables without a value in files that could tell it: one question an app, and its answer."""

from collections.abc import Iterable, Sequence

from wizard.errors import UsageError
from wizard.model.question import Question
from wizard.rules.variables import RULES, VariableDecision
from wizard.safety.clean import clean
from wizard.safety.secrecy import is_secret

LACKING = "unset"
LEFT_OUT, DEMANDED, IN_PART, GIVEN = "V21", "V22", "V23", "V24"
_ALL, _NONE = "all", "none"
_ANY = "x"
"""A value that is secret by its name alone."""


def lacking_question(decisions: Sequence[VariableDecision]) -> Question | None:
    """The question about all of them; None when every variable has a value, or was decided about.

    It is optional unless Compose itself would not start without one. What may be secret is named
    first: that is what the shell of whoever starts Compose holds, and no file.
    """
    needed = _of(decisions, DEMANDED)
    others = _of(decisions, LEFT_OUT, IN_PART)
    names = sorted(needed or others, key=lambda name: not is_secret(name, _ANY))
    if not names:
        return None
    secrets = [name for name in names if is_secret(name, _ANY)]
    told = "they have no value in these files: Compose starts without them"
    told += ", or takes them from the shell that starts it"
    if secrets:
        told += f", as is usual for secrets: look there for {', '.join(secrets)}"
    why = "they have no value in these files, and Compose does not start without one"
    if needed and others:
        more = "1 more has" if len(others) == 1 else f"{len(others)} more have"
        why += f"; {more} none either: left out, unless named too"
    return Question(
        id=LACKING,
        text="Which of these will you give a value, on the new side only?"
        f" “{_ALL}”, “{_NONE}”, or names between commas: {', '.join(names)}.",
        why=why if needed else told,
        kind="text",
        default=_ALL if needed else _NONE,
        flag=f"--answers FILE ({LACKING})",
        optional=not needed,
    )


def named_in(answer: str, decisions: Sequence[VariableDecision]) -> frozenset[str]:
    """The names that an answer chooses. Raises UsageError for one that does not lack a value."""
    needed = _of(decisions, DEMANDED)
    lacking = _of(decisions, LEFT_OUT, DEMANDED, IN_PART)
    word = answer.strip().lower()
    if word in (_ALL, _NONE):
        return frozenset((needed or lacking) if word == _ALL else ())
    names = answer.replace(",", " ").split()
    wrong = [name for name in names if name not in lacking]
    if wrong or not names:
        raise UsageError(
            f"{clean(', '.join(wrong), 200) or 'nothing'}: not among the names without a value",
            f"“{_ALL}”, “{_NONE}”, or some of {', '.join(lacking)}",
        )
    return frozenset(names)


def answered_lacking(
    decisions: Sequence[VariableDecision], answer: str
) -> tuple[VariableDecision, ...]:
    """The decisions with what a person answered; "" when nobody has."""
    if not answer:
        return tuple(decisions)
    named = named_in(answer, decisions)
    return tuple(_answered(each, named) for each in decisions)


def _answered(decision: VariableDecision, named: frozenset[str]) -> VariableDecision:
    if decision.name in named:
        told = {"action": "keep", "because": GIVEN, "reason": RULES[GIVEN], "new_value": None}
        return decision.model_copy(update=told)
    if decision.because == DEMANDED:
        reason = f"{RULES[DEMANDED]}; left out all the same, a person says so"
        return decision.model_copy(update={"action": "drop", "because": LEFT_OUT, "reason": reason})
    return decision


def _of(decisions: Iterable[VariableDecision], *rules: str) -> tuple[str, ...]:
    return tuple(d.name for d in decisions if d.because in rules)
