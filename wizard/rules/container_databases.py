"""Databases that run in containers: what each becomes, or a clear word why it cannot move."""

from wizard.model.inventory import SourceDatabase
from wizard.model.mapping import Becomes, MappedItem
from wizard.model.question import Question
from wizard.rules import pricing
from wizard.rules.databases import major, proposed_size
from wizard.rules.mapping_facts import MappingFacts
from wizard.rules.offered_versions import UNKNOWN, newest_below, wanted_version
from wizard.rules.postgres_extensions import documented

RULES = {
    "D4": "a database in a container becomes a managed one; its data is copied and proven",
    "D5": "it becomes a managed one that starts empty",
    "D6": "moveday does not move its data yet: this stops here until a person has a way for it",
    "D7": "Aptible offers no such database",
    "D15": "settings and scripts of its own container: a managed one begins with its own settings",
    "D8": "it keeps data in a volume: whether that may be lost, a person says",
}
NAMES: dict[str, str] = {
    "postgres": "Postgres",
    "redis": "Redis",
    "mysql": "MySQL",
    "mariadb": "MariaDB",
    "mongodb": "MongoDB",
    "elasticsearch": "Elasticsearch",
    "opensearch": "OpenSearch",
    "rabbitmq": "RabbitMQ",
    "influxdb": "InfluxDB",
    "couchdb": "CouchDB",
    "memcached": "memcached",
    "kafka": "Kafka",
    "clickhouse": "ClickHouse",
    "cassandra": "Cassandra",
    "sqlserver": "SQL Server",
    "oracle": "Oracle",
    "zookeeper": "ZooKeeper",
    "nats": "NATS",
    "neo4j": "Neo4j",
    "vector store": "a vector store",
    "object store": "an object store",
}
_LOGICAL = "wal_level=logical"
_READ_AT_START = frozenset(
    {"shared_buffers", "max_connections", "wal_level", "wal_buffers", "max_wal_senders"}
    | {"max_replication_slots", "max_worker_processes", "shared_preload_libraries", "huge_pages"}
    | {"max_locks_per_transaction", "max_prepared_transactions", "superuser_reserved_connections"}
    | {"autovacuum_max_workers", "track_activity_query_size", "archive_mode", "logging_collector"}
)
_STARTS_EMPTY = frozenset({"redis", "rabbitmq"})
_BY_A_PERSON = {
    "mariadb": "a managed MySQL, after you tried the app on it: Aptible has no MariaDB",
    "mongodb": "a managed MongoDB, filled from your own mongodump",
    "elasticsearch": "a managed Elasticsearch: index again from the data, or restore a snapshot",
    "influxdb": "a managed InfluxDB, filled from your own backup",
    "couchdb": "a managed CouchDB, filled by replication from the old one",
}
"""Engines that Aptible offers (its documentation) and whose data a person has to move."""
_ELSEWHERE = {
    "object store": "a bucket of your own at a cloud; copy the files there first",
    "memcached": "Redis, if the app can use it, or an account at a vendor",
    "opensearch": "a managed Elasticsearch, if the app can use it, or an account at a vendor",
    "zookeeper": "nothing, when what it serves is not carried over either",
}


def moved_or_new(database: SourceDatabase) -> bool:
    """Whether a managed one takes its place without a person's own way for its data."""
    return database.engine == "postgres" or database.engine in _STARTS_EMPTY


def container_database(facts: MappingFacts, database: SourceDatabase) -> MappedItem:
    """The item of one database that no line of the plan names."""
    name = NAMES[database.engine]
    version = f" {database.version}" if database.version else ", of a version that is not told"
    keeps = f", data in {database.keeps}" if database.keeps else ""
    sign = f" ({database.sign})" if database.sign else ""
    today = f"{database.product or f'{name}{version}'}, {database.plan}{sign}{keeps}"
    if database.engine == "postgres":
        return _postgres(facts, database, today)
    if database.engine in _STARTS_EMPTY:
        return _empty(facts, database, today)
    if database.engine == "mysql":
        return _mysql(database, today)
    offered = _BY_A_PERSON.get(database.engine)
    other = _ELSEWHERE.get(database.engine, "an account at a vendor, or one that you run elsewhere")
    rule = "D6" if offered else "D7"
    return database_item(
        database, today, "blocked", offered or other, rule, f"{name}: {RULES[rule]}"
    )


def _mysql(database: SourceDatabase, today: str) -> MappedItem:
    """A person's own dump fills it, so that an older one may do where no newer one is named."""
    version, about = wanted_version(database)
    said = [f"{NAMES['mysql']}: {RULES['D6']}"]
    older = newest_below(database)
    if older:
        version = older
        about = (
            f"the newest that Aptible's documents name is {older}, below today's"
            f" {database.version}: a dump of yours may not load there, so try that before anything"
            " else; aptible db:versions shows what there is"
        )
    said += [about] if about else []
    target = f"a managed MySQL{f' {version}' if version else ''}, filled from your own mysqldump"
    return database_item(database, today, "blocked", target, "D6", "; ".join(said))


