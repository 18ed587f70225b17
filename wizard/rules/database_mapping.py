"""The databases of a mapping: what each becomes, with reasons, costs and open questions."""

from collections.abc import Iterator

from wizard.errors import BlockedError
from wizard.model.inventory import SourceDatabase
from wizard.model.mapping import MappedItem
from wizard.model.plan import DatabaseChoice
from wizard.model.question import Question
from wizard.rules import pricing
from wizard.rules.addons import DECIDED, choice_for
from wizard.rules.cloud_databases import cloud_database
from wizard.rules.container_databases import NAMES, container_database, settings_item
from wizard.rules.container_unplanned import unplanned_database
from wizard.rules.databases import (
    RULES,
    choose_image,
    disk_too_small,
    gigabytes,
    out_of_reach,
    proposed_size,
    undocumented,
    version_reason,
)
from wizard.rules.mapping_facts import MappingFacts


def database_items(facts: MappingFacts) -> Iterator[MappedItem]:
    """One item per database of the source."""
    choices = {choice.variable: choice for choice in facts.plan.databases}
    for database in facts.inventory.databases:
        yield _item(facts, database, choices.get(database.variable))
        settings = settings_item(database)
        if settings is not None:
            yield settings


def _item(
    facts: MappingFacts, database: SourceDatabase, choice: DatabaseChoice | None
) -> MappedItem:
    if choice is not None:
        return _moving(facts, database, choice)
    if facts.planned:
        return unplanned_database(facts, database) or _undecided(facts, database)
    if database.image:
        return container_database(facts, database)
    return cloud_database(facts, database) if database.managed else _undecided(facts, database)


def _moving(facts: MappingFacts, database: SourceDatabase, choice: DatabaseChoice) -> MappedItem:
    said, version, question = _version(facts, database, choice)
    said += [
        f"{choice.disk_gb} GB disk, {_size(database)} today",
        _memory_words(database, choice),
    ]
    if choice.move_data:
        question = question or _disk_question(database, choice)
        question = question or _extension_question(facts, database, version)
        if choice.route == "runner":
            said.append("a runner beside it moves the data: moveday.yaml says route: runner")
        if choice.route == "job":
            said.append("a job beside the old one copies the data: moveday.yaml says route: job")
        elif out_of_reach(database):
            said.append(
                f"moveday.yaml says route: {choice.route}, so this machine has to reach the old"
                " one: where only its platform's containers do, say route: job"
            )
    addon = next((a for a in facts.inventory.addons if a.name == database.name), None)
    if addon is not None and addon.shared_with:
        said.append(f"also used by {', '.join(addon.shared_with)}, which stay on the old one")
    rule = "D1" if choice.move_data else "D2"
    return MappedItem(
        group="databases",
        name=database.name,
        today=_today(database),
        becomes="database",
        target=f"{choice.handle}: {choice.engine} {version or 'of a version not known yet'},"
        f" {choice.disk_gb} GB, {choice.memory_mb} MB",
        because=rule,
        reason=f"{RULES[rule]}; {'; '.join(said)}",
        today_cents=_cents_today(facts, database),
        monthly_cents=pricing.together(
            pricing.containers(1, choice.memory_mb, facts.rates),
            pricing.disk(choice.disk_gb, facts.rates),
        ),
        question=question,
        by_hand=(
            facts.command(
                "create-database",
                database=choice.handle,
                engine="postgresql" if choice.engine == "postgres" else choice.engine,
                version=version,
                disk=str(choice.disk_gb),
                memory=str(choice.memory_mb),
            ),
        ),
    )


def _version(
    facts: MappingFacts, database: SourceDatabase, choice: DatabaseChoice
) -> tuple[list[str], str, Question | None]:
    """Words about the version, the version ("" when not known), and what is to be decided."""
    if facts.images is None:
        return [f"version: unknown, {facts.missing}"], choice.version, None
    try:
        image = choose_image(facts.images, choice, database.version)
    except BlockedError as error:
        question = Question(
            id=f"database/{database.variable}/version",
            text=f"Which version shall {choice.handle} have? {error.title}; {error.detail}.",
            why="a database never goes down a major version by itself",
            kind="text",
            flag=f"--answers FILE (database/{database.variable}/version)",
        )
        return [error.title], "", question
    untold: Question | None = None
    if facts.planned and choice.move_data and not (database.version or choice.version):
        untold = _told_by_nobody(database, image.version)
    return [version_reason(image, choice, database.version)], image.version, untold


