"""Is every process of the old side there on the new one: deployed, well, configured, named?

Before the cutover: one service answers the operator, the others wait at zero, and the data is that
of a throw-away database.
"""

from collections.abc import Mapping, Sequence

from wizard.model.frozen import Frozen
from wizard.model.inventory import Inventory
from wizard.model.plan import Plan
from wizard.model.target import Service
from wizard.rules.processes import decide_processes
from wizard.rules.serving import serving_process


class ServiceParity(Frozen):
    """One process and its service, in words; `complete`: nothing of it is missing so far."""

    name: str
    deployed: str
    healthy: str
    environment: str
    domains: str
    data: str
    complete: bool


def service_parity(
    inventory: Inventory,
    plan: Plan,
    services: Sequence[Service],
    variables: Sequence[Mapping[str, object]],
    smoke: str,
) -> tuple[ServiceParity, ...]:
    """One row per process that becomes a service. `variables` are the rows of their comparison,
    `smoke` what the smoke test proved, "" when it proved nothing."""
    there = {service.name: service for service in services}
    bad = [str(row.get("name")) for row in variables if row.get("result") in _LACKING]
    serving = serving_process(inventory)
    rows = []
    for decided in decide_processes(inventory, plan):
        if decided.action != "service":
            continue
        service = there.get(decided.name)
        well = bool(smoke) if decided.name == serving else service is not None
        rows.append(
            ServiceParity(
                name=decided.name,
                deployed=_deployed(service, decided.count),
                healthy=_healthy(decided.name == serving, smoke),
                environment=f"not as it should be: {', '.join(bad)}" if bad else "complete",
                domains=_domains(inventory, plan, decided.name, serving),
                data=_data(plan),
                complete=service is not None and well and not bad,
            )
        )
    return tuple(rows)


_LACKING = frozenset({"missing", "different"})


def _deployed(service: Service | None, later: int) -> str:
    if service is None:
        return "NO: the Procfile of the commit does not name it"
    return f"yes, {service.count} running; {later} once it is accepted"


def _healthy(serves: bool, smoke: str) -> str:
    if serves:
        return smoke or "NO: the smoke test proved nothing"
    return "it is not started before you accept: looked at then"


def _domains(inventory: Inventory, plan: Plan, name: str, serving: str) -> str:
    led = {d.hostname.lower(): d.process or serving for d in inventory.domains}
    own = [each for each in plan.domains if led.get(each.lower(), serving) == name]
    return f"{', '.join(own)}: made before the cutover" if own else "none of its own"


def _data(plan: Plan) -> str:
    moved = [d.handle for d in plan.databases if d.move_data]
    empty = [d.handle for d in plan.databases if not d.move_data]
    said = [f"throw-away until the cutover: {', '.join(moved)}"] if moved else []
    said += [f"starts empty: {', '.join(empty)}"] if empty else []
    return "; ".join(said) or "no database"