def _postgres(facts: MappingFacts, database: SourceDatabase, today: str) -> MappedItem:
    size = proposed_size(database)
    version, about_version = wanted_version(database)
    said = [RULES["D4"], size.disk_reason, size.memory_reason]
    said += [about_version] if about_version else []
    if not database.keeps:
        said.append("no volume keeps its data: it is gone with the container today")
    if not database.version:
        said.append("the image names no version: ask the running server before the move")
    known = [e for e in database.extensions if documented(e, major(version))]
    unknown = [e for e in database.extensions if e not in known]
    said += [f"the image brings {', '.join(known)}"] if known else []
    identity = f"database/{database.name}/extensions/{'+'.join(unknown)}"
    question = None
    asks = "ask Aptible's support whether its Postgres has it, before anything else"
    if unknown and facts.answers.get(identity) == "used":
        said.append(f"uses {', '.join(unknown)}: {asks}")
    elif unknown and identity not in facts.answers:
        question = Question(
            id=identity,
            text=f"Does {database.name} use {' or '.join(unknown)}?",
            why="its image brings it (\\dx in psql shows what is used), and"
            f" Aptible's documents do not name it for Postgres {version or 'of any version'}",
            kind="choice",
            choices=("unused", "used"),
            flag=f"--answers FILE ({identity})",
            outcomes={"unused": "it moves without", "used": asks},
        )
    item = managed_item(facts, database, today, "D4", "; ".join(said))
    return item.model_copy(update={"question": question})


def _empty(facts: MappingFacts, database: SourceDatabase, today: str) -> MappedItem:
    identity = f"database/{database.name}/keep"
    answer = facts.answers.get(identity, "")
    if answer == "keep":
        return database_item(
            database,
            today,
            "blocked",
            "drain it, or carry the keys over yourself while the app stands still",
            "D6",
            f"{NAMES[database.engine]}: {RULES['D6']}",
        )
    what = "what is a cache fills again, queues are drained first"
    about_version = wanted_version(database)[1]
    what += f"; {about_version}" if about_version else ""
    rule = "D8" if database.keeps and not answer else "D5"
    item = managed_item(facts, database, today, rule, f"{RULES['D5']}; {what}")
    if rule == "D5":
        return item
    return item.model_copy(
        update={
            "becomes": "open",
            "reason": f"{RULES['D8']}; {RULES['D5']}; {what}",
            "question": Question(
                id=identity,
                text=f"May {database.name} start empty on the new side?",
                why=f"it keeps its data in {database.keeps}, and moveday does not move that of"
                f" {NAMES[database.engine]}",
                kind="choice",
                choices=("start-empty", "keep"),
                flag=f"--answers FILE ({identity})",
            ),
        }
    )


def managed_item(
    facts: MappingFacts, database: SourceDatabase, today: str, because: str, reason: str
) -> MappedItem:
    """The managed database that takes its place, with size, price and command."""
    size = proposed_size(database)
    engine = "postgresql" if database.engine == "postgres" else database.engine
    version = wanted_version(database)[0]
    wanted = f" {version}" if version else ""
    return database_item(
        database,
        today,
        "database",
        f"a managed {NAMES[database.engine]}{wanted}: {size.disk_gb} GB, {size.memory_mb} MB",
        because,
        reason,
    ).model_copy(
        update={
            "monthly_cents": pricing.together(
                pricing.containers(1, size.memory_mb, facts.rates),
                pricing.disk(size.disk_gb, facts.rates),
            ),
            "by_hand": (
                facts.command(
                    "create-database",
                    database=database.name,
                    engine=engine,
                    version=version or UNKNOWN,
                    disk=str(size.disk_gb),
                    memory=str(size.memory_mb),
                ),
            ),
        }
    )


def settings_item(database: SourceDatabase) -> MappedItem | None:
    """What its own container is told beside its data; None when that is nothing."""
    if not database.settings:
        return None
    data = "tables that a script made come over with the data, roles and their rights do not"
    way = f"{_server_settings(database)}; {data}"
    if database.engine != "postgres":
        way = "ask Aptible's support; what a script made does not come over by itself"
    return MappedItem(
        group="databases",
        name=f"settings of {database.name}",
        today=", ".join(database.settings),
        becomes="not carried over",
        target=f"decide what the app needs: {way}",
        because="D15",
        reason=RULES["D15"],
    )


def _server_settings(database: SourceDatabase) -> str:
    """How settings of a whole server are made there: Aptible's guide on its Postgres."""
    at_start = [name for name in database.settings if name.partition("=")[0] in _READ_AT_START]
    way = "ALTER SYSTEM SET, then SELECT pg_reload_conf()"
    if at_start:
        way += f" (aptible db:reload for {', '.join(at_start)}, read at a start only)"
    if _LOGICAL in database.settings:
        way += (
            f"; {_LOGICAL} is there for a service that reads the changes of others: it begins anew"
            " on the new side, replication slots do not come over with the data"
        )
    return way


def database_item(
    database: SourceDatabase,
    today: str,
    becomes: Becomes,
    target: str,
    because: str,
    reason: str,
) -> MappedItem:
    """One row; what it costs is not known."""
    return MappedItem(
        group="databases",
        name=database.name,
        today=today,
        becomes=becomes,
        target=target,
        because=because,
        reason=reason,
        today_cents=None,
        monthly_cents=None,
    )
