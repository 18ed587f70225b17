"""Takes back what moveday made on the new side: that and nothing else, in reverse order."""

from collections.abc import Sequence
from typing import Literal

from wizard.acts import do
from wizard.engine.session import Session
from wizard.errors import BlockedError, MovedayError, UnknownOutcome
from wizard.model.frozen import Frozen
from wizard.model.target import (
    Endpoint,
    Entrance,
    Environment,
    RetainedBackup,
    TargetApp,
    TargetDatabase,
)
from wizard.rules.made import REMOVE, Made, MadeThings, made_things
from wizard.runbook.runs import open_run
from wizard.safety.consent import Level
from wizard.steps.standing import UNDONE, standing_cutover

State = Literal["to remove", "removed", "gone already", "left"]


class UndoItem(Frozen):
    """One thing that moveday made. `reason` says why it is left; `by_hand` the official command."""

    kind: str
    name: str
    id: int | None
    state: State
    reason: str = ""
    by_hand: str = ""


class Undo(Frozen):
    """What is (or would be) taken back, and what stays in any case. `acted`: it was done."""

    items: tuple[UndoItem, ...]
    stays: tuple[str, ...]
    acted: bool = False

    @property
    def to_remove(self) -> int:
        """How many things are still to be removed."""
        return sum(item.state == "to remove" for item in self.items)


Thing = Endpoint | Entrance | TargetApp | TargetDatabase | Environment


async def plan_undo(session: Session) -> Undo:
    """What would be taken back now. Looks at the new side, changes nothing.

    Raises BlockedError while a run is open or a cutover stands: users are then on the new side.
    """
    _refuse(session)
    things = made_things(session.journal.entries)
    looked = [(made, *await _look(session, made, things)) for made in things.made]
    items = tuple(_item(session, made, thing, reason) for made, thing, reason in looked)
    return Undo(items=items, stays=await _stays(session, things, acted=False))


async def undo(session: Session) -> Undo:
    """Take back everything that `plan_undo` names; what is refused is named and left.

    Each removal is journalled before and after, and looked up first: killed anywhere, the next
    start goes on. Raises UnknownOutcome when an answer was lost: run it again, it looks.
    """
    _refuse(session)
    things = made_things(session.journal.entries)
    items: list[UndoItem] = []
    # From here on nothing counts as built, also if this is killed in the middle.
    session.journal.append("undone", key=UNDONE)
    for made in things.made:
        # Looked up now, not from the list shown: what was removed before may have taken it along.
        thing, reason = await _look(session, made, things)
        item = _item(session, made, thing, reason)
        if thing is None and not reason:
            session.journal.append("effect", key=f"{REMOVE}{made.key}", found="gone already")
        elif thing is not None and not reason:
            item = await _remove(session, made, thing, item)
        items.append(item)
    return Undo(items=tuple(items), stays=await _stays(session, things, acted=True), acted=True)


def _refuse(session: Session) -> None:
    found = open_run(session.journal)
    number = standing_cutover(session)
    if found is not None:
        raise BlockedError(
            f"a {found.kind} run is still open (number {found.number})",
            "what it began hangs on what would be removed",
            f"{do('roll-back')}: it takes the run back; then undo",
        )
    if number is not None:
        raise BlockedError(
            f"cutover {number} stands: users are on the new side",
            "undo would remove the app and the database they use",
            f"{do('roll-back')} first: it takes users back",
        )


async def _look(session: Session, made: Made, things: MadeThings) -> tuple[Thing | None, str]:
    """What is there now of a thing we made, and why it must be left ("" when it need not)."""
    target, plan = session.outside.target, session.plan.target
    environment = await target.find_environment(_name(things, "environment", plan.environment))
    if environment is None:
        return None, ""
    if made.kind == "environment":
        return environment, await _why_environment_stays(session, made, environment)
    if made.kind == "runner":
        runner = await target.find_app(environment, made.name)
        return runner, _not_ours(made, runner)
    if made.kind == "entrance":
        of = await target.find_database(environment, made.name)
        entrance = await target.find_entrance(of) if of is not None else None
        return entrance, _not_ours(made, entrance)
    app = await target.find_app(environment, _name(things, "app", plan.app))
    endpoints = await target.endpoints(app) if app is not None else ()
    foreign = _foreign_endpoints(endpoints, things)
    if made.kind == "database":
        database = await target.find_database(environment, made.name)
        used = f"the app stays and may use it: {foreign}" if foreign else ""
        return database, _not_ours(made, database) or (used if database is not None else "")
    if app is None:
        return None, ""
    if made.kind == "app":
        return app, _not_ours(made, app) or foreign
    same = [e for e in endpoints if made.id is not None and e.id == made.id]
    named = [e for e in endpoints if made.name == ("default" if e.default_domain else e.domain)]
    endpoint = next(iter(same or named), None)
    return endpoint, _not_ours(made, endpoint)


def _name(things: MadeThings, kind: str, planned: str) -> str:
    """What it was called when it was made: the plan may have been edited since."""
    return next((made.name for made in things.made if made.kind == kind), planned)


def _not_ours(made: Made, there: Thing | None) -> str:
    if there is None or made.id is None or there.id == made.id:
        return ""
    return f"another one has this name now: id {there.id}, moveday made {made.id}"


