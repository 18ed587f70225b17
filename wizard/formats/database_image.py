"""Which database runs in an image, of which version, and what the image brings for it."""

import re
from typing import Literal

from wizard.formats.image_name import read_image
from wizard.model.inventory import Engine

_WORD = re.compile(r"^[^\s$]+$")
_PG_PARTS = (
    r"(?:[-_](?:repmgr|ha|ssl|gis|postgis|pgvector|vector|timescaledb|alpine|\d[\d.]*|centos\d+"
    r"|c\d+s|el\d+))*"
)
_ENGINES: tuple[tuple[Engine, str], ...] = (
    # Strict: much that is called after Postgres is none (exporters, metas, operators, backups).
    (
        "postgres",
        rf"(?:crunchy-)?postgres(?:ql)?\d*{_PG_PARTS}|supabase-postgres|vchord-postgres"
        r"|zulip-postgresql|postgis|timescaledb(?:-ha|-postgis)?|pgvector|pgvecto-rs|pgroonga|citus"
        r"|pgautoupgrade|paradedb|spilo-\d+|alloydbomni",
    ),
    (
        "redis",
        r"redis(?:-stack(?:-server)?|-server|-cluster|mod)?|keydb|valkey(?:-bundle|-cluster)?"
        r"|dragonfly",
    ),
    ("mariadb", r"mariadb(?:-galera|-server)?|docker-mariadb"),
    ("mysql", r"mysql(?:-server)?|percona(?:-server)?"),
    ("mongodb", r"mongo|mongodb(?:-community-server|-sharded)?|percona-server-mongodb|ferretdb"),
    ("elasticsearch", r"elasticsearch(?:-oss)?|opendistro-for-elasticsearch"),
    ("opensearch", r"opensearch"),
    ("rabbitmq", r"rabbitmq"),
    ("influxdb", r"influxdb"),
    ("couchdb", r"couchdb"),
    ("memcached", r"memcached"),
    ("kafka", r"kafka|cp-kafka|redpanda|cp-server"),
    ("clickhouse", r"clickhouse(?:-server)?|altinity-clickhouse-server"),
    ("cassandra", r"cassandra|scylla"),
    ("sqlserver", r"mssql-server|server:?mssql|azure-sql-edge"),
    ("oracle", r"oracle-(?:[\w.]+-)?(?:xe|free)[\w.-]*|database-express"),
    ("zookeeper", r"zookeeper|cp-zookeeper"),
    ("nats", r"nats"),
    ("neo4j", r"neo4j"),
    ("vector store", r"qdrant|weaviate|chroma|milvus"),
    ("object store", r"minio|seaweedfs|garage|rustfs|azurite"),
)
_ENGINE = tuple((engine, re.compile(rf"^(?:{pattern})$")) for engine, pattern in _ENGINES)
_COMPATIBLE = (("valkey", "Valkey"), ("keydb", "KeyDB"), ("dragonfly", "Dragonfly"))
"""What speaks Redis's protocol and counts its versions by itself."""

