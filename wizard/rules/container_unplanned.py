"""Databases beside a container platform's app that no line of its plan names."""

from wizard.model.inventory import SourceDatabase
from wizard.model.mapping import MappedItem
from wizard.rules.cloud_databases import LET_IN, cloud_database
from wizard.rules.container_databases import container_database, database_item
from wizard.rules.databases import ENGINES
from wizard.rules.mapping_facts import MappingFacts

RULES = {
    "D12": "no variable of the app holds its address as a URL, and the app is pointed by that",
    "D13": "a person says that it is left: its container ends with the old platform",
    "D14": "a person says that it is left where it is, and the app goes on using it",
}
_TO_NAME_IT = (
    "give the app one variable with the whole URL on the old side, then read the inventory again"
)


def unplanned_database(facts: MappingFacts, database: SourceDatabase) -> MappedItem | None:
    """What becomes of it; None while a person has to say whether it moves."""
    moves = database.engine in ENGINES
    name = database.variable or database.name
    left = facts.answers.get(f"database/{name}", "") == "leave"
    today = f"{database.engine} {database.version}".strip() + f", {database.plan}"
    if left and database.managed:
        return database_item(database, today, "stays behind", LET_IN, "D14", RULES["D14"])
    if left:
        return database_item(database, today, "dropped", "nothing", "D13", RULES["D13"])
    if not moves:
        found = cloud_database if database.managed else container_database
        return found(facts, database)
    if not database.variable:
        return database_item(database, today, "blocked", _TO_NAME_IT, "D12", RULES["D12"])
    return None
