"""Everything that the API tells of one cluster. What cannot be read is a gap, the rest is read.

Only calls with GET are made: a look changes nothing.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from providers.sources.medstack.account import ClusterSeen, gap_of
from providers.sources.medstack.client import AT_ONCE, Listed, MedStackApi, segment
from providers.sources.medstack.listed_files import file_parts
from providers.sources.medstack.nodes import Nodes, nodes_in
from providers.sources.medstack.service_object import Answered, answered
from providers.sources.medstack.trouble import NotThere, TokenRefused
from providers.sources.together import together
from wizard.errors import MovedayError
from wizard.formats.compose.tree import Fields
from wizard.formats.swarm.sniff import Part
from wizard.model.inventory import Gap
from wizard.safety.clean import clean

_MOST_NAMES = 12


@dataclass(frozen=True)
class ClusterRead:
    """A cluster's services, the names of its secrets and configs, its nodes."""

    services: tuple[Answered, ...] = field(repr=False)
    files: tuple[Part, ...] = field(repr=False)
    nodes: Nodes
    gaps: tuple[Gap, ...]


async def read_cluster(
    api: MedStackApi, cluster: ClusterSeen, on_fact: Callable[[str], None] | None = None
) -> ClusterRead:
    """Read it. `on_fact` hears one line per kind of thing.

    Raises OutsideError when the services cannot be listed: without them there is nothing to map.
    """
    tell = on_fact or (lambda line: None)
    gaps: list[Gap] = []
    services = await api.several(f"{cluster.path}/services", "GET services")
    secrets, configs, nodes = await together(
        _or_gap(subject, gaps, api, cluster, what)
        for subject, what in (
            ("secrets of the cluster", "secrets"),
            ("configs of the cluster", "configs"),
            ("nodes", "nodes"),
        )
    )
    found = await _wholes(api, cluster, services, gaps)
    tell(f"{len(found)} services, {len(secrets.things)} secrets, {len(configs.things)} configs")
    seen = nodes_in(nodes.things)
    if nodes.things and not seen.manager:
        gaps.append(
            Gap(subject="the manager's address", reason="no node is told to be the manager")
        )
    unread = sorted({name for each in found for name in each.unread})
    if unread:
        shown = ", ".join(clean(name, 60) for name in unread[:_MOST_NAMES])
        more = f" and {len(unread) - _MOST_NAMES} more" if len(unread) > _MOST_NAMES else ""
        gaps.append(Gap(subject="fields of services", reason=f"not understood: {shown}{more}"))
    files = (*file_parts(secrets.things, "secrets"), *file_parts(configs.things, "configs"))
    return ClusterRead(found, files, seen, tuple(gaps))


async def read_services(
    api: MedStackApi, cluster: ClusterSeen
) -> tuple[tuple[Answered, ...], tuple[Gap, ...]]:
    """The services alone, as they are now, and what of them could not be read."""
    listed = await api.several(f"{cluster.path}/services", "GET services")
    gaps: list[Gap] = []
    return await _wholes(api, cluster, listed, gaps), tuple(gaps)


async def _or_gap(
    subject: str, gaps: list[Gap], api: MedStackApi, cluster: ClusterSeen, what: str
) -> Listed:
    """A list, or none and a gap."""
    try:
        listed = await api.several(f"{cluster.path}/{what}", f"GET {what}")
    except TokenRefused:
        raise
    except NotThere:
        gaps.append(Gap(subject=subject, reason=f"MedStack does not offer GET {what} here"))
    except MovedayError as error:
        gaps.append(gap_of(subject, error))
    else:
        if listed.more:
            gaps.append(Gap(subject=subject, reason="MedStack says that there are more"))
        return listed
    return Listed((), more=False)


async def _wholes(
    api: MedStackApi, cluster: ClusterSeen, listed: Listed, gaps: list[Gap]
) -> tuple[Answered, ...]:
    """Every service; one of which the list tells no image is asked for by itself."""
    turn = asyncio.Semaphore(AT_ONCE)
    if listed.more:
        gaps.append(Gap(subject="services", reason="MedStack says that there are more"))

    async def whole(thing: Fields) -> Answered:
        found = answered(thing)
        if "image" not in found.beside.untold or not found.id:
            return found
        async with turn:
            path = f"{cluster.path}/services/{segment(found.id)}"
            return answered(await api.one(path, "GET services/ID"))

    async def or_thin(thing: Fields) -> Answered:
        try:
            return await whole(thing)
        except TokenRefused:
            raise
        except NotThere:
            return answered(thing)
        except MovedayError as error:
            found = answered(thing)
            gaps.append(gap_of(f"service {clean(found.name, 60)}", error))
            return found

    things = [thing for thing in listed.things if isinstance(thing, Fields)]
    if len(things) < len(listed.things):
        gaps.append(Gap(subject="services", reason="something that is no object: not read"))
    return tuple(await together(or_thin(thing) for thing in things))
