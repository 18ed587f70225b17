"""A whole database is brought over, and refused when the target is not ours to fill."""

import pytest

from providers.databases import load, names
from providers.databases.postgres import PostgresMover, PostgresProbe, PostgresVerifier
from providers.databases.postgres import copy as copying
from providers.databases.postgres.job.serving import PostgresServing
from tests.providers.databases.clusters import Site
from tests.providers.databases.planted import NAMED, PLANTED, SCHEMA, named
from wizard.errors import CheckFailedError, UsageError
from wizard.model.database import Connection, MoveProgress

pytestmark = pytest.mark.asyncio(loop_scope="session")
probe, mover, verifier = PostgresProbe(), PostgresMover(), PostgresVerifier()

# What the preflight says of the planted schema: no key, another locale, not fresh, disk, always.
HARMLESS = {"DB4", "DB11", "DB13", "DB17", "DB42"}
# A parent's statistics over its partitions, a partition's own, and those over several columns.
STATISTICS = """
    SELECT (SELECT count(*) > 0 FROM pg_stats WHERE tablename = 'audit_events' AND inherited),
           (SELECT count(DISTINCT tablename) FROM pg_stats WHERE tablename ~ '^audit_events_'),
           (SELECT count(*) FROM pg_stats_ext WHERE dependencies IS NOT NULL)
"""
EARLY = """
    SELECT replace(step, 'statistics ', '') FROM moveday.steps WHERE step ^@ 'statistics '
"""


async def test_engines_are_found_by_name() -> None:
    assert names() == ("postgres",)
    assert load("postgres").name == "postgres"
    with pytest.raises(UsageError, match="no database engine called oracle"):
        load("oracle")


async def test_clinic_is_copied_and_passes(left: Site, right: Site) -> None:
    source, target = await left.clinic("0.05"), await right.fresh()
    heard: list[MoveProgress] = []
    assert await mover.is_empty(target)
    async with probe.snapshot(source) as snapshot:
        result = await copying.copy(
            source,
            target,
            snapshot=snapshot,
            move_id="move-1",
            on_progress=heard.append,
            chunk_bytes=4_000_000,
        )
        # The source goes on living; copy and verification see the moment of the snapshot.
        await left.sql(source, "DELETE FROM room_bookings; SELECT nextval('tags_id_seq')")
        verdict = await verifier.verify(source, target, snapshot=snapshot)
    assert verdict.passed, verdict.failures
    assert not (await verifier.verify(source, target, snapshot=None)).passed
    assert {"sequence", "rows", "checksum", "index", "constraint", "schema"} <= {
        check.kind for check in verdict.checks
    }
    assert result.bytes > 20_000_000
    assert {phase.name for phase in result.phases} >= {"schema", "copy", "constraints", "analyze"}
    observations = next(t for t in result.tables if t.name == "public.observations")
    assert (observations.rows, observations.index_seconds > 0) == (250_000, True)
    assert all(p.done_bytes <= p.total_bytes for p in heard)
    assert [p.done_bytes for p in heard] == sorted(p.done_bytes for p in heard)
    assert heard[-1].done_bytes == heard[-1].total_bytes == result.bytes
    assert heard[-1].tables_done == heard[-1].tables_total == len(result.tables)
    marker = await right.sql(target, "SELECT move_id, state FROM moveday.marker")
    assert marker == [("move-1", "finished")]
    assert not await mover.is_empty(target)
    assert await right.sql(target, STATISTICS) == await left.sql(source, STATISTICS)
    # Large tables got theirs beside the rows of others; not where something came after the rows.
    early = {name for (name,) in await right.sql(target, EARLY)}
    assert "public.lab_results" in early and "public.observations" not in early
    # What is left behind on purpose is named.
    assert any("comment on extension" in name for name in result.skipped)


async def test_older_target_is_filled_and_passes(clinic: Connection, old: Site) -> None:
    target = await old.fresh()
    async with probe.snapshot(clinic) as snapshot:
        await mover.copy(clinic, target, snapshot=snapshot, move_id="older")
        verdict = await verifier.verify(clinic, target, snapshot=snapshot)
    assert verdict.passed, verdict.failures
    explained = {check.subject: check.detail for check in verdict.checks if check.result != "same"}
    assert explained["citext"] == "the target comes with another version"


