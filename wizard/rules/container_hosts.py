"""Host names of other services: what leads there on the new side, where no such name exists."""

from collections.abc import Iterator

from wizard.model.containers import Reference
from wizard.model.mapping import MappedItem
from wizard.model.question import Question
from wizard.rules.cloud_databases import STAY, question_id
from wizard.rules.mapping_facts import MappingFacts

RULES = {
    "H1": "it leads to a database of the project: becomes the new database's address",
    "H2": "it names another service: becomes the host name of that service's internal endpoint",
    "H3": "it names the proxy, which is not carried over: becomes the public name",
    "H6": "it lets one in at a database of the project: becomes the new database's own",
    "H5": "it belongs to a database that does not move by itself: its value is given by a person",
    "H7": "it names a managed database elsewhere: becomes the new database's address",
    "H8": "it names a database that stays where it is",
    "H9": "another database on a server of which moveday moves one: a person decides about it",
    "H10": "it may lead to a database of the project: a person says whether it does",
    "H11": "a person says that it leads elsewhere",
    "H21": "Aptible's Postgres takes nothing but TLS: it is turned on",
    "H24": "it names a mail relay, which is not carried over: becomes a mail provider's",
    "H22": "it leads to the web page of a mail catcher, which is not carried over",
}
_MADE = {"by-hand": "made and filled by you", "empty": "made by you, empty at first"}


def host_items(facts: MappingFacts) -> Iterator[MappedItem]:
    """One item per reference."""
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
        elif reference.perhaps:
            item = _perhaps(facts, reference, item)
        elif reference.other:
            item = _other(facts, reference, item)
        yield item


def _staying(facts: MappingFacts) -> Iterator[str]:
    for database in facts.inventory.databases:
        if database.managed and facts.answers.get(question_id(database.name), "").strip() == STAY:
            yield database.name


def _reference(reference: Reference, stopped: bool) -> MappedItem:
    rules = {"database": "H5" if stopped else "H1", "app": "H2", "proxy": "H3", "mail": "H24"}
    rule = rules[reference.to_kind]
    if reference.part != "address" and not stopped and reference.to_kind == "database":
        rule = "H21" if reference.part == "TLS" else "H6"
    rule = "H22" if reference.part == "page" else rule
    what = reference.variable or f"command of {reference.process}"
    targets = {
        "H6": f"the {reference.part} of the managed database {reference.to}",
        "H1": f"the address of the managed database {reference.to}",
        "H21": "TLS required: the word that says so in place of today's",
        "H2": f"the internal endpoint of {reference.to}",
        "H3": "the public name",
        "H24": f"the SMTP {'host' if reference.part == 'address' else reference.part} of your mail"
        " provider",
        "H22": "nothing",
        "H5": f"the {reference.part} of what takes the place of {reference.to}",
    }
    return MappedItem(
        group="hosts",
        name=f"{what} → {_of(reference)}",
        app=reference.app,
        today=_today(reference),
        becomes="not carried over" if rule == "H22" else "rewritten",
        target=targets[rule],
        because=rule,
        reason=RULES[rule],
    )


def _today(reference: Reference) -> str:
    if reference.part == "address":
        port = f", port {reference.port}" if reference.port else ""
        return f"leads to {reference.to}{port}"
    if reference.part == "TLS":
        return f"turns TLS off for {reference.to}, or leaves it to chance"
    what = "name of the database" if reference.part == "name" else reference.part
    return f"holds the {what} for {reference.to}"


def _of(reference: Reference) -> str:
    return reference.to if reference.part == "address" else f"{reference.part} of {reference.to}"


def _perhaps(facts: MappingFacts, reference: Reference, item: MappedItem) -> MappedItem:
    identity = reference.question_id
    answer = facts.answers.get(identity, "")
    if answer == "yes":
        return item
    if answer == "no":
        kept = {"becomes": "kept", "target": "as it is", "because": "H11", "reason": RULES["H11"]}
        return item.model_copy(update=kept)
    holds = "lead to" if reference.part == "address" else f"hold the {reference.part} for"
    question = Question(
        id=identity,
        text=f"Does {reference.variable} of {reference.app} {holds} {reference.to}?",
        why=f"{reference.perhaps}; left as it is, the new side would go on using the old database",
        kind="choice",
        choices=("yes", "no"),
        flag=f"--answers FILE ({identity})",
        outcomes={"yes": f"it becomes {item.target}", "no": "it is kept as it is"},
    )
    update = {"becomes": "open", "because": "H10", "reason": RULES["H10"], "question": question}
    return item.model_copy(update=update)


def _other(facts: MappingFacts, reference: Reference, item: MappedItem) -> MappedItem:
    """A variable for a second database of one server: that one is never merged with the first."""
    server = reference.to
    app, _, variable = reference.other.partition("/")
    name = f"the database in {variable} of {app}"
    identity = f"other-database/{server}/{reference.other}"
    answer = facts.answers.get(identity, "")
    told = {"today": f"leads to another database on {server}", "because": "H9"}
    item = item.model_copy(update={**told, "reason": RULES["H9"]})
    if answer == "leave":
        return item.model_copy(update={"becomes": "not carried over", "target": "nothing"})
    made = _MADE.get(answer, "made and filled by you, or left behind")
    item = item.model_copy(
        update={
            "becomes": "given by a person",
            "target": f"{name}, on the managed database {server}: {made}",
        }
    )
    if answer:
        return item
    question = Question(
        id=identity,
        text=f"What becomes of {name}? It is another one on {server}.",
        why=f"variables lead to several databases of {server}; a managed Postgres can hold several"
        " too, and moveday makes and fills one of them",
        kind="choice",
        choices=("by-hand", "empty", "leave"),
        flag=f"--answers FILE ({identity})",
        outcomes={
            "by-hand": "you make it on the new server, and copy its data",
            "empty": "you make it on the new server, and the app fills it",
            "leave": "it stays behind, and nothing leads to it",
        },
    )
    return item.model_copy(update={"becomes": "open", "question": question})