_DATA_FOLDERS: tuple[tuple[str, Engine], ...] = (
    ("/var/lib/postgresql", "postgres"),
    ("/var/lib/pgsql", "postgres"),
    ("/home/postgres/pgdata", "postgres"),
    ("/bitnami/postgresql", "postgres"),
    ("/var/lib/mysql", "mysql"),
    ("/bitnami/mariadb", "mariadb"),
    ("/bitnami/mysql", "mysql"),
    ("/data/db", "mongodb"),
    ("/bitnami/mongodb", "mongodb"),
    ("/var/lib/clickhouse", "clickhouse"),
    ("/usr/share/elasticsearch/data", "elasticsearch"),
    ("/usr/share/opensearch/data", "opensearch"),
    ("/var/lib/rabbitmq", "rabbitmq"),
    ("/var/lib/cassandra", "cassandra"),
    ("/opt/couchdb/data", "couchdb"),
)
"""Folders that belong to one engine: what is mounted there tells it."""
_ALSO: dict[str, tuple[str, ...]] = {
    "redis": ("/data", "/var/lib/redis", "/var/lib/valkey", "/bitnami/redis", "/bitnami/valkey"),
    "mariadb": ("/var/lib/mysql", "/config"),
    "mysql": ("/bitnami/mariadb",),
    "mongodb": ("/data",),
}
"""Folders that hold the engine's data, and that others have too."""
_EXTENSIONS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("postgis", ("postgis",)),
    ("timescaledb", ("timescaledb",)),
    ("pgvector(?!s)", ("vector",)),
    ("pgvecto-rs", ("vectors",)),
    ("pgvectors", ("vectors",)),
    ("vchord", ("vchord",)),
    ("vectorchord", ("vchord",)),
    ("citus", ("citus",)),
    ("pgroonga", ("pgroonga",)),
    ("paradedb", ("pg_search",)),
    ("zulip-postgresql", ("pgroonga",)),
    ("supabase/postgres", ("pg_graphql", "pg_net", "pgjwt", "pgsodium", "supabase_vault")),
    ("supabase-postgres", ("pg_graphql", "pg_net", "pgjwt", "pgsodium", "supabase_vault")),
)


def engine_of(image: str) -> Engine | Literal[""]:
    """The database engine that an image runs; "" for none."""
    name = read_image(image)
    if not _WORD.match(image or " "):
        return ""
    if "mssql" in name.path:
        return "sqlserver"
    last = name.last.lower()
    return next((engine for engine, pattern in _ENGINE if pattern.match(last)), "")


def engine_by_folder(target: str) -> Engine | Literal[""]:
    """The engine whose data lies in this folder of a container; "" for none."""
    found = (e for folder, e in _DATA_FOLDERS if _within(target, folder))
    return next(found, "")


def data_folders(engine: str) -> tuple[str, ...]:
    """Where the engine's images keep its data; () when that is not known."""
    own = tuple(folder for folder, e in _DATA_FOLDERS if e == engine)
    return (*own, *_ALSO.get(engine, ()))


def holds_data(engine: str, target: str) -> bool:
    """Whether what is mounted at `target` holds the engine's data, or a part of it."""
    return any(_within(target, f) or _within(f, target) for f in data_folders(engine))


def _within(path: str, folder: str) -> bool:
    bare = path.rstrip("/")
    return bare == folder or bare.startswith(f"{folder}/")


def version_in(image: str, engine: str) -> str:
    """The engine's version as the tag tells it ("15.4"); "" when it does not."""
    name = read_image(image)
    if product_in(image):
        return ""
    if engine == "postgres":
        marked = re.search(r"pg[-_]?v?(\d{1,2}(?:\.\d+)?)", f"{name.last}:{name.tag}")
        if marked:
            return marked[1]
    if engine == "object store" and name.tag.startswith("RELEASE."):
        return name.tag
    found = re.match(r"^v?(\d+(?:\.\d+)*)", name.tag)
    if found is None and engine == "postgres" and "pgroonga" in name.last:
        found = re.search(r"-(\d{2})(?:-|$)", name.tag)
    return found[1] if found else ""


def product_in(image: str) -> str:
    """What stands in for the engine and counts its own versions ("Valkey 9"); "" for none."""
    name = read_image(image)
    known = (shown for word, shown in _COMPATIBLE if name.last.lower().startswith(word))
    product = next(known, "")
    found = re.match(r"^v?(\d+(?:\.\d+)*)", name.tag)
    return f"{product} {found[1]}" if product and found else product


def extensions_in(image: str) -> tuple[str, ...]:
    """Postgres extensions that an image is known to bring, and its data so may need."""
    name = read_image(image)
    text = f"{name.path}:{name.tag}".lower()
    found = [each for word, brings in _EXTENSIONS if re.search(word, text) for each in brings]
    return tuple(dict.fromkeys(found))
