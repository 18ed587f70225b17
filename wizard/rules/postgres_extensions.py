"""Data: which Postgres extensions Aptible documents, by major version.

Sources: Aptible's page on Postgres (extensions named there, with the versions they are named for).
That the modules which belong to Postgres itself are there from version 14 on is concluded from "no
separate contrib image": a rehearsal's preflight sees for sure.
"""

NAMED: dict[str, tuple[int, int]] = {
    "wal2json": (0, 99),
    "pg_repack": (0, 99),
    "pgaudit": (0, 17),
    "vector": (15, 17),
    "pg_trgm": (12, 17),
    "pgagent": (0, 13),
    "postgis": (0, 99),
    "postgis_topology": (0, 99),
    "postgis_tiger_geocoder": (0, 99),
    "postgis_raster": (0, 99),
    "pglogical": (0, 99),
    "pg_cron": (10, 10),
}
"""Extension → first and last major version it is named for."""

BUILT_IN = frozenset({"plpgsql"})

CONTRIB_FROM = 14
CONTRIB = frozenset(
    {
        "amcheck",
        "autoinc",
        "bloom",
        "btree_gin",
        "btree_gist",
        "citext",
        "cube",
        "dblink",
        "dict_int",
        "dict_xsyn",
        "earthdistance",
        "file_fdw",
        "fuzzystrmatch",
        "hstore",
        "insert_username",
        "intagg",
        "intarray",
        "isn",
        "lo",
        "ltree",
        "moddatetime",
        "pageinspect",
        "pg_buffercache",
        "pg_freespacemap",
        "pg_prewarm",
        "pg_stat_statements",
        "pg_surgery",
        "pg_trgm",
        "pg_visibility",
        "pg_walinspect",
        "pgcrypto",
        "pgrowlocks",
        "pgstattuple",
        "postgres_fdw",
        "refint",
        "seg",
        "sslinfo",
        "tablefunc",
        "tcn",
        "tsm_system_rows",
        "tsm_system_time",
        "unaccent",
        "uuid-ossp",
        "xml2",
    }
)
"""Modules that are part of Postgres' own source (PostgreSQL documentation, appendix F)."""


def documented(extension: str, major: int) -> bool:
    """Whether Aptible's documents let one expect `extension` on Postgres `major`."""
    first, last = NAMED.get(extension, (1, 0))
    return (
        extension in BUILT_IN
        or first <= major <= last
        or (extension in CONTRIB and major >= CONTRIB_FROM)
    )
