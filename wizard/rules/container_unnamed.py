"""What no variable tells: ways to services that nothing names, parts that a bare host leaves out,
and addresses that mean the machine itself."""

from collections.abc import Iterator

from wizard.model.inventory import Inventory, SourceDatabase
from wizard.model.mapping import MappedItem
from wizard.model.question import Question
from wizard.rules.container_databases import moved_or_new
from wizard.rules.mapping_facts import MappingFacts

RULES = {
    "H13": "no variable or command that can be read names it: moveday cannot lead the app there",
    "H14": "no variable or command names what they start after: code or a file may",
    "H15": "a managed database has a user, password, name and port of its own",
    "H16": "in a container, localhost is that container: on the new side nothing else is there",
    "H17": "a person says which variable leads there",
    "H18": "a person says that nobody uses it",
    "H19": "the name stands in the app's code, and leads nowhere on the new side",
}


def unnamed_items(facts: MappingFacts) -> Iterator[MappedItem]:
    """One item per database that nothing leads to, and per bare host; one for all services that
    nothing names, and one for all addresses of the machine."""
    led = {r.to for r in facts.inventory.references if r.part == "address"}
    unled = [d for d in facts.inventory.databases if d.image and d.name not in led]
    # A plan needs a variable with the whole address, and says so of each that has none.
    ask = bool(facts.inventory.apps) and not facts.planned
    asked = [d for d in unled if moved_or_new(d)] if ask else []
    for database in asked:
        yield _database(facts, database)
    yield from _unnamed(facts.inventory, {d.name for d in asked})
    yield from _alone(facts.inventory)
    yield from _own(facts.inventory)


def _database(facts: MappingFacts, database: SourceDatabase) -> MappedItem:
    name = database.name
    identity = f"leads/{name}"
    answer = facts.answers.get(identity, "").strip()
    after = [p.name for p in facts.inventory.processes if name in p.after]
    held = [r.variable for r in facts.inventory.references if r.to == name and not r.perhaps]
    near = f"; starting after it: {', '.join(after)}" if after else ""
    near += f"; with its login: {', '.join(dict.fromkeys(held))}" if held else ""
    item = MappedItem(
        group="hosts",
        name=f"way to {name}",
        today="named by no variable",
        becomes="open",
        target=f"the address of the managed database {name}",
        because="H13",
        reason=f"{RULES['H13']}{near}",
    )
    word = answer.lower()
    if word == "none":
        told = {"becomes": "dropped", "target": "nothing", "because": "H18"}
        return item.model_copy(update={**told, "reason": RULES["H18"]})
    if word == "code":
        target = f"let the app read the address of {name} from a variable"
        told = {"becomes": "blocked", "target": target, "because": "H19"}
        return item.model_copy(update={**told, "reason": RULES["H19"]})
    if answer:
        told = {"name": f"{answer} → {name}", "becomes": "rewritten", "because": "H17"}
        return item.model_copy(update={**told, "reason": RULES["H17"]})
    which = f" of {' or '.join(after)}" if after else ""
    question = Question(
        id=identity,
        text=f"Which variable{which} leads to {name}? Its name; “code” if the address stands in the"
        " app's code, “none” if nobody uses it.",
        why=item.reason,
        kind="text",
        flag=f"--answers FILE ({identity})",
    )
    return item.model_copy(update={"question": question})


def _unnamed(inventory: Inventory, asked: set[str]) -> Iterator[MappedItem]:
    """What services of an app start after, without a word of how they reach it; one item."""
    app_of = {p.name: p.app for p in inventory.processes}
    jobs = {p.name for p in inventory.processes if p.job}
    known = (set(app_of) | {d.name for d in inventory.databases}) - jobs - asked
    # Who is told of whom: the one that is waited for may be the one that calls.
    told = {frozenset((r.app, app_of.get(r.to, r.to))) for r in inventory.references}
    waiting: dict[tuple[str, ...], list[str]] = {}
    for app in inventory.apps:
        after = dict.fromkeys(
            name
            for process in inventory.processes
            if process.app == app.name and not process.job
            for name in process.after
            if name in known
            and app_of.get(name) != app.name
            and frozenset((app.name, app_of.get(name, name))) not in told
        )
        if after:
            waiting.setdefault(tuple(after), []).append(app.name)
    if waiting:
        said = (f"{', '.join(apps)} after {', '.join(after)}" for after, apps in waiting.items())
        yield MappedItem(
            group="hosts",
            name="ways that nothing tells",
            today=f"what starts after what: {'; '.join(said)}",
            becomes="told",
            target="where one calls the other: the new address, in its code or its files; the names"
            " of today lead nowhere on the new side",
            because="H14",
            reason=RULES["H14"],
        )


def _alone(inventory: Inventory) -> Iterator[MappedItem]:
    for reference in inventory.references:
        if not reference.alone:
            continue
        names = {"name": "database name", "TLS": "TLS (Aptible's Postgres takes nothing else)"}
        missing = [names.get(part, part) for part in reference.alone]
        yield MappedItem(
            group="hosts",
            name=f"beside {reference.variable}",
            app=reference.app,
            today=f"a host alone; no variable for: {', '.join(missing)}",
            becomes="told",
            target=f"the variables that the app's documents name for it, with what {reference.to}"
            " has on the new side",
            because="H15",
            reason=RULES["H15"],
        )


def _own(inventory: Inventory) -> Iterator[MappedItem]:
    found = inventory.own_addresses
    if not found:
        return
    by_place: dict[tuple[str, int | None, str, str], list[str]] = {}
    for each in found:
        place = (each.variable, each.port, each.to, each.own)
        by_place.setdefault(place, []).append(each.app)
    said = []
    for (variable, port, to, own), apps in by_place.items():
        told = [", ".join(apps)] if len(inventory.apps) > 1 else []
        told += [f"{own}, the service's own name: no host has it on the new side"] if own else []
        told += [f"port {port}"] if port else []
        told += [f"which is that of {to} today"] if to else []
        said.append(f"{variable} ({', '.join(told)})" if told else variable)
    yield MappedItem(
        group="hosts",
        name="addresses with localhost",
        app=inventory.apps[0].name if len(inventory.apps) == 1 else "",
        today="; ".join(said),
        becomes="told",
        target="the public name where browsers or partners use them, the new address where they"
        " mean another service; localhost stays, and takes the place of an own name, only where the"
        " container means itself",
        because="H16",
        reason=RULES["H16"],
    )
