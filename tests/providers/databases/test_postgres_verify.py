"""Every planted fault is named; nothing that is the same is called different."""

import pytest

from providers.databases.postgres import PostgresVerifier
from tests.providers.databases.clusters import Site
from tests.providers.databases.planted import NAMED, ODD, PLANTED, SCHEMA, named
from wizard.model.database import Check, Connection

pytestmark = pytest.mark.asyncio(loop_scope="session")
verifier = PostgresVerifier()

# (what is done to the target, what the verdict must name)
FAULTS: dict[str, tuple[str, set[tuple[str, str]]]] = {
    "one byte of a document": (
        "UPDATE documents SET body = set_byte(body, 100, (get_byte(body, 100) + 1) % 256)"
        " WHERE id = (SELECT min(id::text)::uuid FROM documents)",
        {("checksum", "public.documents")},
    ),
    "values swapped between two rows": (
        "UPDATE patients SET full_name = (SELECT full_name FROM patients p"
        " WHERE p.id = 3 - patients.id) WHERE id IN (1, 2)",
        {("checksum", "public.patients")},
    ),
    "a missing row": (
        "DELETE FROM lab_results WHERE id = 7",
        {("rows", "public.lab_results"), ("checksum", "public.lab_results")},
    ),
    "the order of json keys": (
        "UPDATE event_log_nopk SET payload = json_build_object('y', payload->'y',"
        " 'x', payload->'x') WHERE ctid = '(0,1)'",
        {("checksum", "public.event_log_nopk")},
    ),
    "an empty text instead of none": (
        '''UPDATE "Mixed Case Orders" SET "note ""q""" = '' WHERE "Id" = 4''',
        {("checksum", 'public."Mixed Case Orders"')},
    ),
    "a trailing zero": (
        """UPDATE "Mixed Case Orders" SET "Total $" = ("Total $"::text || '0')::numeric
           WHERE "Id" = 5""",
        {("checksum", 'public."Mixed Case Orders"')},
    ),
    "the case of a citext": (
        "UPDATE tags SET name = upper(name::text) WHERE id = 1",
        {("checksum", "public.tags")},
    ),
    "a missing index": ("DROP INDEX patients_name_trgm", {("index", "public.patients_name_trgm")}),
    "an index that is not valid": (
        "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'users_org'::regclass",
        {("index", "public.users_org")},
    ),
    "a rewound sequence": (
        "SELECT setval('global_ref_seq', 100000)",
        {("sequence", "public.global_ref_seq")},
    ),
    "a called sequence": (
        "SELECT nextval('never_called_seq')",
        {("sequence", "public.never_called_seq")},
    ),
    "a missing foreign key": (
        "ALTER TABLE notes DROP CONSTRAINT notes_encounter_id_fkey",
        {("constraint", "public.notes.notes_encounter_id_fkey")},
    ),
    "a key that was never validated": (
        "UPDATE pg_constraint SET convalidated = false WHERE conname = 'notes_encounter_id_fkey'",
        {("constraint", "public.notes.notes_encounter_id_fkey")},
    ),
    "a trigger switched off": (
        "ALTER TABLE users DISABLE TRIGGER users_touch",
        {("schema", "trigger public.users.users_touch")},
    ),
    "another default": (
        "ALTER TABLE users ALTER active SET DEFAULT false",
        {("schema", "column public.users.active")},
    ),
    "a byte of a large object": (
        "SELECT lo_put((SELECT min(oid) FROM pg_largeobject_metadata), 3, '\\xff00ff')",
        {("large-objects", "large objects")},
    ),
    "an empty materialized view": (
        "REFRESH MATERIALIZED VIEW patient_stats WITH NO DATA",
        {("materialized-view", "public.patient_stats")},
    ),
    "a missing table": (
        "DROP TABLE cache_entries",
        {
            ("checksum", "public.cache_entries"),
            ("schema", "table public.cache_entries"),
            ("schema", "column public.cache_entries.k"),
            ("schema", "column public.cache_entries.v"),
            ("index", "public.cache_entries_pkey"),
            ("constraint", "public.cache_entries.cache_entries_pkey"),
        },
    ),
    "a table too many": (
        "CREATE TABLE stowaway ()",
        {("rows", "public.stowaway"), ("schema", "table public.stowaway")},
    ),
    "a missing extension": (
        "DROP EXTENSION pg_trgm CASCADE",
        {("extension", "pg_trgm"), ("index", "public.patients_name_trgm")},
    ),
}


async def _twin_with(copied: Connection, right: Site, *faults: str) -> Connection:
    target = await right.twin(copied.database)
    await right.sql(target, "SET allow_system_table_mods = on; " + "; ".join(faults))
    return target


def _named(failures: tuple[Check, ...]) -> set[tuple[str, str]]:
    return {(check.kind, check.subject) for check in failures}


async def test_untouched_copy_passes(clinic: Connection, copied: Connection) -> None:
    verdict = await verifier.verify(clinic, copied, snapshot=None)
    assert verdict.passed, verdict.failures
    assert {check.kind for check in verdict.checks} == {
        "rows",
        "checksum",
        "sequence",
        "schema",
        "index",
        "constraint",
        "extension",
        "large-objects",
        "materialized-view",
        "statistics",
        "grant",
        "rows-as-role",
    }


