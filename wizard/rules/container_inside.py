"""Services that others reach by name: an endpoint inside the stack for each of their ports."""

import re
from collections.abc import Iterator

from wizard.model.containers import Reference
from wizard.model.mapping import MappedItem
from wizard.rules import pricing
from wizard.rules.container_ports import RAW
from wizard.rules.mapping_facts import MappingFacts

RULES = {
    "H4": "other services reach it by name: it gets an endpoint inside the stack",
    "H12": "other services reach it by name, by a protocol that moveday makes no endpoint for",
}
_GRPC = frozenset({50051, 50052, 4317})
_SAYS_GRPC = re.compile(r"GRPC", re.IGNORECASE)


def inside_items(facts: MappingFacts) -> Iterator[MappedItem]:
    """One item per service that others reach, and port."""
    found: dict[str, list[Reference]] = {}
    for reference in facts.inventory.references:
        if reference.to_kind == "app":
            found.setdefault(reference.to, []).append(reference)
    for name, references in found.items():
        ports: list[int | None] = [*sorted({r.port for r in references if r.port})]
        for port in ports or [_only_port(facts, name)]:
            called = name if len(ports) < 2 else f"{name} {port}"
            spoken = _spoken(references, port)
            yield (
                _by_hand(facts, name, called, port, spoken)
                if spoken
                else _https(facts, name, called, port)
            )


def _only_port(facts: MappingFacts, name: str) -> int | None:
    entries = [e for e in facts.inventory.entries if e.process == name and e.protocol == "tcp"]
    ports = {e.port for e in entries if e.port} - RAW
    return ports.pop() if len(ports) == 1 else None


def _spoken(references: list[Reference], port: int | None) -> str:
    """The protocol of a port, where it is none that HTTPS endpoints take."""
    here = [r for r in references if r.port == port]
    if port in _GRPC or any(_SAYS_GRPC.search(r.variable) for r in here):
        return "gRPC"
    return "TCP" if port in RAW else ""


def _by_hand(
    facts: MappingFacts, name: str, called: str, port: int | None, spoken: str
) -> MappedItem:
    kind = "gRPC" if spoken == "gRPC" else "TCP"
    return MappedItem(
        group="hosts",
        name=called,
        app=_app(facts, name),
        today=f"reached by its name inside the network, port {port}: {spoken}, no plain HTTP",
        becomes="blocked",
        target=f"decide: an internal {kind} endpoint of Aptible's, made by hand (aptible"
        f" endpoints:{kind.lower()}:create --internal), or another way for these two to talk",
        because="H12",
        reason=RULES["H12"],
    )


def _https(facts: MappingFacts, name: str, called: str, port: int | None) -> MappedItem:
    shown = str(port) if port else "PORT"
    command = facts.by_hand(
        "create-endpoint",
        app=_app(facts, name) or name,
        environment=facts.plan.target.environment,
        service=name,
        port=shown,
    )
    to = f"port {port}" if port else "a port that no file tells"
    return MappedItem(
        group="hosts",
        name=called,
        app=_app(facts, name),
        today="reached by its name inside the network",
        becomes="endpoint",
        target=f"an internal HTTPS endpoint to {to}: https:// and port 443 for callers",
        because="H4",
        reason=RULES["H4"],
        monthly_cents=pricing.endpoint(facts.rates),
        by_hand=(f"{command} --internal",),
    )


def _app(facts: MappingFacts, process: str) -> str:
    return next((p.app for p in facts.inventory.processes if p.name == process), "")
