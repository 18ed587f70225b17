"""What differs between the new side as it was left and as it is now? Named, never repaired."""

from collections.abc import Iterator, Sequence
from typing import Literal

from wizard.model.frozen import Frozen
from wizard.model.target import Endpoint, Service, TargetDatabase
from wizard.rules.made import JournalLine

LOOKED = "drift"
"""The journal key of a look."""
Weight = Literal["stop", "warn"]
_DEPLOY = "the deploy's plan shows what it would put right, a deploy does it"


class NewSide(Frozen):
    """The new side at one moment. `environment` and `app` are ids, None when not there.

    `variables` maps names to keyed hashes of their values, "" where no key lasts: then names alone
    can be compared.
    """

    environment: int | None
    app: int | None
    commit: str = ""
    services: tuple[Service, ...] = ()
    databases: tuple[TargetDatabase, ...] = ()
    endpoints: tuple[Endpoint, ...] = ()
    variables: dict[str, str] = {}


class Drift(Frozen):
    """One difference. `stop`: what is planned next rests on it; `todo` says what to do."""

    rule: str
    item: str
    made: str
    now: str
    todo: str
    weight: Weight


def drift(made: NewSide, now: NewSide) -> tuple[Drift, ...]:
    """Everything that is not as it was left; nothing when all is."""
    if made.environment != now.environment or made.app != now.app:
        return tuple(_replaced(made, now))
    return (
        *_commit(made, now),
        *_services(made.services, now.services),
        *_databases(made.databases, now.databases),
        *_endpoints(made.endpoints, now.endpoints),
        *_variables(made.variables, now.variables),
    )


def _replaced(made: NewSide, now: NewSide) -> Iterator[Drift]:
    for item, before, after in (
        ("environment", made.environment, now.environment),
        ("app", made.app, now.app),
    ):
        if before != after:
            told = "gone" if after is None else f"another one, id {after}"
            todo = f"somebody removed or remade it: ask who; {_DEPLOY}"
            yield _stop("DR01", item, f"id {before}", told, todo)


def _commit(made: NewSide, now: NewSide) -> Iterator[Drift]:
    if made.commit != now.commit:
        yield _stop(
            "DR02",
            "deployed commit",
            made.commit[:12] or "none",
            now.commit[:12] or "none, or one that cannot be told",
            f"somebody deployed: ask who; {_DEPLOY}",
        )


def _services(made: Sequence[Service], now: Sequence[Service]) -> Iterator[Drift]:
    there = {service.name: service for service in now}
    for before in made:
        after = there.pop(before.name, None)
        item = f"service {before.name}"
        if after is None:
            yield _stop("DR03", item, f"{before.count} container(s)", "gone", _DEPLOY)
            continue
        if before.count != after.count:
            # Workers that run before the cutover would work on practice data, or twice.
            yield _stop(
                "DR04",
                item,
                f"{before.count} container(s)",
                f"{after.count} container(s)",
                f"scaled by hand, or by an autoscaler (switch that off); {_DEPLOY}",
            )
        if before.memory_mb != after.memory_mb:
            yield _warn(
                "DR05",
                item,
                f"{before.memory_mb} MB",
                f"{after.memory_mb} MB",
                "if the new size is meant, put it into moveday.yaml (processes)",
            )
        if before.command != after.command:
            yield _warn("DR05", item, before.command, after.command, _DEPLOY)
    for name in sorted(there):
        yield _warn("DR03", f"service {name}", "none", "there", "a deploy from elsewhere made it")


