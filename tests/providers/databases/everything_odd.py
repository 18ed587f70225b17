"""A source that has nearly everything the preflight knows of, made by its superuser."""

# (rule, words that its subject must hold)
FOUND = {
    "DB3": "heroku_magic",
    "DB4": "target",
    "DB5": "UTF8 to LATIN1",
    "DB6": "public.secret_notes",
    "DB7": "public.hidden",
    "DB8": "on_change",
    "DB11": "public.keyless",
    "DB12": "public.cache",
    "DB13": "disk",
    "DB14": "public.nearly_over",
    "DB15": "pg_stat_statements",
    "DB17": "C",
    "DB18": "pub",
    "DB19": "search_path",
    "DB20": "own_pid()",
    "DB22": "public.far_away",
    "DB23": "public.broken_index",
    "DB27": "pg_stat_statements",
    "DB29": "_heroku",
    "DB30": "postgres",
    "DB31": "PUBLIC, odd_reader",
    "DB32": "clinic_owner",
    "DB34": "odd_reader",
    "DB35": "far for clinic_owner",
    "DB36": "plodd",
    "DB37": "en-odd",
    "DB38": "pg_global",
    "DB39": "1 large objects",
    "DB40": "public.heir",
    "DB41": "public.parts",
    "DB42": "public.parent.id",
    "DB43": "public.parent.doubled",
    "DB44": "public.rooms.no_overlap",
    "DB45": "public.loop_a, public.loop_b",
    "DB46": "public.keyless.redirect",
    "DB47": "public.as_owner()",
    "DB48": "public.shorten(text)",
    "DB49": "a migration",
    "DB50": "public.parent_id_seq",
    "DB51": "connections of the target",
    "DB52": "target: statement_timeout 60000ms",
    "DB54": "public.bloated",
    "DB55": "selinux",
    "DB56": "public.databasechangeloglock",
    "DB57": "TimeZone",
    "DB62": "public.keyless.picture",
}

SCHEMA = """
    SET allow_system_table_mods = on;
    CREATE ROLE odd_reader;
    CREATE TABLE secret_notes (id int PRIMARY KEY);
    CREATE LANGUAGE plodd HANDLER plpgsql_call_handler;
    CREATE FUNCTION own_pid() RETURNS int LANGUAGE internal AS 'pg_backend_pid';
    CREATE FOREIGN DATA WRAPPER nowhere; CREATE SERVER far FOREIGN DATA WRAPPER nowhere;
    CREATE USER MAPPING FOR clinic_owner SERVER far;
    GRANT USAGE ON FOREIGN SERVER far TO clinic_owner;
    CREATE SCHEMA _heroku; CREATE SCHEMA heroku_ext;
    CREATE EXTENSION pg_stat_statements SCHEMA heroku_ext;
    INSERT INTO pg_extension (oid, extname, extowner, extnamespace, extrelocatable, extversion)
        VALUES (99999, 'heroku_magic', 10, 'heroku_ext'::regnamespace, false, '1');
    CREATE FUNCTION changed() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
    CREATE EVENT TRIGGER on_change ON ddl_command_end EXECUTE FUNCTION changed();
    ALTER EVENT TRIGGER on_change DISABLE;
    SET ROLE clinic_owner;
    CREATE TABLE keyless (picture oid); CREATE UNLOGGED TABLE cache (id int PRIMARY KEY);
    CREATE RULE redirect AS ON UPDATE TO keyless DO ALSO NOTHING;
    CREATE TABLE hidden (id int PRIMARY KEY);
    ALTER TABLE hidden ENABLE ROW LEVEL SECURITY; ALTER TABLE hidden FORCE ROW LEVEL SECURITY;
    CREATE POLICY for_reader ON hidden TO odd_reader USING (true);
    GRANT SELECT ON cache TO PUBLIC; GRANT SELECT (id) ON cache TO odd_reader;
    ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO odd_reader;
    CREATE FOREIGN TABLE far_away (id int) SERVER far;
    CREATE SEQUENCE nearly_over MAXVALUE 100; SELECT setval('nearly_over', 99);
    CREATE TABLE parent (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text,
        doubled int GENERATED ALWAYS AS (7 * 2) STORED);
    INSERT INTO parent (id, name) OVERRIDING SYSTEM VALUE VALUES (50, 'x');
    CREATE TABLE heir (id int PRIMARY KEY) INHERITS (cache);
    CREATE TABLE parts (id int PRIMARY KEY) PARTITION BY RANGE (id);
    CREATE TABLE rooms (id int PRIMARY KEY, during int4range,
        CONSTRAINT no_overlap EXCLUDE USING gist (during WITH &&));
    CREATE TABLE loop_a (id int PRIMARY KEY, b int);
    CREATE TABLE loop_b (id int PRIMARY KEY, a int);
    ALTER TABLE loop_a ADD FOREIGN KEY (b) REFERENCES loop_b;
    ALTER TABLE loop_b ADD FOREIGN KEY (a) REFERENCES loop_a;
    CREATE FUNCTION as_owner() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1';
    CREATE FUNCTION shorten(t text) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT left(t, 3)';
    CREATE INDEX broken_index ON parent (shorten(name));
    CREATE TABLE databasechangeloglock (id int PRIMARY KEY, locked boolean);
    INSERT INTO databasechangeloglock VALUES (1, true);
    CREATE TABLE spread (id int PRIMARY KEY, name text);
    CREATE TABLE bloated (id int PRIMARY KEY) WITH (autovacuum_enabled = false);
    INSERT INTO bloated SELECT generate_series(1, 3000); DELETE FROM bloated;
    SELECT lo_from_bytea(0, 'a picture');
    RESET ROLE;
    CREATE PUBLICATION pub FOR TABLE keyless;
    CREATE COLLATION pg_catalog."en-odd" (provider = libc, locale = 'C');
    ALTER TABLE spread ALTER name TYPE text COLLATE "en-odd";
    UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'broken_index'::regclass;
    UPDATE pg_class SET reltablespace = 1664 WHERE oid = 'spread'::regclass;
    INSERT INTO pg_seclabel VALUES ('spread'::regclass, 1259, 0, 'selinux', 'secret');
    SELECT pg_stat_force_next_flush()
"""

TARGET = """
    ALTER DATABASE {name} SET timezone = 'Europe/Zurich';
    ALTER DATABASE {name} SET statement_timeout = '60s';
    ALTER DATABASE {name} CONNECTION LIMIT 3
"""
