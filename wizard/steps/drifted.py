"""Is the new side still as moveday left it? Recorded after each act, read again before the next."""

from wizard.engine.session import Session
from wizard.errors import BlockedError, MovedayError
from wizard.model.frozen import Frozen
from wizard.model.target import Environment, TargetDatabase
from wizard.rules.drift import LOOKED, Drift, NewSide, drift, drift_line
from wizard.rules.made import made_things
from wizard.runbook.runs import open_run
from wizard.steps.base import last
from wizard.steps.standing import UNDONE

LEFT = "new-side-as-left"


class DriftFound(Frozen):
    """A look. `compared` is "" or why nothing could be compared; `values` whether variables' values
    could be compared, not only their names."""

    found: tuple[Drift, ...] = ()
    compared: str = ""
    values: bool = True


async def read_new_side(session: Session) -> NewSide:
    """The new side as it is now, without secrets."""
    target, plan = session.outside.target, session.plan.target
    environment = await target.find_environment(plan.environment)
    if environment is None:
        return NewSide(environment=None, app=None)
    databases = await _databases(session, environment)
    app = await target.find_app(environment, plan.app)
    if app is None:
        return NewSide(environment=environment.id, app=None, databases=databases)
    values = await target.configuration(app)
    lasting = session.fingerprints_last
    return NewSide(
        environment=environment.id,
        app=app.id,
        commit=await target.last_deployed_commit(app) or "",
        services=tuple(await target.services(app)),
        databases=databases,
        endpoints=tuple(await target.endpoints(app)),
        variables={
            name: session.fingerprint(value.get_secret_value()) if lasting else ""
            for name, value in sorted(values.items())
        },
    )


async def _databases(session: Session, environment: Environment) -> tuple[TargetDatabase, ...]:
    """Those that this move made or names; others in the environment are no business of ours."""
    names = {choice.handle for choice in session.plan.databases}
    things = made_things(session.journal.entries)
    names |= {made.name for made in things.made if made.kind == "database"}
    found = [
        await session.outside.target.find_database(environment, name) for name in sorted(names)
    ]
    return tuple(database for database in found if database is not None)


async def record_new_side(session: Session) -> None:
    """Remember how moveday leaves the new side; journalled, values as keyed hashes at most.

    The act is over by then: trouble with this look is said, and does not make the act a failure.
    """
    try:
        side = (await read_new_side(session)).model_dump(mode="json")
    except MovedayError as error:
        session.say(f"how the new side was left could not be read: {error.title}", "warn")
        side = None
    session.journal.append("read", key=LEFT, side=side)


def as_left(session: Session) -> NewSide | None:
    """The last record; None when it could not be read, or everything was taken back since."""
    if last(session, "read", LEFT) <= last(session, "undone", UNDONE):
        return None
    for entry in reversed(session.journal.entries):
        if entry.kind == "read" and entry.key == LEFT:
            side = entry.data["side"]
            return None if side is None else NewSide.model_validate(side)
    return None


async def look_for_drift(session: Session) -> DriftFound:
    """Compare now with the record, and journal what was found, for `moveday status`."""
    left, run = as_left(session), open_run(session.journal)
    if left is None:
        nothing = last(session, "read", LEFT) <= last(session, "undone", UNDONE)
        how = "nothing was built here yet" if nothing else "how it was left could not be read"
        return DriftFound(compared=how)
    if run is not None:
        return DriftFound(compared=f"{run.kind} run {run.number} is open and changes it")
    now = await read_new_side(session)
    made = {thing.id for thing in made_things(session.journal.entries).made}
    known = {endpoint.id for endpoint in left.endpoints}
    # A cutover that was taken back leaves the endpoints it made: they are nobody else's.
    endpoints = tuple(e for e in now.endpoints if e.id in known or e.id not in made)
    found = drift(left, now.model_copy(update={"endpoints": endpoints}))
    values = session.fingerprints_last and any(left.variables.values())
    session.journal.append(
        "read", key=LOOKED, found=[each.model_dump(mode="json") for each in found]
    )
    return DriftFound(found=found, values=values)


async def refuse_drift(session: Session, what: str) -> None:
    """Before `what` begins: say every difference; BlockedError when it rests on one of them."""
    looked = await look_for_drift(session)
    if looked.compared and open_run(session.journal) is None:
        session.say(f"the new side was not compared: {looked.compared}", "warn")
    for each in looked.found:
        session.say(f"not as left: {drift_line(each)}", "warn")
    stops = [each for each in looked.found if each.weight == "stop"]
    if stops:
        raise BlockedError(
            f"{what} cannot start: the new side is not as moveday left it",
            "\n".join(drift_line(each) for each in stops),
            "\n".join(dict.fromkeys(f"{each.item}: {each.todo}" for each in stops)),
        )