def _told_by_nobody(database: SourceDatabase, proposed: str) -> Question:
    identity = f"database/{database.variable}/version"
    return Question(
        id=identity,
        text=f"Which version of Postgres shall take the place of {database.name}?",
        why="neither the account nor a file tells today's (SHOW server_version does), and a"
        " database never goes down a major version",
        kind="text",
        default=proposed,
        flag=f"--answers FILE ({identity})",
    )


def _undecided(facts: MappingFacts, database: SourceDatabase) -> MappedItem:
    addon = next((a for a in facts.inventory.addons if a.name == database.name), None)
    choice = choice_for(addon, facts.inventory, facts.plan) if addon else None
    if choice is not None:
        stays = choice.action == "stay"
        return MappedItem(
            group="databases",
            name=database.name,
            today=_today(database),
            becomes="stays behind" if stays else "dropped",
            target="the app goes on using it where it is" if stays else choice.by or "nothing",
            because=DECIDED,
            reason=choice.reason or f"the plan says {choice.action}",
            today_cents=_cents_today(facts, database),
            monthly_cents=_cents_today(facts, database) if stays else 0,
        )
    size = proposed_size(database)
    kind = (
        "Postgres"
        if database.engine == "postgres"
        else f"{NAMES[database.engine]}, which starts empty"
    )
    name = database.variable or database.name
    return MappedItem(
        group="databases",
        name=database.name,
        today=_today(database),
        becomes="open",
        target=f"a managed {kind}: {size.disk_gb} GB, {size.memory_mb} MB",
        because="D3",
        reason=f"{RULES['D3']}; proposed: {size.disk_reason}; {size.memory_reason}",
        today_cents=_cents_today(facts, database),
        monthly_cents=None,
        question=Question(
            id=f"database/{name}",
            text=f"Does {database.name} ({name}) move to a managed {kind}?",
            why="left where it is, the new side would read and write the old one",
            kind="choice",
            choices=("move", "leave"),
            flag=f"--answers FILE (database/{name})",
        ),
    )


def _disk_question(database: SourceDatabase, choice: DatabaseChoice) -> Question | None:
    if not disk_too_small(database, choice):
        return None
    size = proposed_size(database)
    return Question(
        id=f"database/{database.variable}/disk",
        text=f"How large shall the disk of {choice.handle} be, in GB?",
        why=f"{choice.disk_gb} GB are too few for {_size(database)}; {size.disk_gb} are proposed",
        kind="text",
        default=str(size.disk_gb),
        flag=f"--answers FILE (database/{database.variable}/disk)",
    )


def _extension_question(
    facts: MappingFacts, database: SourceDatabase, version: str
) -> Question | None:
    missing = undocumented(database, version) if version else ()
    if not missing:
        return None
    names = ", ".join(missing)
    identity = f"database/{database.variable}/extensions/{'+'.join(missing)}"
    if identity in facts.settled:
        return None
    return Question(
        id=identity,
        text=f"What do you know about {names} on Aptible's Postgres {version}?",
        why="Aptible's documents do not name it for this version: ask its support, or look at"
        " pg_available_extensions after moveday deploy; a rehearsal shows it for sure",
        kind="text",
        flag=f"--answers FILE ({identity})",
    )


def _today(database: SourceDatabase) -> str:
    version = f"{database.engine} {database.version}".strip()
    return f"{version}, {_size(database)}, {database.plan}"


def _size(database: SourceDatabase) -> str:
    return "size unknown" if database.size_bytes is None else gigabytes(database.size_bytes)


def _memory_words(database: SourceDatabase, choice: DatabaseChoice) -> str:
    today = database.memory_mb
    if today is None:
        return f"{choice.memory_mb} MB of memory, today's is not known"
    less = ", which is less" if choice.memory_mb < today else ""
    return f"{choice.memory_mb} MB of memory for {today} MB today{less}"


def _cents_today(facts: MappingFacts, database: SourceDatabase) -> int | None:
    addon = next((a for a in facts.inventory.addons if a.name == database.name), None)
    if addon is None:
        return None
    elsewhere = addon.billed_to not in ("", facts.inventory.app)
    return 0 if elsewhere else addon.monthly_cents
