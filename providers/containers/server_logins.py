"""What lets one in at a database: what its own service is given, in variables and its command."""

import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from providers.containers.environment import One
from wizard.formats.compose.service import Service
from wizard.model.containers import Part
from wizard.model.inventory import Engine

_WORDS: Mapping[str, tuple[str, ...]] = {
    "postgres": ("POSTGRES", "POSTGRESQL", "PG", "PGSQL", "PSQL", "DB", "DATABASE", "SQL"),
    "mysql": ("MYSQL", "DB", "DATABASE", "SQL"),
    "mariadb": ("MARIADB", "MYSQL", "DB", "DATABASE", "SQL"),
    "sqlserver": ("MSSQL", "SA", "DB", "DATABASE", "SQL"),
    "mongodb": ("MONGO", "MONGODB", "DB", "DATABASE"),
    "redis": ("REDIS", "VALKEY", "KEYDB"),
    "rabbitmq": ("RABBITMQ", "RABBIT", "AMQP"),
    "elasticsearch": ("ELASTICSEARCH", "ELASTIC", "ES"),
    "opensearch": ("OPENSEARCH",),
    "influxdb": ("INFLUXDB", "INFLUX"),
    "couchdb": ("COUCHDB",),
    "memcached": ("MEMCACHED", "MEMCACHE"),
    "clickhouse": ("CLICKHOUSE",),
    "neo4j": ("NEO4J",),
    "object store": ("MINIO", "S3"),
}
"""Words of variables' names that tell of an engine."""
KINDS = frozenset(word for words in _WORDS.values() for word in words) - {"DB", "DATABASE", "SQL"}
"""Words that say which engine, and no more."""
_PORTS: Mapping[str, int] = {
    "postgres": 5432,
    "mysql": 3306,
    "mariadb": 3306,
    "redis": 6379,
    "mongodb": 27017,
}
_PARTS: tuple[tuple[Part, re.Pattern[str]], ...] = (
    ("password", re.compile(r"(?:PASS(?:WORD|WD|PHRASE)?|PWD|AUTH|SECRET)$")),
    ("user", re.compile(r"(?:USER(?:_?NAME)?|LOGIN)$")),
    ("port", re.compile(r"PORT$")),
    ("name", re.compile(r"(?:^|_)(?:DB|DATABASE)(?:_?NAME)?$")),
)
_KEYS: tuple[tuple[Part, re.Pattern[str]], ...] = (
    ("password", re.compile(r"SECRET(?:_ACCESS)?_?KEY$")),
    ("user", re.compile(r"ACCESS_?KEY(?:_?ID)?$")),
)
"""The login of an object store; elsewhere a SECRET_KEY is the app's own, for what it signs."""
_SPREAD = re.compile(r"(?:(?<=_)|^)(PG|DB|MYSQL|REDIS|MONGO)(?=HOST|PORT|USER|PASS|NAME|DATABASE)")


@dataclass(frozen=True)
class ServerLogin:
    """One database's own login; `words` are those by which variables' names tell of it."""

    name: str
    engine: Engine
    words: frozenset[str]
    port: int | None
    said: Mapping[Part, frozenset[str]] = field(repr=False)

    def same(self, part: Part, text: str) -> bool:
        """Whether a value is this part of what lets one in."""
        if part == "port":
            return self.port is not None and text == str(self.port)
        return bool(text) and text in self.said.get(part, ())

    def denies(self, part: Part, text: str) -> bool:
        """Whether the server is known to have another one."""
        return bool(self.said.get(part)) and not self.same(part, text)


def server_login(service: Service, engine: Engine, given: Mapping[str, One]) -> ServerLogin:
    """What the service of a database tells of its login; nothing of it is ever shown."""
    words = frozenset((*_WORDS.get(engine, ()), *words_of(service.name)))
    said: dict[Part, set[str]] = {}
    for variable, one in given.items():
        part = part_of(variable, engine)
        if part and one.value is not None and words & words_of(variable):
            said.setdefault(part, set()).add(one.value.get_secret_value())
    for password in _required(service, given):
        said.setdefault("password", set()).add(password)
    if engine == "postgres":
        # The image's own, where nothing else is said (its documentation).
        if not said.get("user"):
            said["user"] = {"postgres"}
        if not said.get("name"):
            said["name"] = set(said["user"])
    kept = {part: frozenset(values - {""}) for part, values in said.items()}
    return ServerLogin(service.name, engine, words, _PORTS.get(engine), kept)


def managed_login(name: str, engine: Engine) -> ServerLogin:
    """A database beside the platform: nothing but its kind is known."""
    return ServerLogin(name, engine, frozenset(_WORDS.get(engine, ())), _PORTS.get(engine), {})


def part_of(variable: str, engine: Engine) -> Part | None:
    """Which part of a login at this kind of server a variable's name ends in; None for others."""
    upper = _SPREAD.sub(r"\1_", variable.upper())
    parts = (*_KEYS, *_PARTS) if engine == "object store" else _PARTS
    return next((part for part, named in parts if named.search(upper)), None)


def words_of(name: str) -> frozenset[str]:
    """The words of a name: DB and PASS of APP_DBPASS, too."""
    spread = _SPREAD.sub(r"\1_", name.upper())
    return frozenset(re.split(r"[^A-Z0-9]+", spread)) - {""}


def _required(service: Service, given: Mapping[str, One]) -> Iterator[str]:
    """What a Redis server is told to ask for."""
    try:
        words = shlex.split(f"{service.entrypoint} {service.command}")
    except ValueError:
        return
    # A shell's own line is one word of the command.
    words = [inner for word in words for inner in (word.split() if " " in word else [word])]
    for before, word in pairwise(words):
        if before != "--requirepass":
            continue
        plain = word.strip("\"'")
        own = given.get(plain.strip("${}")) if plain.startswith("$") else None
        if own is not None and own.value is not None:
            yield own.value.get_secret_value()
        elif not plain.startswith("$"):
            yield plain
