"""Looks at one cluster through its API, together with the files that a person has about it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from pydantic import SecretStr

from providers.containers import facts
from providers.containers.inputs import Inputs, plain_name, read_inputs
from providers.sources.medstack.account import (
    Account,
    ClusterSeen,
    chosen_cluster,
    read_account,
    shown_cluster,
)
from providers.sources.medstack.answer_shape import answer_shapes
from providers.sources.medstack.client import MedStackApi, open_api
from providers.sources.medstack.read import ClusterRead, read_cluster
from wizard.clock import Clock
from wizard.errors import BlockedError
from wizard.formats.azure.regions import region_called
from wizard.formats.compose.project import Project
from wizard.formats.swarm import read_running
from wizard.model.inventory import Gap, Inventory
from wizard.ports.look import Choose
from wizard.ports.source import Fingerprint
from wizard.ports.vault import Vault
from wizard.safety.clean import clean


async def look_at_account(
    files: tuple[Path, ...],
    folder: Path,
    profiles: tuple[str, ...],
    cluster: str,
    environ: Mapping[str, str],
    vault: Vault,
    clock: Clock,
    fingerprint: Fingerprint | None = None,
    choose: Choose | None = None,
) -> tuple[Inventory, Mapping[str, Mapping[str, SecretStr]], str]:
    """The cluster's facts, its apps' values, for memory only, and what to call it the next time.

    `cluster` is its name or id; when it is "" and there are several, `choose` asks. What runs goes
    before what `files` say; where they differ is told. Raises UsageError for a file or name that is
    wrong, BlockedError while it is open which cluster is meant, OutsideError when MedStack does not
    answer.
    """
    api = open_api(environ, vault, clock)
    given = Given(files, folder, profiles)
    try:
        found, values, chosen = await look_through(api, given, cluster, clock, fingerprint, choose)
    finally:
        await api.close()
    return found, values, chosen.id


@dataclass(frozen=True)
class Given:
    """What a person has about the cluster beside its API; paths count from `folder`."""

    files: tuple[Path, ...]
    folder: Path
    profiles: tuple[str, ...]


async def look_through(
    api: MedStackApi,
    given: Given,
    cluster: str,
    clock: Clock,
    fingerprint: Fingerprint | None = None,
    choose: Choose | None = None,
    on_fact: Callable[[str], None] | None = None,
) -> tuple[Inventory, Mapping[str, Mapping[str, SecretStr]], ClusterSeen]:
    """The same through calls that are open already; `on_fact` hears one line per kind of thing."""
    inputs = _inputs(given.folder, given.files, given.profiles)
    account = await read_account(api)
    chosen = await _chosen(account, cluster, choose)
    read = await read_cluster(api, chosen, on_fact)
    project = _project(inputs, read, chosen)
    found, of_apps = facts.inventory(
        project, inputs.disk, clock, fingerprint, inputs.active, "medstack"
    )
    return _completed(found, account, chosen, read), inputs.with_own(of_apps), chosen


async def _chosen(account: Account, cluster: str, choose: Choose | None) -> ClusterSeen:
    """The cluster that is meant, by its name, or by a person who is asked."""
    if not cluster and choose is not None and len(account.clusters) > 1:
        labels = tuple(shown_cluster(each) for each in account.clusters)
        company = account.company or "This company"
        position = await choose(f"{company} has several clusters. Which one moves?", labels)
        if position is not None:
            return account.clusters[position]
    return chosen_cluster(account, cluster)


def _inputs(folder: Path, files: tuple[Path, ...], profiles: tuple[str, ...]) -> Inputs:
    """What the files say; paths in them count from the first one's folder."""
    root = files[0].resolve().parent if files else folder.resolve()
    return read_inputs(files, root, profiles)


def _project(inputs: Inputs, read: ClusterRead, cluster: ClusterSeen) -> Project:
    """What is written, what docker printed, what MedStack tells, and pastes, in this order."""
    name = plain_name(cluster.label.strip().replace(" ", "-"))
    project = inputs.written
    if inputs.printed:
        project = read_running(inputs.printed, project, name=name)
    if read.services:
        parts = (*(each.part for each in read.services), *read.files)
        beside = {each.name: each.beside for each in read.services}
        project = read_running(parts, project, name=name, beside=beside)
    if inputs.pasted:
        project = read_running(inputs.pasted, project, name=name)
    if project is None:
        raise BlockedError(
            f"the cluster {clean(cluster.label, 80)} has no services",
            "MedStack's list of them is empty",
            "name another with --cluster NAME, or give what you have with --file FILE",
        )
    return replace(project, name=name)


def _completed(
    found: Inventory, account: Account, cluster: ClusterSeen, read: ClusterRead
) -> Inventory:
    """The inventory with what belongs to the cluster as a whole."""
    region = f"{cluster.provider} {cluster.region}".strip()
    gaps = [*account.gaps, *read.gaps, *found.gaps]
    told = {"region": cluster.region, "infrastructure provider": cluster.provider}
    gaps += [Gap(subject=name, reason="not told") for name, value in told.items() if not value]
    if read.services and not found.domains and not any(g.subject == "host names" for g in gaps):
        gaps.append(
            Gap(subject="host names", reason="no service of the answer has one: is that so?")
        )
    domains = tuple(
        domain.model_copy(update={"target": read.nodes.manager or None, "binds": True})
        for domain in found.domains
    )
    here = region_called(cluster.region, "GET clusters")
    if here is not None and here.region not in {r.region for r in found.cloud.regions}:
        regions = (here, *found.cloud.regions)
        found = found.model_copy(
            update={"cloud": found.cloud.model_copy(update={"regions": regions})}
        )
    return found.model_copy(
        update={
            "region": region,
            "team": account.company,
            "outbound_ips": read.nodes.addresses,
            "answers": answer_shapes(read.services),
            "domains": domains,
            "gaps": tuple(dict.fromkeys(gaps)),
        }
    )