def _databases(made: Sequence[TargetDatabase], now: Sequence[TargetDatabase]) -> Iterator[Drift]:
    there = {database.handle: database for database in now}
    for before in made:
        after = there.get(before.handle)
        item = f"database {before.handle}"
        if after is None:
            yield _stop("DR06", item, f"id {before.id}", "gone", _DEPLOY)
        elif after.id != before.id:
            todo = f"somebody remade it, so it may hold anything: look; {_DEPLOY}"
            yield _stop("DR06", item, f"id {before.id}", f"id {after.id}", todo)
        elif after.status != before.status:
            todo = "wait until it is provisioned, or look at its operations"
            yield _stop("DR06", item, before.status, after.status, todo)
        else:
            yield from _resized(item, before, after)


def _resized(item: str, before: TargetDatabase, after: TargetDatabase) -> Iterator[Drift]:
    for unit, was, is_now in (
        ("GB disk", before.disk_gb, after.disk_gb),
        ("MB memory", before.memory_mb, after.memory_mb),
    ):
        if was != is_now:
            yield _warn(
                "DR07",
                item,
                f"{_known(was)} {unit}",
                f"{_known(is_now)} {unit}",
                "rehearsed times hold for the old size: rehearse again, with moveday.yaml changed"
                " to the size that is meant",
            )
    if before.version != after.version:
        yield _stop("DR07", item, before.version, after.version, "rehearse with this version")


def _endpoints(made: Sequence[Endpoint], now: Sequence[Endpoint]) -> Iterator[Drift]:
    there = {endpoint.id: endpoint for endpoint in now}
    for before in made:
        after = there.pop(before.id, None)
        item = f"endpoint {before.domain or before.host}"
        if after is None:
            yield _stop("DR08", item, "there", "gone", _DEPLOY)
        elif set(before.allowed_ips) != set(after.allowed_ips):
            yield _stop(
                "DR09",
                item,
                _who(before),
                _who(after),
                "before the cutover only the operator may reach the new side: put the filter back"
                " (`aptible endpoints:https:modify`), or operator_ips into moveday.yaml",
            )
        elif before.status != after.status:
            yield _stop("DR08", item, before.status, after.status, "look at its operations")
    for endpoint in there.values():
        yield _warn(
            "DR08",
            f"endpoint {endpoint.domain or endpoint.host}",
            "none",
            _who(endpoint),
            "moveday did not make it: who reaches the new side by it?",
        )


def _who(endpoint: Endpoint) -> str:
    return f"open to {', '.join(sorted(endpoint.allowed_ips)) or 'all'}"


def _variables(made: dict[str, str], now: dict[str, str]) -> Iterator[Drift]:
    for name in sorted(made.keys() | now.keys()):
        before, after = made.get(name), now.get(name)
        if after is None:
            yield _stop("DR10", f"variable {name}", "set", "gone", _DEPLOY)
        elif before is None:
            todo = "somebody set it: keep it in moveday.yaml (variables), or remove it"
            yield _warn("DR10", f"variable {name}", "not set", "set", todo)
        elif before and after and before != after:
            todo = f"changed by hand, values are not shown; {_DEPLOY}"
            yield _stop("DR11", f"variable {name}", "as sent", "another value", todo)


def _known(value: int | None) -> str:
    return "unknown" if value is None else str(value)


def _stop(rule: str, item: str, made: str, now: str, todo: str) -> Drift:
    return Drift(rule=rule, item=item, made=made, now=now, todo=todo, weight="stop")


def _warn(rule: str, item: str, made: str, now: str, todo: str) -> Drift:
    return Drift(rule=rule, item=item, made=made, now=now, todo=todo, weight="warn")


def drift_line(each: Drift) -> str:
    """One difference in a line."""
    return f"{each.item}: left with {each.made}, now {each.now} ({each.rule})"


def last_look(entries: Sequence[JournalLine]) -> tuple[str, ...]:
    """Lines of the last look's differences, from journal entries alone; () when none is known."""
    for entry in reversed(entries):
        if entry.kind == "read" and entry.key == LOOKED:
            found = entry.data.get("found")
            rows = found if isinstance(found, list | tuple) else ()
            return tuple(drift_line(Drift.model_validate(row)) for row in rows)
    return ()
