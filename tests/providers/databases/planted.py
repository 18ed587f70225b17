"""One small database with a place for every difference, and the differences themselves.

Each has a table or object of its own, so that all are planted at once and told apart.
"""

from tests.providers.databases.clusters import Site
from wizard.model.database import Check, Connection

SCHEMA = """
    SET ROLE clinic_owner;
    CREATE TABLE changed (id serial PRIMARY KEY, note text, "a ""b" int DEFAULT 0);
    CREATE TABLE missing (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, note text);
    CREATE TABLE extra (id uuid PRIMARY KEY, note text);
    CREATE TABLE swapped (id serial PRIMARY KEY, note text);
    CREATE TABLE empties (id serial PRIMARY KEY, note text);
    CREATE TABLE numbers (id serial PRIMARY KEY, amount numeric);
    CREATE TABLE floats (id serial PRIMARY KEY, f float8);
    CREATE TABLE times (id serial PRIMARY KEY, at timestamptz);
    CREATE TABLE zones (id serial PRIMARY KEY, at timetz);
    CREATE TABLE blanks (id serial PRIMARY KEY, note text);
    CREATE TABLE documents (id serial PRIMARY KEY, body jsonb);
    CREATE TABLE patients (mrn text PRIMARY KEY, note text);
    CREATE TABLE visits (visit int REFERENCES changed, patient text REFERENCES patients,
        note text, PRIMARY KEY (visit, patient));
    CREATE TABLE tagged (id int REFERENCES changed PRIMARY KEY, note text);
    CREATE TABLE keyless (note text);
    CREATE TABLE indexed (id serial PRIMARY KEY, note text);
    CREATE INDEX indexed_note ON indexed (note);
    CREATE TABLE unproven (id serial PRIMARY KEY, n int);
    INSERT INTO unproven (n) VALUES (1);
    ALTER TABLE unproven ADD CONSTRAINT positive CHECK (n > 0);
    CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
    CREATE TABLE watched (id serial PRIMARY KEY);
    CREATE TRIGGER touching BEFORE UPDATE ON watched EXECUTE FUNCTION touch();
    CREATE TABLE granted (id serial PRIMARY KEY);
    CREATE TABLE guarded (id serial PRIMARY KEY, owner text);
    ALTER TABLE guarded ENABLE ROW LEVEL SECURITY;
    CREATE POLICY own_rows ON guarded USING (owner = 'a');
    CREATE VIEW overview AS SELECT id FROM changed;
    CREATE TABLE sorted (id serial PRIMARY KEY, name text COLLATE "C");
    CREATE COLLATION ours (provider = libc, locale = 'C');
    CREATE SCHEMA "o'dd %s"; CREATE TABLE "o'dd %s"."we""ird ;-- %" (
        "k""ey. %s" serial PRIMARY KEY, "n: {o}te" text);
    INSERT INTO "o'dd %s"."we""ird ;-- %" ("n: {o}te") VALUES ('x');
    CREATE INDEX "an ON x USING y" ON "o'dd %s"."we""ird ;-- %" ("n: {o}te");
    CREATE SEQUENCE loose; SELECT nextval('loose');
    CREATE MATERIALIZED VIEW summary AS SELECT count(*) AS n FROM watched;
    INSERT INTO changed (note) SELECT 'row ' || g FROM generate_series(1, 50) g;
    INSERT INTO missing (note) SELECT 'row ' || g FROM generate_series(1, 50) g;
    INSERT INTO extra SELECT md5(g::text)::uuid, 'row' FROM generate_series(1, 50) g;
    INSERT INTO swapped (note) VALUES ('one'), ('two'), ('three');
    INSERT INTO empties (note) VALUES (NULL); INSERT INTO numbers (amount) VALUES (1.0);
    INSERT INTO floats (f) VALUES (0.1::float8 + 0.2);
    INSERT INTO times (at) VALUES ('2026-03-29 01:30:00+00');
    INSERT INTO zones (at) VALUES ('12:00+00');
    INSERT INTO blanks (note) VALUES ('word'); INSERT INTO documents (body) VALUES ('{"a": 1.0}');
    INSERT INTO patients VALUES ('mrn-canary-81', 'well'); INSERT INTO tagged VALUES (7, 'x');
    INSERT INTO visits VALUES (1, 'mrn-canary-81', 'first');
    INSERT INTO keyless VALUES ('same'), ('same'), ('canary-note');
    INSERT INTO watched DEFAULT VALUES; INSERT INTO granted DEFAULT VALUES;
    INSERT INTO guarded (owner) VALUES ('a'), ('b');
    REFRESH MATERIALIZED VIEW summary;
    ANALYZE
"""

