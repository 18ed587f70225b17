"""Published ports: an endpoint where HTTP is spoken, a stop where the target has no counterpart."""

from collections.abc import Iterator

from wizard.model.containers import Entry
from wizard.model.mapping import Becomes, MappedItem
from wizard.model.question import Question
from wizard.rules import pricing
from wizard.rules.container_visitors import answered_way, asks_for_a_way, open_way
from wizard.rules.container_volumes import steers_engine
from wizard.rules.mapping_facts import MappingFacts

RULES = {
    "E1": "a published port of a web service becomes an HTTPS endpoint",
    "E2": "Aptible takes no UDP in, nor SCTP",
    "E3": "this port speaks no HTTP: moveday makes HTTPS endpoints only",
    "E4": "it is open on the machine itself only: nobody outside reaches it",
    "E5": "TLS ends at the endpoint, which sends plain HTTP to the service's other port",
    "E7": "a debugger's port, or one of tools for developers",
    "E8": "a proxy leads to it, and no file tells on which port it listens",
    "E9": "a proxy leads to it today: an HTTPS endpoint leads to it in that one's place",
    "E13": "no HTTP is spoken to it today, and HTTPS endpoints speak nothing else",
    "E14": "the same port takes TCP: UDP there is HTTP/3, and browsers do without",
    "E12": "its service needs what no container of Aptible has: without it there is no way in",
    "E6": "a host name leads here already: its endpoint is for this port",
}
_TOOLS = frozenset({5005, 9229, 9230, 35729})
_ALSO_APPS = frozenset({5005})
"""Ports of debuggers that apps have too: told by another port beside them."""
RAW = frozenset(
    {
        *(20, 21, 22, 23, 25, 53, 67, 69, 110, 111, 123, 137, 139, 143, 161, 389, 445, 465, 500),
        *(514, 587, 636, 853, 873, 989, 990, 993, 995, 1194, 1433, 1521, 1723, 1883, 2022, 2049),
        *(2222, 3306, 3389, 3478, 4190, 4222, 4500, 5044, 5060, 5222, 5269, 5349, 5432, 5671),
        *(5433, 5672, 6379, 6380, 6432, 6543, 6667, 6697, 7687, 8883, 9042, 9092, 9093, 9094),
        *(1025, 2181, 2525, 3307, 4317, 9300, 11211, 25565, 26379, 27017, 27018, 50000, 50051),
        *(51820, 61613, 61616),
    }
)
"""Ports whose protocols are no HTTP (IANA's registry, and the usual ones of well-known servers)."""


def port_items(facts: MappingFacts) -> Iterator[MappedItem]:
    """One item per published port of a service that becomes a part of an app."""
    jobs = {p.name for p in facts.inventory.processes if p.job}
    for entry in facts.inventory.entries:
        if entry.process not in jobs:
            yield _entry(facts, entry)
    if asks_for_a_way(facts):
        told = answered_way(facts)
        yield from [_endpoint(facts, told)] if told else open_way(facts)


def _entry(facts: MappingFacts, entry: Entry) -> MappedItem:
    served = [d for d in facts.inventory.domains if d.process == entry.process]
    others = {
        other.port
        for other in facts.inventory.entries
        if other.process == entry.process and other.protocol == "tcp" and not other.local
    }
    if entry.protocol == "udp" and entry.port == 443 and 443 in others:
        return _item(entry, "dropped", "nothing: HTTP/2 and HTTP/1.1 of the endpoint", "E14")
    if entry.protocol != "tcp":
        return _item(
            entry,
            "blocked",
            "another way for it: a vendor, or a machine of your own elsewhere",
            "E2",
        )
    if entry.speaks:
        return _no_http(entry)
    if entry.port is None:
        return _which(facts, entry)
    if entry.port in _TOOLS and (entry.port not in _ALSO_APPS or others - _TOOLS):
        return _item(entry, "not carried over", "nothing: it is for whoever writes the app", "E7")
    if any(d.port == entry.port for d in served):
        return _item(entry, "endpoint", "the endpoint of its host name", "E6")
    if entry.local and entry.port not in RAW and not served and not _in_front(facts):
        return _asked(facts, entry)
    if entry.local:
        return _item(
            entry, "not carried over", "nothing: reached from inside, or by a tunnel", "E4"
        )
    if entry.port in RAW or _media(facts, entry):
        return _item(
            entry,
            "blocked",
            "decide: an Aptible TCP endpoint made by hand (its deploys stop the old container"
            " first), or leave it out",
            "E3",
        )
    if steers_engine(facts, entry.process):
        return _item(entry, "not carried over", "nothing: see what is mounted into it", "E12")
    if entry.port in (443, 8443) and (others - {443, 8443} - RAW):
        return _item(entry, "dropped", "the endpoint's own TLS", "E5")
    if any(d.port is None for d in served):
        return _item(entry, "endpoint", "the endpoint of its host name", "E6")
    return _endpoint(facts, entry)


