"""What the probe says about a real database, and what a freeze must not overlook."""

import psycopg
import pytest

from providers.databases.postgres import PostgresFreezer, PostgresProbe
from providers.databases.postgres.connection import libpq_settings
from providers.databases.postgres.errors import DatabaseTrouble
from tests.providers.databases import everything_odd
from tests.providers.databases.clusters import PASSWORD, Site
from wizard.clock import SYSTEM_CLOCK
from wizard.errors import ConsentMissing, UsageError
from wizard.model.database import Connection
from wizard.runbook.lines.frozen import moved_between
from wizard.safety.consent import Level, grant

pytestmark = pytest.mark.asyncio(loop_scope="session")
probe = PostgresProbe()


async def test_facts(clinic: Connection, left: Site, copied: Connection) -> None:
    facts = await probe.facts(clinic)
    assert (facts.version, facts.encoding) == (18, "UTF8")
    assert facts.extensions["pg_trgm"] == "1.6"
    tables = {table.name: table for table in facts.tables}
    assert tables["public.users"].rows_estimate == 1000
    assert tables["public.users"].has_key
    assert not tables["public.event_log_nopk"].has_key
    assert facts.bytes > sum(table.bytes for table in facts.tables) > 10_000_000
    # The copy has the same schema, and a changed one another hash.
    assert (await probe.facts(copied)).schema_hash == facts.schema_hash
    twin = await left.twin(clinic.database)
    await left.sql(twin, "ALTER TABLE users ADD nickname text")
    assert (await probe.facts(twin)).schema_hash != facts.schema_hash


async def test_open_transaction_is_seen_although_counters_are_flat(left: Site) -> None:
    database = await left.fresh()
    await left.sql(database, "SET ROLE clinic_owner; CREATE TABLE jobs (id int)")
    before = await probe.write_counters(database)
    assert (before.writers, before.writer_names, before.prepared) == (0, (), 0)
    settings = libpq_settings(database, "old-worker")
    async with await psycopg.AsyncConnection.connect(**settings) as writer:
        await writer.execute("INSERT INTO jobs SELECT generate_series(1, 1000)")
        during = await probe.write_counters(database)
        assert (during.writers, during.writer_names) == (1, ("old-worker",))
        assert during.changes == before.changes
        await writer.rollback()
        # An open transaction that has only read is no writer.
        await writer.execute("SELECT count(*) FROM jobs")
        assert (await probe.write_counters(database)).writers == 0


async def test_rows_that_an_open_session_reports_late_are_not_taken_for_new_ones(
    left: Site,
) -> None:
    database = await left.fresh()
    await left.sql(database, "CREATE TABLE t (n int)")
    await left.sql(database, "ALTER TABLE t OWNER TO clinic_owner")
    settings = libpq_settings(database, "pooled-web")
    async with await psycopg.AsyncConnection.connect(**settings, autocommit=True) as pooled:
        # The second of two quick ones stays with the session, as in any app with a pool.
        for _ in range(2):
            await pooled.execute("INSERT INTO t VALUES (1)")
        proven = await probe.write_counters(database)
        await pooled.execute("SELECT pg_stat_force_next_flush()")
        late = await probe.write_counters(database)
        assert proven.changes < late.changes == 2
        assert moved_between("URL", proven, late) is None
        await pooled.execute("INSERT INTO t VALUES (2)")
        await pooled.execute("SELECT pg_stat_force_next_flush()")
        moved = moved_between("URL", proven, await probe.write_counters(database))
        assert moved is not None
        assert moved.words == "URL: rows changed between two looks"
        # Autovacuum and other databases of the server move the horizon too: only rows can tell.
        assert moved.counted


async def test_idle_sessions_of_the_app_end_and_what_they_wrote_is_counted(left: Site) -> None:
    database = await left.fresh()
    await left.sql(database, "CREATE TABLE t (n int)")
    await left.sql(database, "ALTER TABLE t OWNER TO clinic_owner")
    connect = psycopg.AsyncConnection.connect
    pooled = await connect(**libpq_settings(database, "pooled-web"), autocommit=True)
    in_transaction = await connect(**libpq_settings(database, "report"))
    ours = await connect(**libpq_settings(database, "moveday-copy"), autocommit=True)
    await in_transaction.execute("SELECT count(*) FROM t")
    for _ in range(2):
        await pooled.execute("INSERT INTO t VALUES (1)")
    freezer = PostgresFreezer()
    look = grant(Level.CHANGE_NEW_SIDE, "test", "tester", SYSTEM_CLOCK.now())
    with pytest.raises(ConsentMissing):
        await freezer.end_idle_sessions(database, look)
    may = grant(Level.USERS_NOTICE, "test", "tester", SYSTEM_CLOCK.now())
    assert await freezer.end_idle_sessions(database, may) == 1
    assert (await probe.write_counters(database)).changes == 2
    assert await freezer.end_idle_sessions(database, may) == 0
    with pytest.raises(psycopg.OperationalError):
        await pooled.execute("SELECT 1")
    # A statement under way and our own sessions are left alone.
    for kept in (in_transaction, ours):
        await kept.execute("SELECT 1")
        await kept.close()


async def test_setval_truncate_and_writes_are_seen(left: Site) -> None:
    database = await left.fresh()
    await left.sql(database, "CREATE TABLE t (id serial); INSERT INTO t DEFAULT VALUES")
    await left.sql(database, "ALTER TABLE t OWNER TO clinic_owner")
    first = await probe.write_counters(database)
    assert (await probe.write_counters(database)).counts_as(first)
    await left.sql(database, "SELECT setval('t_id_seq', 90)")
    second = await probe.write_counters(database)
    assert (second.sequences != first.sequences, second.tables == first.tables) == (True, True)
    await left.sql(database, "TRUNCATE t")
    third = await probe.write_counters(database)
    assert third.tables != second.tables
    await left.sql(database, "INSERT INTO t SELECT FROM generate_series(1, 7)")
    assert await probe.changes_since(database, third) == 7
    await left.sql(database, "SELECT lo_from_bytea(0, 'a picture')")
    # One row of the object's owner, one page of its content.
    assert await probe.changes_since(database, third) == 7 + 2
    await left.sql(database, "SELECT pg_stat_reset()")
    assert await probe.changes_since(database, third) is None