# What is done to the target: as its owner's superuser, each by itself.
PLANTED = """
    UPDATE changed SET note = 'other' WHERE id IN (7, 9);
    DELETE FROM missing WHERE id IN (3, 30);
    INSERT INTO extra VALUES ('00000000-0000-0000-0000-00000000000a', 'row');
    UPDATE swapped SET note = CASE id WHEN 1 THEN 'two' ELSE 'one' END WHERE id < 3;
    UPDATE empties SET note = ''; UPDATE numbers SET amount = 1.00;
    UPDATE floats SET f = 0.3; UPDATE times SET at = '2026-03-29 01:30:00+01';
    UPDATE zones SET at = '13:00+01';
    UPDATE blanks SET note = 'word  '; UPDATE documents SET body = '{"a": 1.00}';
    UPDATE patients SET note = 'ill'; UPDATE visits SET note = 'last';
    UPDATE tagged SET note = 'y';
    DELETE FROM keyless WHERE ctid = '(0,1)'; INSERT INTO keyless VALUES ('canary-other');
    UPDATE "o'dd %s"."we""ird ;-- %" SET "n: {o}te" = 'y';
    DROP INDEX indexed_note;
    ALTER TABLE unproven DROP CONSTRAINT positive;
    ALTER TABLE unproven ADD CONSTRAINT positive CHECK (n > 0) NOT VALID;
    ALTER TABLE watched DISABLE TRIGGER touching;
    REVOKE UPDATE ON granted FROM clinic_owner;
    ALTER TABLE guarded FORCE ROW LEVEL SECURITY; ALTER POLICY own_rows ON guarded USING (true);
    CREATE OR REPLACE VIEW overview AS SELECT id FROM changed WHERE id > 0;
    ALTER TABLE sorted ALTER name TYPE text COLLATE "POSIX";
    DROP COLLATION ours; CREATE COLLATION ours (provider = libc, locale = 'POSIX');
    SELECT setval('loose', 90);
    SELECT lo_from_bytea(4711, 'a picture');
    REFRESH MATERIALIZED VIEW summary WITH NO DATA
"""

ODD = """"o'dd %s"."we""ird ;-- %\""""
ONE = "1 row differs: 1 changed (id 1; in {})"
# (kind, subject) → words that the detail must hold.
NAMED = {
    ("checksum", "public.changed"): "2 rows differ: 2 changed (id 7, 9; in note)",
    ("rows", "public.missing"): "",
    ("checksum", "public.missing"): "2 rows differ: 2 missing in the target (id 3, 30)",
    ("rows", "public.extra"): "",
    ("checksum", "public.extra"): "1 not in the source (id 00000000-0000-0000-0000-00000000000a)",
    ("checksum", "public.swapped"): "2 rows differ: 2 changed (id 1, 2; in note)",
    ("checksum", "public.empties"): ONE.format("note"),
    ("checksum", "public.numbers"): ONE.format("amount"),
    ("checksum", "public.floats"): ONE.format("f"),
    ("checksum", "public.times"): ONE.format("at"),
    ("checksum", "public.zones"): ONE.format("at"),
    ("checksum", "public.blanks"): ONE.format("note"),
    ("checksum", "public.documents"): ONE.format("body"),
    ("checksum", ODD): """1 changed ("k""ey. %s" 1; in "n: {o}te")""",
    # A number that a person gave is not shown, nor is a key with one in it.
    ("checksum", "public.patients"): "1 changed (key mrn not shown; at ctid (0,1); in note)",
    ("checksum", "public.visits"): "1 changed (key visit, patient not shown; at ctid (0,1)",
    # A number that the database gave in another table is.
    ("checksum", "public.tagged"): "1 changed (id 7; in note)",
    ("checksum", "public.keyless"): "1 only in the source (no key; at ctid (0,1));"
    " 1 only in the target (no key; at ctid (0,4))",
    ("index", "public.indexed_note"): "missing in the target",
    ("constraint", "public.unproven.positive"): "",
    ("schema", "trigger public.watched.touching"): "",
    ("grant", "public.granted"): "the role may not UPDATE here",
    ("schema", "table public.guarded"): "",
    ("schema", "policy public.guarded.own_rows"): "",
    ("schema", "view public.overview"): "",
    ("schema", "column public.sorted.name"): "",
    ("schema", "collation public.ours"): "",
    ("sequence", "public.loose"): "",
    ("large-objects", "large objects"): "",
    ("materialized-view", "public.summary"): "not populated",
    # With the policy in force for its owner too, nobody may count or sum up the whole.
    ("checksum", "public.guarded"): "row-level security",
}


def named(failures: tuple[Check, ...]) -> dict[tuple[str, str], str]:
    """The failures of a verdict as `NAMED` has them."""
    return {(check.kind, check.subject): check.detail for check in failures}


async def small(site: Site) -> Connection:
    """A database of its own with a place for every difference."""
    connection = await site.fresh()
    await site.sql(connection, SCHEMA)
    return connection
