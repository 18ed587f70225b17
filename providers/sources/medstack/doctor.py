"""Does a real MedStack account answer in the shapes that moveday reads? Reading calls only."""

from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

from pydantic import BaseModel

from providers.account_visit import Reply, Visit
from providers.sources.medstack import shapes
from providers.sources.medstack.client import client_for, segment
from providers.sources.medstack.counts import replicas, running
from providers.sources.medstack.hosts import api_url
from providers.sources.medstack.learnt import learn_values
from providers.sources.medstack.nodes import nodes_in
from providers.sources.medstack.service_object import Answered, answered
from providers.sources.medstack.trees import trees_of
from providers.sources.medstack.trouble import SIGN_IN_COMMAND, missing_token
from providers.sources.medstack.unverified import FACTS
from wizard.clock import SYSTEM_CLOCK, Clock
from wizard.model.doctor import AccountHealth, Finding
from wizard.ports.vault import Vault
from wizard.safety.clean import clean

_MOST_CLUSTERS = 5


class MedStackDoctor:
    """Implements wizard.ports.doctor.AccountDoctor. `cluster` "" looks at the first ones."""

    side = "MedStack"

    def __init__(
        self, cluster: str, environ: Mapping[str, str], vault: Vault, clock: Clock
    ) -> None:
        token = vault.get("medstack", "api-token")
        if token is None:
            raise missing_token()
        url = api_url(environ)
        self._client = client_for(url, token, clock)
        self._host = urlsplit(url).netloc
        self._wanted = cluster.strip().casefold()
        self._visit = Visit(clock, FACTS)
        self._learnt: dict[str, bool | None] = {}

    async def close(self) -> None:
        """Close all connections."""
        await self._client.close()

    async def examine(self) -> AccountHealth:
        """The company, its clusters, and what is in them."""
        findings = await self._company()
        return self._visit.health(self.side, self._host, findings)

    async def _company(self) -> list[Finding]:
        reply = await self._get("companies/current")
        company = _inside(reply.document)
        if not reply.ok:
            return [_no_way_in(reply)]
        items = [company] if isinstance(company, Mapping) else None
        self._visit.judge("GET /companies/current", shapes.Company, reply, items)
        identity = company.get("id") if isinstance(company, Mapping) else None
        if not isinstance(identity, str):
            return [_signed_in(""), _no_id()]
        name = company.get("name") if isinstance(company, Mapping) else ""
        findings = [_signed_in(name if isinstance(name, str) else "")]
        return findings + await self._clusters(f"companies/{segment(identity)}/clusters")

    async def _clusters(self, path: str) -> list[Finding]:
        reply = await self._get(path)
        found = self._judged("GET /companies/{company}/clusters", shapes.Cluster, reply)
        there = [each for each in found if isinstance(each.get("id"), str)]
        chosen = [
            each
            for each in there
            if not self._wanted
            or self._wanted in (str(each.get("label", "")).casefold(), str(each["id"]).casefold())
        ]
        for cluster in chosen[:_MOST_CLUSTERS]:
            await self._cluster(f"{path}/{segment(str(cluster['id']))}")
        return [_clusters_seen([str(each.get("label", "")) for each in there], len(chosen))]

    async def _cluster(self, path: str) -> None:
        reply = await self._get(f"{path}/services")
        things = _things(reply.document)
        swarm = any("Spec" in each for each in things)
        shape: type[BaseModel] = shapes.SwarmService if swarm else shapes.OwnService
        self._judged("GET …/services", shape, reply)
        read = [answered(tree) for tree in trees_of(things)]
        if things:
            first = things[0].get("id") or things[0].get("ID")
            if isinstance(first, str):
                one = await self._get(f"{path}/services/{segment(first)}")
                self._learn("service-one", one.ok, f"status {one.status}")
                inner = _inside(one.document)
                whole = isinstance(inner, Mapping) and all(each.shape == "thin" for each in read)
                if whole and isinstance(inner, Mapping):
                    self._visit.judge("GET …/services/{id}", shapes.OwnService, one, [inner])
                    read = [answered(tree) for tree in trees_of([inner])]
        self._services(read)
        for what in ("secrets", "configs"):
            listed = await self._get(f"{path}/{what}")
            named = shapes.SwarmNamed if swarm else shapes.Named
            self._judged(f"GET …/{what}", named, listed, absent_ok=(404,))
            self._learn(f"{what}-list", listed.ok, f"status {listed.status}")
        nodes = await self._get(f"{path}/nodes")
        self._judged("GET …/nodes", shapes.Node, nodes, absent_ok=(404,))
        seen = nodes_in(trees_of(_things(nodes.document)))
        told = f"{len(seen.addresses)} addresses, manager {'told' if seen.manager else 'not told'}"
        self._learn(
            "nodes-list", nodes.ok and bool(seen.manager), told if nodes.ok else str(nodes.status)
        )

    def _services(self, read: Sequence[Answered]) -> None:
        """What the services of one cluster say about the facts."""
        if not read:
            return
        shown = ", ".join(sorted({each.shape for each in read}))
        self._learn("service-shape", "thin" not in shown, shown)
        without = [each for each in read if "environment" in each.beside.untold]
        self._learn(
            "service-env", not without, f"told by {len(read) - len(without)} of {len(read)}"
        )
        for fact, tell in (("replicas-told", replicas), ("running-told", running)):
            told = sum(tell(each) is not None for each in read)
            self._learn(fact, told == len(read), f"told by {told} of {len(read)}")
        hosts = any(each.beside.served for each in read)
        untold = all("served" in each.beside.untold for each in read)
        swarm = all(each.shape == "swarm" for each in read)
        named = True if hosts else False if untold and not swarm else None
        self._learn("service-domains", named, _domains(swarm, hosts))

    def _learn(self, fact: str, good: bool | None, seen: str) -> None:
        """Over all clusters: what contradicts a fact stays, and confirming is more than nothing."""
        before = self._learnt.get(fact)
        if before is False or (before is True and good is None):
            return
        self._learnt[fact] = good
        self._visit.turned_out(fact, good, seen)

    async def _get(self, path: str) -> Reply:
        reply = await self._visit.get(self._client, path)
        learn_values(reply.document)
        if reply.ok and isinstance(reply.document, Mapping) and "data" in reply.document:
            beside = {"has_more", "next", "next_page", "next_page_url"} & reply.document.keys()
            more = [name for name in beside if reply.document[name]]
            self._learn("one-page", not more, ", ".join(sorted(more)))
        return reply

    def _judged(
        self,
        call: str,
        shape: type[BaseModel],
        reply: Reply,
        absent_ok: Sequence[int] = (),
    ) -> list[Mapping[str, object]]:
        document = reply.document
        inner = document.get("data") if isinstance(document, Mapping) else document
        items = inner if isinstance(inner, list) else None
        self._visit.judge(call, shape, reply, items, absent_ok=absent_ok)
        return _things(document)