# Twins are made and looked at in groups that do not touch each other: it saves half a minute.
@pytest.mark.parametrize("first", range(4))
async def test_planted_faults_are_named_and_nothing_else(
    clinic: Connection, copied: Connection, right: Site, first: int
) -> None:
    names = list(FAULTS)[first::4]
    target = await _twin_with(copied, right, *(FAULTS[name][0] for name in names))
    verdict = await verifier.verify(clinic, target, snapshot=None)
    expected = set().union(*(FAULTS[name][1] for name in names))
    assert _named(verdict.failures) == expected


async def test_never_analyzed_copy_is_named(clinic: Connection, right: Site) -> None:
    source, target = await right.fresh(), await right.fresh()
    for connection in (source, target):
        await right.sql(connection, "CREATE TABLE t AS SELECT generate_series(1, 9) AS n")
        await right.sql(connection, "ALTER TABLE t OWNER TO clinic_owner")
    verdict = await verifier.verify(source, target, snapshot=None)
    assert _named(verdict.failures) == {("statistics", "planner statistics")}


async def test_item_that_fails_is_unfinished(
    clinic: Connection, copied: Connection, right: Site
) -> None:
    target = await _twin_with(copied, right, "ALTER TABLE sessions OWNER TO postgres")
    verdict = await verifier.verify(clinic, target, snapshot=None)
    assert not verdict.passed
    unfinished = [check for check in verdict.checks if check.result == "unfinished"]
    assert [check.subject for check in unfinished] == ["public.sessions"]
    assert "lack of rights" in unfinished[0].detail


async def test_stale_view_and_rounding_are_explained(left: Site, right: Site) -> None:
    source, target = await left.fresh(), await right.fresh()
    for site, connection in ((left, source), (right, target)):
        await site.sql(
            connection,
            "SET ROLE clinic_owner; CREATE TABLE t (n int, f float8); INSERT INTO t VALUES (1, 2);"
            " CREATE MATERIALIZED VIEW stale AS SELECT n FROM t;"
            " CREATE MATERIALIZED VIEW wrong AS SELECT n + 1 AS n FROM t;"
            " INSERT INTO t VALUES (5, 6); ANALYZE t, stale, wrong",
        )
    await right.sql(target, "REFRESH MATERIALIZED VIEW stale; ANALYZE stale")
    verdict = await verifier.verify(source, target, snapshot=None)
    assert verdict.passed, verdict.failures
    stale = next(check for check in verdict.checks if check.subject == "public.stale")
    assert (stale.result, "refreshed earlier" in stale.detail) == ("explained", True)
    await right.sql(target, "INSERT INTO t VALUES (9, 9); REFRESH MATERIALIZED VIEW wrong")
    verdict = await verifier.verify(source, target, snapshot=None)
    assert ("materialized-view", "public.wrong") in _named(verdict.failures)


async def test_every_planted_difference_is_named_with_its_rows(left: Site, right: Site) -> None:
    source, target = await left.fresh(), await right.fresh()
    for site, connection in ((left, source), (right, target)):
        await site.sql(connection, SCHEMA)
    verdict = await verifier.verify(source, target, snapshot=None)
    assert verdict.passed, verdict.failures
    await right.sql(target, PLANTED)
    verdict = await verifier.verify(source, target, snapshot=None)
    found = named(verdict.failures)
    assert found.keys() == NAMED.keys()
    assert {key: found[key] for key, words in NAMED.items() if words not in found[key]} == {}
    assert "canary" not in verdict.model_dump_json()
    # A role that is asked about by a name nobody has is no proof of anything.
    asked = await verifier.verify(source, source, snapshot=None, roles=("pg_monitor", "nobody"))
    assert named(asked.failures) == {
        ("grant", "grants to nobody"): "the source has no role of this name"
    }
    # The cheaper tiers see less, say so, and never pass.
    counted = await verifier.verify(source, target, snapshot=None, tier="counts")
    assert {key for key, _ in NAMED if key != "checksum"} <= {c.kind for c in counted.failures}
    assert [c.subject for c in counted.checks if c.kind == "checksum"] == ["public.guarded"]
    sampled = await verifier.verify(source, target, snapshot=None, tier="sample", seed=4)
    assert ("sample", "public.swapped") in _named(sampled.failures)
    assert {("sample", "public.visits"), ("sample", ODD)} < _named(sampled.failures)
    assert "canary" not in sampled.model_dump_json()
    alike = await verifier.verify(source, source, snapshot=None, tier="sample", seed=4)
    assert (alike.failures, alike.passed, alike.tier, alike.seed) == ((), False, "sample", 4)
    keyless = next(c for c in alike.checks if c.subject == "public.keyless" and c.kind == "sample")
    assert (keyless.result, "counted only" in keyless.detail) == ("explained", True)

    # With another encoding there, rows are hashed as text: as exact, and named the same.
    await right.server.execute(
        "postgres",
        "CREATE DATABASE western OWNER clinic_owner TEMPLATE template0"
        " ENCODING 'LATIN1' LOCALE_PROVIDER libc LOCALE 'C'",
    )
    western = right.connection("western")
    await right.sql(western, f"{SCHEMA}; {PLANTED}")
    found = named((await verifier.verify(source, western, snapshot=None)).failures)
    assert {key: words for key, words in NAMED.items() if words not in found.get(key, "?")} == {}
    assert found.keys() == NAMED.keys()
