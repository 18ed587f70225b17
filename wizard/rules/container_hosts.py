"""Host names of other services: what leads there on the new side, where no such name exists."""

from collections.abc import Iterator

from wizard.model.containers import Reference
from wizard.model.mapping import MappedItem
from wizard.rules import pricing
from wizard.rules.cloud_databases import STAY, question_id
from wizard.rules.mapping_facts import MappingFacts

RULES = {
    "H1": "it names a database by its service: becomes the new database's address",
    "H2": "it names another service: becomes the host name of that service's internal endpoint",
    "H3": "it names the proxy, which is not carried over: becomes the public name",
    "H4": "other services reach it by name: it gets an endpoint inside the stack",
    "H6": "it lets one in at a database by its service: becomes the new database's own",
    "H5": "it names a database that does not move by itself: its address is given by a person",
    "H7": "it names a managed database elsewhere: becomes the new database's address",
    "H8": "it names a database that stays where it is",
    "H9": "it names a mail relay, which is not carried over: becomes a mail provider's",
}


def host_items(facts: MappingFacts) -> Iterator[MappedItem]:
    """One item per reference, and one per service that others reach."""
    stopped = {
        d.name
        for d in facts.inventory.databases
        if d.engine not in ("postgres", "redis", "rabbitmq")
    }
    staying = set(_staying(facts))
    managed = {d.name for d in facts.inventory.databases if d.managed}
    for reference in facts.inventory.references:
        item = _reference(reference, reference.to in stopped)
        if reference.to in staying:
            kept = {"becomes": "kept", "target": "as it is", "because": "H8", "reason": RULES["H8"]}
            item = item.model_copy(update=kept)
        elif reference.to in managed and item.because == "H1":
            item = item.model_copy(update={"because": "H7", "reason": RULES["H7"]})
        yield item
    apps = {p.name: p.app for p in facts.inventory.processes}
    reached = [r.to for r in facts.inventory.references if r.to_kind == "app"]
    for name in dict.fromkeys(reached):
        ports = {r.port for r in facts.inventory.references if r.to == name and r.port}
        port = str(min(ports)) if ports else "PORT"
        command = facts.by_hand(
            "create-endpoint",
            app=apps.get(name, name),
            environment=facts.plan.target.environment,
            service=name,
            port=port,
        )
        yield MappedItem(
            group="hosts",
            name=name,
            app=apps.get(name, ""),
            today="reached by its name inside the network",
            becomes="endpoint",
            target=f"an internal HTTPS endpoint to port {port}: https:// and port 443 for callers",
            because="H4",
            reason=RULES["H4"],
            monthly_cents=pricing.endpoint(facts.rates),
            by_hand=(f"{command} --internal",),
        )


def _staying(facts: MappingFacts) -> Iterator[str]:
    for database in facts.inventory.databases:
        if database.managed and facts.answers.get(question_id(database.name), "").strip() == STAY:
            yield database.name


def _reference(reference: Reference, stopped: bool) -> MappedItem:
    rules = {"database": "H5" if stopped else "H1", "app": "H2", "proxy": "H3", "mail": "H9"}
    rule = rules[reference.to_kind]
    if reference.part != "address" and not stopped:
        rule = "H6"
    what = reference.variable or f"command of {reference.process}"
    targets = {
        "H6": f"the {reference.part} of the managed database {reference.to}",
        "H1": f"the address of the managed database {reference.to}",
        "H2": f"the internal endpoint of {reference.to}",
        "H3": "the public name",
        "H9": "the SMTP host of your mail provider",
        "H5": f"the address of what takes the place of {reference.to}",
    }
    port = f":{reference.port}" if reference.port else ""
    return MappedItem(
        group="hosts",
        name=f"{what} → {_of(reference)}",
        app=reference.app,
        today=f"names {_of(reference)}{port}",
        becomes="rewritten",
        target=targets[rule],
        because=rule,
        reason=RULES[rule],
    )


def _of(reference: Reference) -> str:
    return reference.to if reference.part == "address" else f"{reference.part} of {reference.to}"
