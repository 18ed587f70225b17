"""Step 4, mapping: what each thing becomes, because of which rule or person, and what it costs."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from pydantic import SecretStr

from wizard.acts import do
from wizard.engine.chain import Entry
from wizard.engine.given_values import given_before, given_values
from wizard.engine.plan_undo import taken_back_answers
from wizard.engine.session import Session
from wizard.errors import BlockedError, MovedayError
from wizard.model.inventory import Inventory
from wizard.model.mapping import MappedItem, Mapping, OpenQuestion
from wizard.model.plan import Plan
from wizard.model.question import Gate
from wizard.model.rates import Rates
from wizard.model.target import DatabaseImage, Stack
from wizard.rules.addons import DECIDED, choice_key
from wizard.rules.consequences import Consequences, consequences
from wizard.rules.container_registries import SETTINGS as LOGIN
from wizard.rules.mapping import build_mapping
from wizard.rules.mapping_facts import MappingFacts
from wizard.rules.pricing import completed
from wizard.rules.processes import decide_processes
from wizard.rules.variables import VariableDecision, decide_variables
from wizard.steps.base import Step, StepState, last, no_gates
from wizard.steps.inventory import change_words, changed_since
from wizard.steps.standing import UNDONE

_NOT_MADE_YET = SecretStr("postgresql://user:password@not-made-yet:5432/db")
_ORDER = ("deploy", "cutover", "report")


async def map_variables(session: Session, plan: Plan | None = None) -> Sequence[VariableDecision]:
    """Decide every variable; databases that are not made yet stand as a placeholder.

    `plan` is one that is only considered, in place of the session's.
    """
    inventory, plan = _inventory(session), plan or session.plan
    urls = {choice.variable: _NOT_MADE_YET for choice in plan.databases}
    given = given_values(session, inventory)
    return decide_variables(inventory, await session.config(), plan, urls, given)


async def map_app(session: Session, *, prices: bool = True) -> Mapping:
    """The whole mapping as it stands now; looks at both sides, changes nothing.

    What the target does not tell is marked as unknown. Without `prices` the target is not asked
    for its rates.
    """
    facts = await _facts(session, prices=prices)
    return _with_names(session, build_mapping(facts))


async def what_if(session: Session, plan: Plan) -> Consequences:
    """What follows from keeping `plan` in place of the session's; keeps nothing.

    Both sides are looked at once: what differs comes from the plan alone.
    """
    facts = await _facts(session)
    variables = tuple(await map_variables(session, plan))
    other = replace(facts, plan=plan, variables=variables)
    return consequences(session.plan, build_mapping(facts), plan, build_mapping(other))


async def _facts(session: Session, *, prices: bool = True) -> MappingFacts:
    decided = await map_variables(session)
    images, stack, missing = await _of_target(session)
    return MappingFacts(
        inventory=_inventory(session),
        plan=session.plan,
        variables=tuple(decided),
        rates=await _rates(session) if prices else completed(None, "not asked"),
        by_hand=session.outside.target.by_hand,
        images=images,
        stack=stack,
        missing=missing,
        settled=frozenset(answered(session)) | session.plan.answers.keys(),
        answers=session.plan.answers,
        planned=bool(_inventory(session).apps),
        given=frozenset(given_values(session, _inventory(session))),
        on_target=await _on_target(session, decided)
        | given_before(session, LOGIN, _deployed_last(session)),
        now=session.clock.now(),
    )


def _with_names(session: Session, mapping: Mapping) -> Mapping:
    inventory, answers = _inventory(session), answered(session)
    items = tuple(_named(item, inventory, answers) for item in mapping.items)
    return mapping.model_copy(update={"items": items})


async def questions_gate(session: Session, before: Literal["deploy", "cutover"]) -> Gate:
    """Closed while a question is open that has to be answered before this step."""
    mapping = await map_app(session, prices=False)
    reach = _ORDER.index(before)
    waiting = [q for q in mapping.questions if _ORDER.index(q.before) <= reach]
    return Gate(
        id="mapping",
        open=not waiting,
        reason=open_words(waiting) if waiting else "",
        hint=do("answer-mapping"),
    )


async def services_gate(session: Session) -> Gate:
    """Closed when a process of the mapping has no service on the new side to run in."""
    target, plan = session.outside.target, session.plan.target
    decided = decide_processes(_inventory(session), session.plan)
    wanted = {d.name for d in decided if d.action == "service" and d.count}
    environment = await target.find_environment(plan.environment)
    app = await target.find_app(environment, plan.app) if environment else None
    there = {service.name for service in await target.services(app)} if app else set()
    missing = sorted(wanted - there)
    return Gate(
        id="services",
        open=not missing,
        reason=f"the new side has no service for {', '.join(missing)}" if missing else "",
        hint="services come from the Procfile of the deployed commit: add the line, deploy again",
    )


def open_words(waiting: Sequence[OpenQuestion]) -> str:
    """The questions that wait, one line each."""
    many = "1 question is" if len(waiting) == 1 else f"{len(waiting)} questions are"
    lines = [f"{q.question.id}: {q.question.text}" for q in waiting]
    return "\n".join([f"{many} open in the mapping:", *lines])


def remember(session: Session, mapping: Mapping) -> None:
    """Journal what was mapped: the variables' fate and what is open, no values; keep the rest."""
    session.journal.append(
        "decided",
        key="mapping",
        variables={item.name: item.becomes for item in mapping.of("variables")},
        open=[q.question.id for q in mapping.questions],
        monthly=mapping.monthly.model_dump(mode="json"),
        today=mapping.today.model_dump(mode="json"),
    )
    session.store.save_result(MAPPING.id, mapping, session.journal)