def _foreign_endpoints(endpoints: Sequence[Endpoint], things: MadeThings) -> str:
    """An app goes with its endpoints: one that somebody else made keeps it."""
    ours = {made.id for made in things.made if made.kind == "endpoint"}
    interrupted = {m.name for m in things.made if m.kind == "endpoint" and m.id is None}
    foreign = [
        e.domain or e.host
        for e in endpoints
        if e.id not in ours
        and e.domain not in interrupted
        and not (e.default_domain and "default" in interrupted)
    ]
    if not foreign:
        return ""
    return f"it has an endpoint that moveday did not make: {', '.join(foreign)}"


async def _why_environment_stays(session: Session, made: Made, there: Environment) -> str:
    other = _not_ours(made, there)
    if other:
        return other
    kept = await session.outside.target.backups(there)
    if kept:
        return f"{len(kept)} retained backup(s) are in it; Aptible keeps it as long as they exist"
    return ""


def _item(session: Session, made: Made, thing: Thing | None, reason: str) -> UndoItem:
    state: State = "left" if reason else "gone already" if thing is None else "to remove"
    note = reason
    if state == "to remove" and made.id is None:
        note = "its making was interrupted: found by its name"
    return UndoItem(
        kind=made.kind,
        name=made.name,
        id=made.id if thing is None else thing.id,
        state=state,
        reason=note,
        by_hand="" if thing is None else _by_hand(session, made, thing),
    )


def _by_hand(session: Session, made: Made, thing: Thing) -> str:
    target, plan = session.outside.target, session.plan.target
    named = {"app": plan.app, "environment": plan.environment}
    if isinstance(thing, Endpoint):
        return target.by_hand("delete-endpoint", host=thing.host, **named)
    if isinstance(thing, TargetDatabase):
        return target.by_hand("delete-database", database=made.name, **named)
    if isinstance(thing, TargetApp):
        runner = {"app": made.name} if made.kind == "runner" else {}
        return target.by_hand("delete-app", **named | runner)
    return ""


async def _remove(session: Session, made: Made, thing: Thing, item: UndoItem) -> UndoItem:
    target = session.outside.target
    key = f"{REMOVE}{made.key}"
    session.journal.append("intent", key=key, id=thing.id)
    consent = session.consent(Level.USERS_NOTICE, f"remove {made.kind} {made.name}")
    try:
        if isinstance(thing, Endpoint):
            await target.delete_endpoint(thing, consent)
        elif isinstance(thing, Entrance):
            await target.delete_entrance(thing, consent)
        elif isinstance(thing, TargetApp):
            await target.delete_app(thing, consent)
        elif isinstance(thing, TargetDatabase):
            await target.delete_database(thing, consent)
        else:
            await target.delete_environment(thing, consent)
    except (UnknownOutcome, BlockedError):
        raise
    except MovedayError as error:
        session.journal.append("failed", key=key, reason=error.title)
        return item.model_copy(update={"state": "left", "reason": f"{error.title}: {error.detail}"})
    session.journal.append("effect", key=key, id=thing.id)
    session.say(f"removed: {made.kind} {made.name}", "good")
    return item.model_copy(update={"state": "removed", "reason": ""})


async def _stays(session: Session, things: MadeThings, *, acted: bool) -> tuple[str, ...]:
    """What undo does not take back, each in a sentence."""
    plan, target = session.plan, session.outside.target
    data = "regulated data (PHI)" if plan.regulated else "the app's data"
    name = _name(things, "environment", plan.target.environment)
    environment = await target.find_environment(name)
    lines = []
    if environment is not None:
        lines += await _were_there(session, things, environment)
    kept: Sequence[RetainedBackup] = await target.backups(environment) if environment else ()
    if kept:
        numbers = ", ".join(str(backup.id) for backup in kept)
        lines.append(
            f"{len(kept)} retained backup(s) ({numbers}) in {name}: those of rehearsed and moved"
            f" databases hold {data} until retention ends, or somebody purges them"
            f" (`{target.by_hand('purge-backup', backup=str(kept[0].id))}`)"
        )
    if not acted and any(made.kind == "database" for made in things.made):
        lines.append(
            "each database that is removed leaves a last backup, which keeps its environment"
        )
    if things.pushed:
        lines.append(
            f"{len(things.pushed)} pushed commit(s) and the images built of them: Aptible's to"
            " remove with the app; whether and when it does is not documented"
        )
    if any(made.kind == "endpoint" and made.name != "default" for made in things.made):
        lines.append("the _acme-challenge records at your DNS host: remove them by hand")
    return tuple(lines)


async def _were_there(session: Session, things: MadeThings, environment: Environment) -> list[str]:
    """What the plan names, moveday used, and somebody else had made."""
    plan, target = session.plan, session.outside.target
    found = []
    if f"environment/{environment.handle}" not in things.ever:
        found.append(f"environment {environment.handle}: it was there before moveday; left alone")
    app = await target.find_app(environment, plan.target.app)
    if app is not None and f"app/{app.handle}" not in things.ever:
        found.append(
            f"app {app.handle}: it was there before moveday; left alone, with the configuration"
            " and the deploys it got since"
        )
    for choice in plan.databases:
        there = await target.find_database(environment, choice.handle)
        if there is not None and f"database/{choice.handle}" not in things.ever:
            found.append(f"database {choice.handle}: moveday did not make it; left alone")
    return found
