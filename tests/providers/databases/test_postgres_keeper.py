"""A target is put right without a second copy, and what a move left is taken away again."""

import asyncio

import psycopg
import pytest

from providers.databases.postgres import PostgresKeeper, PostgresVerifier
from providers.databases.postgres.connection import libpq_settings
from tests.providers.databases.clusters import Site
from tests.providers.databases.planted import SCHEMA
from wizard.errors import BlockedError, CheckFailedError
from wizard.model.database import Connection

pytestmark = pytest.mark.asyncio(loop_scope="session")
keeper, verifier = PostgresKeeper(), PostgresVerifier()

BROKEN = """
    SET allow_system_table_mods = on;
    ALTER SEQUENCE loose RESTART; SELECT setval('changed_id_seq', 3);
    SELECT setval('missing_id_seq', 900);
    DROP INDEX "o'dd %s"."an ON x USING y"; DROP INDEX indexed_note;
    ALTER TABLE tagged DROP CONSTRAINT tagged_pkey;
    UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'swapped_pkey'::regclass;
    ALTER TABLE visits DROP CONSTRAINT visits_visit_fkey;
    ALTER TABLE unproven DROP CONSTRAINT positive;
    ALTER TABLE unproven ADD CONSTRAINT positive CHECK (n > 0) NOT VALID;
    TRUNCATE watched; INSERT INTO watched VALUES (1);
"""
FOUND = {
    ("sequence", "public.changed_id_seq"),
    ("sequence", "public.loose"),
    ("index", "public.indexed_note"),
    ("index", """"o'dd %s"."an ON x USING y\""""),
    ("index", "public.tagged_pkey"),
    ("index", "public.swapped_pkey"),
    ("constraint", "public.visits.visits_visit_fkey"),
    ("constraint", "public.unproven.positive"),
    ("statistics", "public.watched"),
}


async def test_repairs_are_shown_done_and_needed_no_more(left: Site, right: Site) -> None:
    source, target = await left.fresh(), await right.fresh()
    for site, connection in ((left, source), (right, target)):
        await site.sql(connection, SCHEMA)
    assert await keeper.repairs(source, target) == []
    await right.sql(target, BROKEN)
    found = await keeper.repairs(source, target)
    assert {(one.kind, one.subject) for one in found} == FOUND
    assert [one.statements for one in found if one.subject == "public.unproven.positive"] == [
        ("ALTER TABLE public.unproven VALIDATE CONSTRAINT positive",)
    ]
    assert await keeper.repair(source, target, found) == found
    assert await keeper.repairs(source, target) == []
    # A sequence that is ahead gives no number twice: it is named, and left as it is.
    verdict = await verifier.verify(source, target, snapshot=None)
    assert [check.subject for check in verdict.failures] == ["public.missing_id_seq"]

    await right.sql(
        target,
        "UPDATE unproven SET n = NULL; ALTER TABLE unproven DROP CONSTRAINT positive;"
        " UPDATE unproven SET n = -81; DROP INDEX indexed_note;"
        " ALTER TABLE unproven ADD CONSTRAINT positive CHECK (n > 0) NOT VALID",
    )
    with pytest.raises(CheckFailedError, match="1 of 2 repairs did not help") as caught:
        await keeper.repair(source, target, await keeper.repairs(source, target))
    assert "constraint public.unproven.positive" in caught.value.detail
    assert "81" not in caught.value.detail
    assert await right.sql(target, "SELECT to_regclass('indexed_note') IS NOT NULL") == [(True,)]


MARKER = """
    SET ROLE clinic_owner; CREATE SCHEMA moveday;
    CREATE TABLE moveday.marker (move_id text PRIMARY KEY, state text NOT NULL,
        started timestamptz NOT NULL DEFAULT now(), finished timestamptz, client_version text);
    INSERT INTO moveday.marker (move_id, state) VALUES ('rehearsal-1', 'finished');
    CREATE TABLE patients (id int); INSERT INTO patients VALUES (1)
"""


_APPS = (
    "SELECT pid FROM pg_stat_activity WHERE application_name = 'web.1'"
    " AND datname = current_database()"
)


async def test_only_what_carries_the_marker_and_is_not_in_use_is_emptied(right: Site) -> None:
    scratch, kept, precious = await right.fresh(), await right.fresh(), await right.fresh()
    for connection in (scratch, kept):
        await right.sql(connection, MARKER)
    await right.sql(precious, "SET ROLE clinic_owner; CREATE TABLE patients (id int)")

    found = {one.database: one for one in await keeper.leftovers(precious)}
    assert {scratch.database, kept.database} <= found.keys()
    assert precious.database not in found
    one = found[scratch.database]
    assert (one.move_id, one.state, one.sessions, one.others) == ("rehearsal-1", "finished", 0, ())

    with pytest.raises(CheckFailedError, match="not emptied"):
        await keeper.clean(scratch, precious.database)
    async with await _session(scratch, "web.1") as app:
        with pytest.raises(BlockedError, match="in use") as caught:
            await keeper.clean(precious, scratch.database)
        assert "web.1" in caught.value.detail
        await app.close()
    async with await _session(scratch, "moveday-rehearsal-1-worker"):
        # The server says goodbye to the app in its own time.
        while await right.sql(scratch, _APPS):
            await asyncio.sleep(0.05)
        assert (await keeper.clean(precious, scratch.database)).sessions == 1
    left_over = [one.database for one in await keeper.leftovers(precious)]
    assert (scratch.database in left_over, kept.database in left_over) == (False, True)
    assert await right.sql(scratch, "SELECT to_regclass('patients')") == [(None,)]
    assert await right.sql(precious, "SELECT count(*) FROM patients") == [(0,)]
    assert await right.sql(kept, "SELECT count(*) FROM patients") == [(1,)]


async def _session(
    connection: Connection, name: str
) -> psycopg.AsyncConnection[tuple[object, ...]]:
    return await psycopg.AsyncConnection.connect(
        autocommit=True, **libpq_settings(connection, name)
    )
