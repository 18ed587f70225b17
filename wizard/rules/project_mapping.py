"""The mapping of a project of several apps before there is a plan: proposed, open, in the way."""

from collections.abc import Callable, Collection, Mapping

from pydantic import SecretStr

from wizard.errors import UsageError
from wizard.model.inventory import Inventory
from wizard.model.mapping import Mapping as WholeMapping
from wizard.model.plan import Plan, SourceChoice, TargetChoice, VariableChoice
from wizard.model.rates import Rates
from wizard.rules.cloud_storage import storage_variables
from wizard.rules.lacking_values import LACKING, answered_lacking
from wizard.rules.left_out import without_left_out
from wizard.rules.mapping import build_mapping
from wizard.rules.mapping_facts import MappingFacts
from wizard.rules.variables import RULES as VARIABLE_RULES
from wizard.rules.variables import VariableDecision, decide_variables
from wizard.safety.clean import clean

_OF_THE_FILES = frozenset({"entrypoint", "user", "holder"})
NO_ACCOUNT = "nobody is signed in: what Aptible offers and charges is as published"


def map_project(
    inventory: Inventory,
    values: Mapping[str, Mapping[str, SecretStr]],
    by_hand: Callable[..., str],
    rates: Rates,
    answers: Mapping[str, str],
) -> WholeMapping:
    """The mapping with what the rules propose; `answers` holds question → answer."""
    inventory = without_left_out(inventory, answers)
    plan = proposed_plan(inventory, "")
    parts = tuple(
        _part(inventory.of_app(app.name), values.get(app.name, {}), by_hand, rates, answers)
        for app in inventory.apps
    )
    facts = MappingFacts(
        inventory=inventory,
        plan=plan,
        variables=(),
        rates=rates,
        by_hand=by_hand,
        missing=NO_ACCOUNT,
        settled=frozenset(answers),
        parts=parts,
        answers=answers,
    )
    return build_mapping(facts)


def proposed_plan(inventory: Inventory, app: str) -> Plan:
    """What moveday.yaml would say: everything moves, by the names it has."""
    names = dict.fromkeys(d.hostname for d in inventory.domains if "$" not in d.hostname)
    domains = {name.strip().rstrip(".").lower(): name for name in names}
    return Plan(
        source=SourceChoice(kind=inventory.source, app=inventory.app),
        target=TargetChoice(stack="", environment=inventory.app_id, app=app or inventory.app),
        domains=tuple(domains.values()),
        variables={"PORT": VariableChoice(action="keep", reason="the image listens where it did")},
    )


def _part(
    part: Inventory,
    values: Mapping[str, SecretStr],
    by_hand: Callable[..., str],
    rates: Rates,
    answers: Mapping[str, str],
) -> MappingFacts:
    plan = proposed_plan(part, part.app)
    elsewhere = {r.variable for r in part.references if r.app == part.app}
    elsewhere |= {f.variable for f in part.mounted_files if f.app == part.app}
    facts = tuple(v for v in part.variables if v.name not in elsewhere)
    given = {name: value for name, value in values.items() if name not in elsewhere}
    own = part.model_copy(update={"variables": facts})
    decided = decide_variables(own, given, plan, {})
    known = {variable.name for variable in facts}
    moved = storage_variables(part.cloud, answers, part.read_at)
    decided = tuple(_elsewhere_then(d) if (part.app, d.name) in moved else d for d in decided)
    return MappingFacts(
        inventory=own,
        plan=plan,
        variables=answered_lacking(
            tuple(_answered(d, answers, part.app) for d in decided if d.name in known),
            answers.get(f"{LACKING}/{part.app}", ""),
        ),
        rates=rates,
        by_hand=by_hand,
        missing=NO_ACCOUNT,
        settled=frozenset(answers),
        on_target=frozenset(d.name for d in decided if _id(d, part.app) in answers),
        answers=answers,
    )


def _elsewhere_then(decision: VariableDecision) -> VariableDecision:
    """A value that leads to what is left behind, or ends, is not carried over."""
    return decision.model_copy(
        update={
            "action": "rewrite",
            "because": "V18",
            "reason": VARIABLE_RULES["V18"],
            "new_value": None,
        }
    )


def _id(decision: VariableDecision, app: str) -> str:
    return f"variable/{app}/{decision.name}"


def _answered(decision: VariableDecision, answers: Mapping[str, str], app: str) -> VariableDecision:
    """The decision with what a person answered: whether it is held back, left out, or given."""
    held = answers.get(f"hold-back/{app}", "")
    if decision.because == "V11" and held:
        names = {name.strip() for name in held.split(",")}
        stays = held == "all" or decision.name in names
        return decision.model_copy(
            update={"action": "hold-back" if stays else "keep", "because": "V7" if stays else "V9"}
        )
    if answers.get(_id(decision, app)) == "drop":
        return decision.model_copy(update={"action": "drop", "because": "V12"})
    return decision


def check_answers(mapping: WholeMapping, answers: Mapping[str, str]) -> None:
    """Raise UsageError for an answer to what is not open, or that is none of the choices.

    What `moveday files` asks about an app of the project may stand beside them: one file answers
    both.
    """
    apps = {item.app for item in mapping.items if item.app}
    asked = (*mapping.questions, *mapping.offers)
    known = {waiting.question.id: waiting.question for waiting in asked}
    for identity, answer in answers.items():
        question = known.get(identity)
        if question is None and _of_the_files(identity, apps):
            continue
        if question is None:
            raise UsageError(
                f"there is no open question “{clean(identity, 100)}”",
                f"open are: {', '.join(known) or 'none'}",
                "moveday map --json lists them",
            )
        if question.choices and answer not in question.choices:
            raise UsageError(
                f"“{clean(answer, 60)}” does not answer {identity}",
                f"one of: {', '.join(question.choices)}",
            )


def _of_the_files(identity: str, apps: Collection[str]) -> bool:
    kind, _, rest = identity.partition("/")
    return kind in _OF_THE_FILES and any(rest == a or rest.startswith(f"{a}/") for a in apps)
