"""In which order is the old side switched off, so that nothing is lost and nobody is cut off?

Sources: the order of a switch (survey to retire) and its formulas as in RFC 1034 and 2308 for TTLs;
Heroku Dev Center for what goes with an add-on or an app; MedStack's public documents for a
cluster's snapshots and storage; Aptible's documentation for retained backups. Nothing in the list
is done by moveday.
"""

from collections.abc import Sequence

from wizard.model.decommission import Aftermath, Farewell
from wizard.model.inventory import Inventory
from wizard.model.plan import Plan
from wizard.rules.farewell_cluster import job_farewells
from wizard.rules.farewell_new_side import new_side_farewells
from wizard.rules.farewell_old_side import old_side_farewells, what_acts_by_itself
from wizard.rules.farewell_people import people_after, people_now


def decommission(
    plan: Plan, inventory: Inventory | None, aftermath: Aftermath
) -> tuple[Farewell, ...]:
    """Everything to switch off or look after, each behind what must come before it.

    A move that did not take place leaves the old side alone: then only what it made on the new side
    and beside the source, and what it changed in DNS is listed.
    """
    moved = aftermath.ending == "moved"
    found = people_now(plan, inventory, aftermath)
    if moved:
        found += what_acts_by_itself(plan, inventory)
    found += job_farewells(aftermath)
    found += new_side_farewells(plan, aftermath)
    found += people_after(plan, inventory, aftermath)
    if moved:
        found += old_side_farewells(plan, inventory, aftermath)
    return in_order(found)


def in_order(found: Sequence[Farewell]) -> tuple[Farewell, ...]:
    """The same, each behind those it names in `after`; else in the order given.

    A name that is not in the list stands in nobody's way. Raises ValueError for a circle.
    """
    left = list(found)
    known = {each.id for each in left}
    done: list[Farewell] = []
    names: set[str] = set()
    while left:
        ready = next((e for e in left if set(e.after) & known <= names), None)
        if ready is None:
            raise ValueError(f"these wait for one another: {', '.join(e.id for e in left)}")
        left.remove(ready)
        done.append(ready)
        names.add(ready.id)
    return tuple(done)
