"""What two versions write differently is explained; what could mean another thing is not."""

import pytest

from providers.databases.postgres.schema_compare import compare_schemas
from providers.databases.postgres.schema_objects import SchemaObject

BY_15 = "SELECT visits.id, (visits.n + 1) AS n FROM billing.visits"


def view(definition: str) -> dict[tuple[str, str], SchemaObject]:
    objects = [SchemaObject("schema", "billing", ""), SchemaObject("schema", "archive", "")]
    objects.append(SchemaObject("view", "billing.v", definition))
    return {(found.kind, found.name): found for found in objects}


@pytest.mark.parametrize(
    ("definition", "result", "words"),
    [
        (BY_15, "same", ""),
        ("SELECT id, (n + 1) AS n\n FROM billing.visits", "explained", "write the same"),
        ("SELECT id, n + 1 AS n FROM billing.visits", "explained", "brackets"),
        ("SELECT id, (n + 1) AS n FROM archive.visits", "different", "differ"),
        ("SELECT id, (n + 2) AS n FROM billing.visits", "different", "differ"),
    ],
)
def test_only_ways_of_writing_are_explained(definition: str, result: str, words: str) -> None:
    checks = compare_schemas(view(BY_15), view(definition), source_major=15, target_major=18)
    found = next(check for check in checks if check.subject == "view billing.v")
    assert (found.result, words in found.detail) == (result, True)


def test_within_one_version_nothing_is_explained() -> None:
    other = view("SELECT id, (n + 1) AS n FROM billing.visits")
    checks = compare_schemas(view(BY_15), other, source_major=18, target_major=18)
    assert [c.result for c in checks if c.subject == "view billing.v"] == ["different"]


def test_older_servers_say_procedure_of_what_a_trigger_calls() -> None:
    """Servers before version 12 do, and mean the same."""
    word = "CREATE TRIGGER t BEFORE INSERT ON billing.visits FOR EACH ROW EXECUTE {} billing.f()"
    older, newer = view(word.format("PROCEDURE")), view(word.format("FUNCTION"))
    checks = compare_schemas(older, newer, source_major=11, target_major=15)
    assert [c.result for c in checks if c.subject == "view billing.v"] == ["explained"]
