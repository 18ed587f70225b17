"""Whose token is it, and which clusters does it see? Both from calls that were seen in use."""

from dataclasses import dataclass

from providers.sources.medstack.client import MedStackApi, segment
from providers.sources.medstack.trouble import TokenRefused
from wizard.errors import BlockedError, MovedayError, OutsideError, UsageError
from wizard.formats.compose.tree import Fields, Tree
from wizard.formats.compose.values import text_of
from wizard.model.inventory import Gap
from wizard.safety.clean import clean


@dataclass(frozen=True)
class ClusterSeen:
    """One cluster; "" for what was not told. `path` is where its things are asked for."""

    id: str
    label: str
    region: str
    provider: str
    path: str


@dataclass(frozen=True)
class Account:
    """The token's company and its clusters, in the API's order."""

    company: str
    clusters: tuple[ClusterSeen, ...]
    gaps: tuple[Gap, ...] = ()


async def read_account(api: MedStackApi) -> Account:
    """Company and clusters. Raises TokenRefused; what else fails below the company is a gap."""
    company = await api.one("companies/current")
    identity = text_of(company.get("id"))
    if not identity:
        raise OutsideError(
            "MedStack does not tell the company's id",
            "GET companies/current has no field id; every other call needs it",
            "moveday doctor --live --source medstack says what differs",
        )
    name = text_of(company.get("name"))
    gaps = [] if name else [Gap(subject="company", reason="its name is not told")]
    path = f"companies/{segment(identity)}/clusters"
    clusters: list[ClusterSeen] = []
    try:
        listed = await api.several(path)
    except TokenRefused:
        raise
    except MovedayError as error:
        gaps.append(gap_of("clusters", error))
    else:
        for thing in listed.things:
            found = _cluster(thing, path)
            if found is None:
                gaps.append(Gap(subject="clusters", reason="one without an id: not read"))
            else:
                clusters.append(found)
        if listed.more:
            gaps.append(Gap(subject="clusters", reason="MedStack says that there are more"))
    return Account(name, tuple(clusters), tuple(gaps))


def chosen_cluster(account: Account, wanted: str) -> ClusterSeen:
    """The cluster of this name or id; the only one when `wanted` is "".

    Raises BlockedError when there are several to choose from or none can be seen, UsageError for a
    name that is not there.
    """
    labels = ", ".join(shown_cluster(each) for each in account.clusters)
    if not account.clusters:
        why = "; ".join(f"{gap.subject}: {gap.reason}" for gap in account.gaps)
        raise BlockedError(
            f"the token sees no cluster of {_company(account)}",
            why or "the list of clusters is empty",
            "look in MedStack Control for which company the token was made",
        )
    if not wanted:
        if len(account.clusters) == 1:
            return account.clusters[0]
        raise BlockedError(
            f"which cluster moves? {_company(account)} has {len(account.clusters)}",
            labels,
            "name it: moveday inventory --source medstack --cluster NAME",
        )
    plain = wanted.strip().casefold()
    found = [c for c in account.clusters if c.id == wanted.strip()] or [
        c for c in account.clusters if c.label.strip().casefold() == plain
    ]
    if len(found) == 1:
        return found[0]
    if not found:
        raise UsageError(f"there is no cluster “{clean(wanted, 80)}”", f"there are: {labels}")
    raise BlockedError(
        f"{len(found)} clusters are called “{clean(wanted, 80)}”",
        ", ".join(f"{clean(c.label, 80)} (id {clean(c.id, 80)})" for c in found),
        "name one by its id: --cluster ID",
    )


def gap_of(subject: str, error: MovedayError) -> Gap:
    """What could not be read, and why."""
    return Gap(subject=subject, reason=f"{error.title}: {error.detail}".rstrip(": "))


def _cluster(thing: Tree, path: str) -> ClusterSeen | None:
    if not isinstance(thing, Fields) or not text_of(thing.get("id")):
        return None
    identity = text_of(thing.get("id"))
    return ClusterSeen(
        id=identity,
        label=text_of(thing.get("label")) or identity,
        region=_inside(thing, "region", "name"),
        provider=_inside(thing, "infrastructure_provider", "id"),
        path=f"{path}/{segment(identity)}",
    )


def _inside(thing: Fields, name: str, key: str) -> str:
    """A field of an object, or the field itself where it is a plain text."""
    inner = thing.get(name)
    return text_of(inner.get(key)) if isinstance(inner, Fields) else text_of(inner)


def shown_cluster(cluster: ClusterSeen) -> str:
    """A cluster for people: its name and region."""
    region = f" ({clean(cluster.region, 60)})" if cluster.region else ""
    return f"{clean(cluster.label, 80)}{region}"


def _company(account: Account) -> str:
    return clean(account.company, 80) or "this company"