def _media(facts: MappingFacts, entry: Entry) -> bool:
    """Whether sound and pictures of calls come in there: by UDP, and by TCP where that is shut."""
    twins = [e for e in facts.inventory.entries if e.process == entry.process]
    return entry.port not in (80, 443) and any(
        other.port == entry.port and other.protocol == "udp" for other in twins
    )


def _no_http(entry: Entry) -> MappedItem:
    """A port that a proxy speaks another protocol to: the row of that proxy stops the move."""
    grpc = entry.speaks == "gRPC"
    target = (
        "decide: a gRPC endpoint of Aptible's, made by hand (aptible endpoints:grpc:create)"
        if grpc
        else f"nothing: {entry.speaks}, which a web server in the same container speaks to it; the"
        " endpoint leads to that one's port"
    )
    return _item(entry, "blocked" if grpc else "not carried over", target, "E13")


def _in_front(facts: MappingFacts) -> bool:
    return any(
        wish.kind in ("proxy", "gateway", "paths", "serves") for wish in facts.inventory.wishes
    )


def _asked(facts: MappingFacts, entry: Entry) -> MappedItem:
    """A port of the machine itself, with no proxy among the services: perhaps one beside them."""
    identity = f"port/{entry.process}/{entry.port}"
    answer = facts.answers.get(identity, "")
    if answer == "endpoint":
        return _endpoint(facts, entry)
    if answer:
        return _item(entry, "not carried over", "nothing: reached from inside", "E4")
    question = Question(
        id=identity,
        text=f"Do visitors reach {entry.process} (port {entry.port})?",
        why="it is open on the machine itself only: a proxy beside the project may lead to it",
        kind="choice",
        choices=("endpoint", "inside"),
        flag=f"--answers FILE ({identity})",
    )
    item = _item(entry, "open", "an HTTPS endpoint, or nothing", "E4")
    return item.model_copy(update={"question": question})


def _which(facts: MappingFacts, entry: Entry) -> MappedItem:
    identity = f"port/{entry.process}"
    answer = facts.answers.get(identity, "")
    if answer.isdigit():
        return _endpoint(facts, entry.model_copy(update={"port": int(answer)}))
    question = Question(
        id=identity,
        text=f"On which port does {entry.process} listen?",
        why=RULES["E8"],
        kind="text",
        flag=f"--answers FILE ({identity})",
    )
    item = _item(entry, "open", "an HTTPS endpoint to that port", "E8")
    return item.model_copy(update={"question": question})


def _endpoint(facts: MappingFacts, entry: Entry) -> MappedItem:
    command = facts.by_hand(
        "create-endpoint",
        app=entry.app,
        environment=facts.plan.target.environment,
        service=entry.process,
        port=str(entry.port),
    )
    item = _item(
        entry,
        "endpoint",
        f"an HTTPS endpoint to port {entry.port} of the container, on the default domain until a"
        " name of yours leads there",
        "E9" if entry.proxied else "E1",
    )
    cents = pricing.endpoint(facts.rates)
    return item.model_copy(update={"monthly_cents": cents, "by_hand": (command,)})


_LOOP = (
    "; let that port serve plain HTTP first: today it only leads to https://, and behind the"
    " endpoint that is a loop"
)


def _item(entry: Entry, becomes: Becomes, target: str, because: str) -> MappedItem:
    outside = f"{entry.published}:" if entry.published else ""
    port = "a port that is not told" if entry.port is None else f"{entry.port}/{entry.protocol}"
    return MappedItem(
        group="ports",
        name=f"{entry.process} {port}",
        app=entry.app,
        today=f"published as {outside}{port}" if entry.published else f"open: {port}",
        becomes=becomes,
        target=target + (_LOOP if entry.to_https and becomes == "endpoint" else ""),
        because=because,
        reason=RULES[because],
    )