async def test_count_reads_one_number_and_writes_nothing(clinic: Connection, left: Site) -> None:
    assert await probe.count(clinic, "SELECT count(*) FROM users WHERE email LIKE '%@%';") == 1000
    with pytest.raises(UsageError, match="one whole number"):
        await probe.count(clinic, "SELECT 'seven'")
    for statement in (
        "DELETE FROM tags",
        "SET TRANSACTION READ WRITE; DELETE FROM tags",
        "COMMIT; DELETE FROM tags",
        "WITH d AS (DELETE FROM tags RETURNING 1) SELECT count(*) FROM d",
    ):
        with pytest.raises((DatabaseTrouble, UsageError)):
            await probe.count(clinic, statement)
    assert await left.sql(clinic, "SELECT count(*) FROM tags") == [(500,)]


async def test_preflight_names_what_would_go_wrong(left: Site, right: Site) -> None:
    source, target = await left.fresh(), await right.fresh()
    await left.sql(
        source,
        """
        CREATE TABLE secret_notes (id int);
        SET ROLE clinic_owner;
        CREATE TABLE keyless (id int); CREATE UNLOGGED TABLE cache (id int PRIMARY KEY);
        CREATE TABLE hidden (id int PRIMARY KEY);
        ALTER TABLE hidden ENABLE ROW LEVEL SECURITY; ALTER TABLE hidden FORCE ROW LEVEL SECURITY;
        RESET ROLE; CREATE PUBLICATION pub FOR TABLE keyless;
        CREATE SCHEMA heroku_ext; CREATE EXTENSION pg_stat_statements SCHEMA heroku_ext;
        """,
    )
    await left.server.execute(
        "postgres", f"ALTER DATABASE {source.database} SET search_path = public, heroku_ext"
    )
    await right.sql(target, "CREATE TABLE leftover (id int)")
    found = {f.rule: f for f in await probe.preflight(source, target)}
    blocks = {rule: f.subject for rule, f in found.items() if f.severity == "block"}
    assert blocks == {
        "DB4": "target",
        "DB6": "public.secret_notes",
        "DB7": "public.hidden",
        "DB15": "pg_stat_statements",
    }
    assert "table public.leftover" in found["DB4"].detail
    assert "public.keyless" in found["DB11"].subject
    assert found["DB12"].subject == "public.cache"
    assert found["DB18"].subject == "pub"
    assert found["DB19"].subject == "search_path"
    assert found["DB27"].subject == "pg_stat_statements"
    same = {f.rule for f in await probe.preflight(source, source)}
    assert "DB25" in same


async def test_every_oddity_has_its_rule_and_a_remedy(left: Site, right: Site) -> None:
    source = await left.fresh()
    await left.sql(source, everything_odd.SCHEMA)
    await left.server.execute(
        "postgres", f"ALTER DATABASE {source.database} SET search_path = public, heroku_ext"
    )
    await right.fresh()  # makes the owner
    await right.server.execute(
        "postgres",
        "CREATE DATABASE latin OWNER clinic_owner TEMPLATE template0"
        " ENCODING 'LATIN1' LOCALE_PROVIDER libc LOCALE 'C'",
    )
    target = right.connection("latin")
    await right.sql(target, "CREATE TABLE leftover (id int)")
    await right.server.execute("postgres", everything_odd.TARGET.format(name="latin"))
    settings = libpq_settings(source, "a migration")
    async with await psycopg.AsyncConnection.connect(**settings, autocommit=True) as migration:
        await migration.execute("SELECT pg_advisory_lock(7)")
        findings = await probe.preflight(source, target)
    found = {finding.rule: finding for finding in findings}
    assert found.keys() == everything_odd.FOUND.keys()
    wrong = {
        r: found[r].subject for r, w in everything_odd.FOUND.items() if w not in found[r].subject
    }
    assert wrong == {}
    silent = [f.rule for f in findings if not (f.detail and f.remedy and f.otherwise)]
    assert silent == []


async def test_a_plain_database_has_no_oddity(left: Site, right: Site) -> None:
    source, target = await left.fresh(), await right.fresh()
    await left.sql(source, "SET ROLE clinic_owner; CREATE TABLE plain (id serial PRIMARY KEY)")
    assert [f.rule for f in await probe.preflight(source, target)] == ["DB13"]


async def test_clinic_has_nothing_in_its_way(clinic: Connection, right: Site) -> None:
    findings = await probe.preflight(clinic, await right.fresh())
    assert [f for f in findings if f.severity != "info"] == []


async def test_troubles_have_a_kind_and_hold_no_secret(clinic: Connection) -> None:
    wrong = clinic.model_copy(update={"database": "nowhere"})
    closed = clinic.model_copy(update={"port": 9})
    stranger = clinic.model_copy(update={"user": "stranger"})
    untrusted = clinic.model_copy(update={"ca_file": __file__})
    kinds = []
    for connection in (wrong, closed, stranger, untrusted):
        with pytest.raises(DatabaseTrouble) as caught:
            await probe.write_counters(connection)
        kinds.append(caught.value.kind)
        assert PASSWORD not in str(caught.value)
        assert caught.value.side == "source"
    assert kinds == ["missing", "unreachable", "auth", "unreachable"]