def _deployed_last(session: Session) -> int:
    """The journal line of the last deploy that the new side took, with the login; 0 for none."""
    undone = last(session, "undone", UNDONE)
    done = [e.seq for e in session.journal.entries if _is_deploy(e) and e.seq > undone]
    return done[-1] if done else 0


def _is_deploy(entry: Entry) -> bool:
    return entry.kind == "effect" and entry.key.startswith("deploy/")


def _inventory(session: Session) -> Inventory:
    inventory = session.inventory()
    if inventory is None:
        raise BlockedError("there is no inventory yet", "", do("inventory"))
    return inventory


async def _of_target(
    session: Session,
) -> tuple[tuple[DatabaseImage, ...] | None, Stack | None, str]:
    """What can be provisioned, the plan's stack, and why something of it is missing."""
    target, wanted = session.outside.target, session.plan.target.stack
    try:
        images = tuple(await target.database_images())
        stacks = await target.stacks()
    except MovedayError as error:
        return None, None, error.title
    stack = next((s for s in stacks if s.name == wanted), None)
    return images, stack, "" if stack else f"there is no stack {wanted} yet"


async def _rates(session: Session) -> Rates:
    try:
        return completed(await session.outside.target.rates())
    except MovedayError as error:
        return completed(None, error.title)


async def _on_target(session: Session, decided: Sequence[VariableDecision]) -> frozenset[str]:
    """Which of the variables that only a person can give are set on the new side already.

    Asked only when there are such: reading configuration leaves a line in Aptible's activity log.
    """
    if not any(d.action in ("keep", "hold-back") and d.new_value is None for d in decided):
        return frozenset()
    target, plan = session.outside.target, session.plan.target
    try:
        environment = await target.find_environment(plan.environment)
        app = await target.find_app(environment, plan.app) if environment else None
        return frozenset(await target.configuration(app)) if app else frozenset()
    except MovedayError:
        return frozenset()


def answered(session: Session) -> dict[str, str]:
    """Question → who answered it last; without those that were taken back."""
    found: dict[str, str] = {}
    for entry in session.journal.entries:
        if entry.kind == "answer":
            found[entry.key] = str(entry.data.get("by") or "a person")
        for key in taken_back_answers(entry):
            found.pop(key, None)
    return found


def _named(item: MappedItem, inventory: Inventory, answers: dict[str, str]) -> MappedItem:
    """The item with the name of who decided, where the journal knows."""
    if item.because != DECIDED:
        return item
    addon = next((a for a in inventory.addons if a.name == item.name), None)
    key = f"addon/{choice_key(addon, inventory)}" if addon else ""
    keys = {
        "variables": (f"variable/{item.name}", "hold-back"),
        "add-ons": (key, "jobs"),
        "databases": (key,),
    }.get(item.group, ())
    who = next((answers[key] for key in keys if key in answers), "")
    return item.model_copy(update={"because": f"decided by {who}"}) if who else item


async def _run(session: Session) -> Mapping:
    mapping = await map_app(session)
    remember(session, mapping)
    return mapping


def _state(session: Session) -> StepState:
    done = last(session, "decided", "mapping")
    read = last(session, "read", "inventory")
    if not read:
        return StepState("not yet", "needs the inventory")
    if not done:
        return StepState("ready")
    if done < read and (changed := changed_since(session, done)):
        return StepState("stale", change_words(changed))
    entry = next(e for e in session.journal.entries if e.seq == done)
    waiting = entry.data.get("open") or ()
    count = len(waiting) if isinstance(waiting, list | tuple) else 0
    return StepState("you", f"{count} questions are open") if count else StepState("done")


MAPPING = Step(
    id="mapping",
    key="4",
    title="Mapping",
    reads=("inventory", "plan"),
    writes=("moveday.yaml",),
    needs=("inventory",),
    check=no_gates,
    run=_run,
    state=_state,
)
