"""A way back removes the database that this move made, and no other of that name."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import pytest

from tests.wizard.runbook.session_for_tests import NoVault, open_test_run, open_test_session
from wizard.model.target import Environment, TargetDatabase
from wizard.runbook.lines.fresh_database import remove_database

HANDLE = "clinic-db-live"


@dataclass
class NewSide:
    """A new side that holds one environment and databases by handle."""

    databases: dict[str, TargetDatabase]

    async def find_environment(self, handle: str) -> Environment:
        return Environment(id=1, handle=handle, kind="production", stack_id=1)

    async def find_database(self, environment: Environment, handle: str) -> TargetDatabase | None:
        return self.databases.get(handle)

    async def delete_database(self, database: TargetDatabase, consent: object) -> None:
        del self.databases[database.handle]


@dataclass
class Outside:
    """Nothing but a new side."""

    target: NewSide
    vault: NoVault = field(default_factory=NoVault)


@pytest.mark.parametrize(
    ("journalled", "removed"),
    [
        ((), False),
        ((("adopted", {"id": 7}),), False),
        ((("intent", {}),), True),
        ((("intent", {}), ("effect", {"id": 7})), True),
        ((("intent", {}), ("effect", {"id": 6})), False),
    ],
    ids=["never-made", "found-there", "interrupted", "made", "remade-by-somebody"],
)
async def test_only_what_was_made_is_removed(
    tmp_path: Path, journalled: tuple[tuple[Any, Mapping[str, Any]], ...], removed: bool
) -> None:
    session = open_test_session(tmp_path)
    there = TargetDatabase(
        id=7, handle=HANDLE, engine="postgresql", version="15", status="provisioned"
    )
    side = NewSide({HANDLE: there})
    session.outside = cast(Any, Outside(side))
    for kind, data in journalled:
        session.journal.append(kind, key=f"database/{HANDLE}", **data)
    await remove_database(open_test_run(session), HANDLE)
    assert (HANDLE not in side.databases) is removed
    session.journal.close()
