"""What runs in an image, as far as its name tells: databases, proxies, tools of developers."""

import re
from dataclasses import dataclass
from typing import Literal

from wizard.model.inventory import Engine

DOCKER_HUB = "docker.io"
Kind = Literal["app", "database", "proxy", "tls", "tool"]
_WORD = re.compile(r"^[^\s$]+$")


@dataclass(frozen=True)
class ImageName:
    """A reference in its parts; `tag` and `digest` "" when not given."""

    path: str
    tag: str
    digest: str

    @property
    def registry(self) -> str:
        """The host that has it; docker.io where none is named (Docker's rule)."""
        first, sign, _ = self.path.partition("/")
        named = sign and ("." in first or ":" in first or first == "localhost")
        return first.lower() if named else DOCKER_HUB

    @property
    def repository(self) -> str:
        """Its name at the registry; official images of Docker lie below library/."""
        first, sign, rest = self.path.partition("/")
        if sign and self.registry == first.lower():
            bare = self.registry == DOCKER_HUB and "/" not in rest
            return f"library/{rest}" if bare else rest
        return self.path if sign else f"library/{self.path}"

    @property
    def last(self) -> str:
        """The last part of the path: "postgres" of "docker.io/library/postgres"."""
        return self.path.rpartition("/")[2]


def read_image(text: str) -> ImageName:
    """Split a reference such as registry:5000/team/app:1.2@sha256:…."""
    rest, _, digest = text.strip().partition("@")
    head, sign, tag = rest.rpartition(":")
    if not sign or "/" in tag:
        head, tag = rest, ""
    return ImageName(head, tag, digest)


_ENGINES: tuple[tuple[Engine, str], ...] = (
    (
        "postgres",
        r"postgres(?:ql)?(?:-repmgr|-postgis|-upgrade)?|postgis|timescaledb(?:-ha)?|pgvector"
        r"|pgvecto-rs|citus|cloudnative-pg|pgautoupgrade|vchord-postgres|paradedb|crunchy-postgres"
        r"|spilo-\d+|zulip-postgresql|alloydbomni|supabase-postgres|postgres-ssl|postgres-.*",
    ),
    ("redis", r"redis(?:-stack(?:-server)?|-server|mod)?|keydb|valkey|dragonfly"),
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
    ("oracle", r"oracle-(?:xe|free)|database-express"),
    ("zookeeper", r"zookeeper|cp-zookeeper"),
    ("nats", r"nats"),
    ("neo4j", r"neo4j"),
    ("vector store", r"qdrant|weaviate|chroma|milvus"),
    ("object store", r"minio|seaweedfs|garage|rustfs"),
)
_ENGINE = tuple((engine, re.compile(rf"^(?:{pattern})$")) for engine, pattern in _ENGINES)
_PROXY = re.compile(
    r"^(?:traefik|nginx-proxy|nginx-proxy-manager|caddy|caddy-docker-proxy|haproxy|swag|envoy"
    r"|nginx-certbot|openresty|https-portal|docker-letsencrypt-nginx-proxy)$"
)
_TLS = re.compile(
    r"^(?:certbot|acme-companion|acme\.sh|letsencrypt-nginx-proxy-companion"
    r"|docker-letsencrypt-nginx-proxy-companion)$"
)
_TOOL = re.compile(
    r"^(?:adminer|pgadmin4?|phpmyadmin|mongo-express|redis-commander|redisinsight|portainer(?:-ce)?"
    r"|mailhog|mailpit|maildev|inbucket|mailcatcher|watchtower|autoheal|dozzle|selenium|chrome"
    r"|standalone-chrom(?:e|ium)|localstack|kibana-dev|ofelia|docker-db-backup"
    r"|postgres-backup-s3|postgres-backup-local|gopherproxy|pghero|redis-insight)$"
)
_DATA_FOLDERS: tuple[tuple[str, Engine], ...] = (
    ("/var/lib/postgresql", "postgres"),
    ("/var/lib/mysql", "mysql"),
    ("/bitnami/postgresql", "postgres"),
    ("/bitnami/mariadb", "mariadb"),
    ("/bitnami/mysql", "mysql"),
    ("/data/db", "mongodb"),
    ("/var/lib/clickhouse", "clickhouse"),
    ("/usr/share/elasticsearch/data", "elasticsearch"),
    ("/usr/share/opensearch/data", "opensearch"),
    ("/var/lib/rabbitmq", "rabbitmq"),
    ("/var/lib/cassandra", "cassandra"),
    ("/opt/couchdb/data", "couchdb"),
)
_NOT_A_SERVER = re.compile(
    r"backup|exporter|admin|dashboard|client|proxy|ui$|migrat|setup|mc$|pgbouncer"
)
_PLAIN_SERVER = re.compile(r"^(?:nginx(?:-unprivileged)?|httpd|apache|caddy|lighttpd)$")


def engine_of(image: str) -> Engine | Literal[""]:
    """The database engine that an image runs; "" for none."""
    name = read_image(image)
    last = name.last.lower()
    if not _WORD.match(image or " "):
        return ""
    if "mssql" in name.path:
        return "sqlserver"
    if last == "postgres" or not _NOT_A_SERVER.search(last):
        return next((engine for engine, pattern in _ENGINE if pattern.match(last)), "")
    return ""


def engine_by_folder(target: str) -> Engine | Literal[""]:
    """The engine whose data lies in this folder of a container; "" for none."""
    found = (e for folder, e in _DATA_FOLDERS if target.rstrip("/").startswith(folder))
    return next(found, "")


def kind_of_image(image: str) -> Kind:
    """What an image is for, by its name; "app" when nothing else is known."""
    if engine_of(image):
        return "database"
    last = read_image(image).last.lower()
    known: tuple[tuple[re.Pattern[str], Kind], ...] = (
        (_PROXY, "proxy"),
        (_TLS, "tls"),
        (_TOOL, "tool"),
    )
    return next((kind for pattern, kind in known if pattern.match(last)), "app")


def plain_web_server(image: str) -> bool:
    """Whether it is a bare web server: of files, or in front of others, as it is set up."""
    return bool(_PLAIN_SERVER.match(read_image(image).last.lower()))


def version_in(image: str, engine: str) -> str:
    """The engine's version as the tag tells it ("15.4"); "" when it does not."""
    tag = read_image(image).tag
    if engine == "postgres":
        marked = re.search(r"pg[-_]?v?(\d{1,2}(?:\.\d+)?)", f"{read_image(image).last}:{tag}")
        if marked:
            return marked[1]
    found = re.match(r"^v?(\d+(?:\.\d+)*)", tag)
    return found[1] if found else ""


def extensions_in(image: str) -> tuple[str, ...]:
    """Postgres extensions that an image is known to bring, and its data so may need."""
    path = read_image(image).path.lower()
    known = {
        "postgis": "postgis",
        "timescaledb": "timescaledb",
        "pgvector": "vector",
        "pgvecto-rs": "vectors",
        "vchord": "vchord",
        "citus": "citus",
    }
    return tuple(name for word, name in known.items() if word in path)