async def test_older_source_is_read(old: Site, right: Site) -> None:
    source, target = await old.clinic("0.01"), await right.fresh()
    async with probe.snapshot(source) as snapshot:
        await mover.copy(source, target, snapshot=snapshot, move_id="from-old")
        verdict = await verifier.verify(source, target, snapshot=snapshot)
    assert verdict.passed, verdict.failures


async def test_planted_differences_are_named_between_versions(old: Site, right: Site) -> None:
    source, target = await old.fresh(), await right.fresh()
    for site, connection in ((old, source), (right, target)):
        await site.sql(connection, SCHEMA)
    assert not [f for f in await probe.preflight(source, target) if f.rule not in HARMLESS]
    for left, there in ((source, target), (target, source)):
        verdict = await verifier.verify(left, there, snapshot=None)
        assert verdict.passed, verdict.failures
    await right.sql(target, PLANTED)
    verdict = await verifier.verify(source, target, snapshot=None)
    found = named(verdict.failures)
    assert found.keys() == NAMED.keys()
    assert {key: found[key] for key, words in NAMED.items() if words not in found[key]} == {}


async def test_filled_target_is_refused_and_untouched(clinic: Connection, right: Site) -> None:
    target = await right.fresh()
    await right.sql(target, "CREATE TABLE precious (id int); INSERT INTO precious VALUES (1)")
    async with probe.snapshot(clinic) as snapshot:
        with pytest.raises(CheckFailedError, match="not fresh") as refused:
            await mover.copy(clinic, target, snapshot=snapshot, move_id="m")
    assert "table public.precious" in refused.value.detail
    assert await right.sql(target, "SELECT id FROM precious") == [(1,)]
    assert await right.sql(target, "SELECT to_regnamespace('moveday')") == [(None,)]
    with pytest.raises(CheckFailedError, match="not emptied"):
        await mover.clean(target, "m")


async def test_other_moves_copy_is_refused_and_own_is_replaced(
    clinic: Connection, copied: Connection, right: Site
) -> None:
    target = await right.twin(copied.database)
    assert await mover.owner(target) == "copied"
    async with probe.snapshot(clinic) as snapshot:
        with pytest.raises(CheckFailedError, match="not fresh") as refused:
            await mover.copy(clinic, target, snapshot=snapshot, move_id="another")
        assert "the copy of move copied" in refused.value.detail
        with pytest.raises(CheckFailedError, match="not emptied"):
            await mover.clean(target, "another")
        await right.sql(target, "UPDATE users SET name = 'changed since'")
        await mover.copy(clinic, target, snapshot=snapshot, move_id="copied")
        verdict = await verifier.verify(clinic, target, snapshot=snapshot)
    assert verdict.passed, verdict.failures


async def test_clean_leaves_a_fresh_database(copied: Connection, right: Site) -> None:
    target = await right.twin(copied.database)
    await mover.clean(target, "copied")
    assert await mover.is_empty(target)
    assert await mover.owner(target) is None
    left_over = await right.sql(
        target,
        "SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_'"
        " AND nspname <> 'information_schema'",
    )
    assert left_over == [("public",)]
    assert await right.sql(target, "SELECT count(*) FROM pg_largeobject_metadata") == [(0,)]


async def test_marker_is_removed_only_by_its_move(copied: Connection, right: Site) -> None:
    target = await right.twin(copied.database)
    with pytest.raises(CheckFailedError, match="another move"):
        await mover.remove_marker(target, "stranger")
    await mover.remove_marker(target, "copied")
    assert await mover.owner(target) is None
    assert await right.sql(target, "SELECT count(*) > 0 FROM users") == [(True,)]


