"""Replicas of the app's services: as set, as they run, and changed."""

from collections.abc import Mapping

from providers.sources.medstack.app_services import AppServices
from providers.sources.medstack.change import Changes, Shows
from providers.sources.medstack.counts import per_node, replicas, running
from wizard.errors import BlockedError, OutsideError, UsageError
from wizard.safety.clean import clean
from wizard.safety.consent import Consent, Level, require


async def formation(services: AppServices) -> dict[str, int]:
    """Service → replicas as set, those at zero included; one that is gone has none.

    Raises OutsideError where MedStack does not tell it: what was scaled could not be put back.
    """
    now = await services.now()
    found: dict[str, int] = {}
    for name in now.names:
        service = now.services.get(name)
        count = replicas(service) if service is not None else 0
        if count is None:
            raise OutsideError(
                f"MedStack does not tell how many containers {clean(name, 80)} is to have",
                "the answer about the service has no number of replicas",
                "look at its page in MedStack Control; moveday doctor --live --source medstack says"
                " which fields the answer has",
            )
        found[name] = count
    return found


async def running_now(services: AppServices) -> tuple[dict[str, int], bool]:
    """Service → containers that run, where there are any; and whether MedStack tells all of them.

    Where it does not, replicas as set stand in their place: that nothing writes any more is proven
    in the database, not here.
    """
    now = await services.now()
    own = {name: now.services[name] for name in now.names if name in now.services}
    told = {name: running(service) for name, service in own.items()}
    found = {
        name: count if count is not None else replicas(own[name]) or 0
        for name, count in told.items()
    }
    return {name: count for name, count in found.items() if count}, None not in told.values()


async def scale(
    services: AppServices, changes: Changes, quantities: Mapping[str, int], consent: Consent
) -> None:
    """Set absolute numbers, one service after the other; what is as asked is left alone."""
    if not quantities:
        return
    if any(quantity < 0 for quantity in quantities.values()):
        raise UsageError("a service cannot have fewer than 0 containers")
    require(consent, Level.USERS_NOTICE, f"scale {', '.join(sorted(quantities))}")
    now = await services.now()
    for name, count in sorted(quantities.items()):
        service = now.services.get(name)
        if service is not None and replicas(service) == count and not per_node(service):
            continue
        if service is None and count == 0:
            continue
        if service is not None and per_node(service):
            raise BlockedError(
                f"{clean(name, 80)} runs once on every node: no number of containers can be set",
                "a global service of a swarm has no replicas",
                "remove or change the service in MedStack Control, and note how to make it anew",
            )
        shown = f"{count} replica{'' if count == 1 else 's'}"
        await changes.make(now, name, {"replicas": count}, _has(count), shown, consent)


def _has(count: int) -> Shows:
    return lambda service: None if (told := replicas(service)) is None else told == count
