"""Managed databases of Azure that variables name: moved, left there, or named as not yet.

Facts about Azure: Microsoft Learn. An address tells neither version nor size, nor whether it
lets anybody in from outside its network.
"""

import re
import shlex

from wizard.model.cloud import CloudDatabase, names_in
from wizard.model.inventory import SourceDatabase
from wizard.model.mapping import MappedItem
from wizard.model.question import Question
from wizard.rules.container_databases import database_item, managed_item
from wizard.rules.databases import proposed_size
from wizard.rules.mapping_facts import MappingFacts

RULES = {
    "D6": "moveday does not move its data yet: this stops here until a person has a way for it",
    "D9": "a managed database at Azure becomes a managed one here; its data is copied and proven",
    "D10": "a person says that it stays at Azure",
    "D11": "it is at Azure, not on the platform that is left: the app goes on using it",
}
STAY = "stay"
_VERSION = re.compile(r"\d{1,2}(?:\.\d{1,3})?")
LET_IN = (
    "where it is; its firewall has to let in the new stack's outbound addresses, and a server that"
    " is closed to the outside cannot be reached from there at all"
)
_DUMP = (
    "mysqldump --host {server}.mysql.database.azure.com --user USER --password --ssl-mode=REQUIRED"
    " --single-transaction --quick --routines --triggers --events --set-gtid-purged=OFF"
    " --no-tablespaces --column-statistics=0 DATABASE"
)
"""Its password is asked for; flags: the dump guide for Azure Database for MySQL, the last three
inferred."""


def question_id(database: str) -> str:
    """The question about a managed database's version, and whether it moves."""
    return f"database/{database}/version"


def cloud_database(facts: MappingFacts, database: SourceDatabase) -> MappedItem:
    """The item of one that no line of the plan names."""
    seen = _seen(facts, database)
    today = f"{'Postgres' if database.engine == 'postgres' else 'MySQL'}, {database.plan}"
    if seen is not None:
        today += f", named by {names_in(seen.stands_in)}"
    if database.engine != "postgres":
        return _not_yet(database, today)
    answer = facts.answers.get(question_id(database.name), "").strip()
    if answer.lower() == STAY:
        return database_item(database, today, "stays behind", LET_IN, "D10", RULES["D10"])
    version = answer if _VERSION.fullmatch(answer) else ""
    known = database.model_copy(update={"version": version})
    item = managed_item(facts, known, today, "D9", "; ".join(_said(known, seen)))
    if version:
        return item
    return item.model_copy(update={"becomes": "open", "question": _question(database, answer)})


def left_there(database: CloudDatabase) -> MappedItem:
    """The item of one that a platform's app uses beside the platform's own databases."""
    name = "Postgres" if database.engine == "postgres" else "MySQL"
    return MappedItem(
        group="databases",
        name=database.server,
        today=f"{name} at Azure, named by {names_in(database.stands_in)}",
        becomes="stays behind",
        target=LET_IN,
        because="D11",
        reason=RULES["D11"],
        today_cents=None,
        monthly_cents=None,
    )


def _said(database: SourceDatabase, seen: CloudDatabase | None) -> list[str]:
    size = proposed_size(database)
    said = [RULES["D9"], size.disk_reason, size.memory_reason]
    if seen is not None and seen.pooled:
        said.append("port 6432 is its pooler: a dump goes through 5432")
    if seen is not None and seen.kind == "single":
        said.append("its users are called NAME@SERVER (%40 in a URL), the new database's are not")
    elif seen is None or not seen.kind:
        said.append(
            "whether it is a Single or a Flexible Server is not told: a user called NAME@SERVER"
            " means a Single one"
        )
    said.append("its extensions (SHOW azure.extensions) are compared before the move")
    return said


def _question(database: SourceDatabase, answer: str) -> Question:
    wrong = "the answer was neither a version nor “stay”; " if answer else ""
    identity = question_id(database.name)
    return Question(
        id=identity,
        text=f"Which major version of Postgres does {database.name} run? A number such as 15, or"
        f" “{STAY}” to leave it at Azure.",
        why=f"{wrong}its address does not tell it (SHOW server_version does), and a database never"
        " goes down a major version by itself",
        kind="text",
        flag=f"--answers FILE ({identity})",
    )


def _not_yet(database: SourceDatabase, today: str) -> MappedItem:
    said = (
        f"MySQL: {RULES['D6']}; leave out mysql, sys, information_schema and performance_schema;"
        " list tables without a primary key first: version 8 adds an invisible column to them"
    )
    item = database_item(
        database, today, "blocked", "a managed MySQL, filled from your own mysqldump", "D6", said
    )
    return item.model_copy(update={"by_hand": (_DUMP.format(server=shlex.quote(database.id)),)})


def _seen(facts: MappingFacts, database: SourceDatabase) -> CloudDatabase | None:
    found = facts.inventory.cloud.databases
    return next((d for d in found if d.server == database.id and d.engine == database.engine), None)