async def test_a_serving_job_keeps_its_place_when_the_marker_goes(
    copied: Connection, right: Site
) -> None:
    """It is looked through until the names are switched; its own end takes the rest away."""
    target, serving = await right.twin(copied.database), PostgresServing()
    await serving.prepare(target, "a-job")
    await mover.remove_marker(target, "copied")
    assert await mover.owner(target) is None
    assert await serving.hear(target, "a-job") is not None
    await serving.forget(target, "a-job")
    assert await serving.hear(target, "a-job") is None
    assert await right.sql(target, "SELECT to_regnamespace('moveday') IS NULL") == [(True,)]


async def test_odd_shapes_arrive(left: Site, right: Site) -> None:
    """Shapes beside the generator's that break simpler movers."""
    source, target = await left.fresh(), await right.fresh()
    await left.server.execute(
        source.database,
        f"""
        SET ROLE clinic_owner;
        CREATE TABLE "we""ird ;--" ("co""l %s" text, "%" int);
        INSERT INTO "we""ird ;--" VALUES (E'a\\tb\\\\n\\r', 1), (NULL, 2), ('', 3), ('\\N', 4);
        CREATE TABLE nothing ();
        INSERT INTO nothing DEFAULT VALUES;
        CREATE TABLE parent (id int PRIMARY KEY); INSERT INTO parent VALUES (1), (2);
        CREATE TABLE heir (extra money) INHERITS (parent); INSERT INTO heir VALUES (3, '1234.5');
        CREATE TABLE clustered (id int PRIMARY KEY, v int);
        CREATE INDEX clustered_v ON clustered (v); CLUSTER clustered USING clustered_v;
        CREATE TABLE replica (id int NOT NULL); CREATE UNIQUE INDEX replica_id ON replica (id);
        ALTER TABLE replica REPLICA IDENTITY USING INDEX replica_id;
        CREATE TYPE mood AS ENUM ('sad', 'ok'); CREATE TABLE moods (m mood[], r regclass);
        INSERT INTO moods VALUES (ARRAY['ok','sad']::mood[], 'parent');
        CREATE FUNCTION shout() RETURNS text LANGUAGE sql AS $$
          SELECT E'-- Name: x; Type: TABLE; Schema: public; Owner: -
\\\\restrict abc
SET transaction_timeout = 0;
' $$;
        CREATE MATERIALIZED VIEW z_first AS SELECT count(*) AS n FROM parent;
        CREATE VIEW between_them AS SELECT n + 1 AS n FROM z_first;
        CREATE MATERIALIZED VIEW a_second AS SELECT n FROM between_them;
        CREATE MATERIALIZED VIEW empty_one AS SELECT 1 AS x WITH NO DATA;
        CREATE TABLE loop_a (id int PRIMARY KEY, b int);
        CREATE TABLE loop_b (id int PRIMARY KEY, a int REFERENCES loop_a);
        INSERT INTO loop_a VALUES (1, 1); INSERT INTO loop_b VALUES (1, 1);
        ALTER TABLE loop_a ADD FOREIGN KEY (b) REFERENCES loop_b;
        SELECT lo_from_bytea(4711, convert_to(repeat('x', {9 * 1024 * 1024}), 'UTF8'));
        CREATE TABLE disabled_trigger (id int);
        CREATE FUNCTION t() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
        CREATE TRIGGER off BEFORE INSERT ON disabled_trigger EXECUTE FUNCTION t();
        ALTER TABLE disabled_trigger DISABLE TRIGGER off;
        """,
    )
    async with probe.snapshot(source) as snapshot:
        await mover.copy(source, target, snapshot=snapshot, move_id="odd")
        verdict = await verifier.verify(source, target, snapshot=snapshot)
    assert verdict.passed, verdict.failures
    assert await right.sql(target, "SELECT octet_length(lo_get(4711))") == [(9 * 1024 * 1024,)]
    assert await right.sql(target, "SELECT n FROM a_second") == [(4,)]
    assert await right.sql(target, "SELECT count(*) FROM ONLY parent") == [(2,)]
    body = await right.sql(target, "SELECT shout()")
    assert "restrict abc" in str(body[0][0])
    assert "transaction_timeout" in str(body[0][0])