def open_doctor(
    cluster: str, environ: Mapping[str, str], vault: Vault, clock: Clock = SYSTEM_CLOCK
) -> MedStackDoctor:
    """Nothing is called yet. Raises BlockedError without a token, UsageError for a foreign host."""
    return MedStackDoctor(cluster, environ, vault, clock)


def _inside(document: object) -> object:
    inner = document.get("data") if isinstance(document, Mapping) else None
    return inner if isinstance(inner, Mapping) else document


def _things(document: object) -> list[Mapping[str, object]]:
    inner = document.get("data") if isinstance(document, Mapping) else document
    return [each for each in inner if isinstance(each, Mapping)] if isinstance(inner, list) else []


def _domains(swarm: bool, hosts: bool) -> str:
    if hosts:
        return "told"
    return "labels, perhaps" if swarm else "no field of those names"


def _no_way_in(reply: Reply) -> Finding:
    refused = reply.status == 401
    return Finding(
        id="medstack-token",
        group="sign-in",
        state="fail",
        seen="MedStack does not accept the token" if refused else f"no answer: {reply.trouble}",
        means="it is wrong, or was deleted" if refused else "nothing else could be looked at",
        todo=f"run {SIGN_IN_COMMAND}" if refused else "check the network, then try again",
    )


def _signed_in(company: str) -> Finding:
    return Finding(
        id="medstack-token",
        group="sign-in",
        state="ok" if company else "warn",
        seen=f"the token is accepted, for {clean(company, 80) or 'a company that is not told'}",
    )


def _no_id() -> Finding:
    return Finding(
        id="medstack-company",
        group="sign-in",
        state="fail",
        seen="MedStack does not tell the company's id",
        means="every other call needs it",
        todo="tell us which fields GET /companies/current has (names only)",
    )


def _clusters_seen(labels: Sequence[str], chosen: int) -> Finding:
    shown = ", ".join(clean(label, 60) for label in labels) or "none"
    looked = f"; {min(chosen, _MOST_CLUSTERS)} looked at" if len(labels) != chosen else ""
    return Finding(
        id="medstack-clusters",
        group="limits",
        state="ok" if chosen else "warn",
        seen=f"{len(labels)} clusters: {shown}{looked}",
        means="" if chosen else "there is nothing that could be looked at",
        todo="" if chosen else "look for which company the token was made",
    )
