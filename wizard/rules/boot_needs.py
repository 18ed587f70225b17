"""Why did a process not start? Read from its log: what it misses that is no fault of the files."""

import re
from collections.abc import Iterable

from wizard.model.frozen import Frozen

USUAL = ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "SECRET_KEY_BASE")
"""Variables that nearly every app has."""

_NAME = r"[A-Z][A-Z0-9_]{2,}"
# Each has the variable's name as its only group. Words of the usual libraries: os.environ,
# django-environ, python-decouple, Ruby's ENV.fetch, dotenv-safe, envalid, Rails, Go and PHP apps.
_MISSING = tuple(
    re.compile(pattern)
    for pattern in (
        rf"KeyError: ['\"]({_NAME})['\"]",
        rf"key not found: \\?\"({_NAME})\\?\"",
        rf"[Ss]et the ({_NAME}) environment variable",
        rf"({_NAME}) not found\. Declare it as envvar",
        rf"[`'\"$]?\b({_NAME})\b[`'\"]? (?:environment variable |env var )?"
        r"(?:is|was|must be|has to be|needs to be|should be) "
        r"(?:not set|not defined|not present|not provided|missing|required|unset|undefined|"
        r"set\b|defined|provided|specified)",
        rf"(?:[Mm]issing|[Uu]ndefined|[Rr]equired|[Nn]o)(?: required)?"
        rf" (?:environment|env|ENV|config)[ _]?(?:variable|var|vars|variables)?s?:? "
        rf"[`'\"$]?({_NAME})\b",
        rf"[Ee]nvironment variable:? [`'\"$]?({_NAME})[`'\"]? "
        r"(?:is|was|not|must|has|does|required|missing)",
        rf"[Mm]issing [`'\"]?({_NAME})\b[`'\"]?",
        rf"({_NAME})[`'\"]? (?:setting )?must not be empty",
    )
)
_RAILS_SECRET = re.compile(r"[Mm]issing `?secret_key_base`?")
# A service that did not answer; the group, where there is one, says which.
_SERVICES = tuple(
    re.compile(pattern)
    for pattern in (
        r"ECONNREFUSED(?:[ :]+([\w.\[\]:-]+:\d+))?",
        r"[Cc]onnection to server at \"?([^\s\"]+)\"?.*? failed",
        r"could not connect to server: ([^\n]{3,60})",
        r"[Ee]rror (?:111|-2|-3|99) connecting to ([\w.:-]+[\w])",
        r"dial tcp ([\w.\[\]:-]+:\d+): connect: connection refused",
        r"Can't connect to (?:local )?(MySQL|MariaDB) server",
        r"(MongoNetworkError|MongooseServerSelectionError|ServerSelectionTimeoutError)",
        r"getaddrinfo (?:ENOTFOUND|EAI_AGAIN) ([\w.-]+)",
        r"could not translate host name \"([^\"]+)\"",
        r"(?:amqp|kombu|pika)[^\n]*(?:[Cc]onnection refused|ConnectionRefused)",
        r"ConnectionRefusedError",
        r"PG::ConnectionBad",
        r"Redis::CannotConnectError|RedisClient::CannotConnectError",
        r"SQLSTATE\[HY000\] \[2002\]",
    )
)


class Needs(Frozen):
    """What a process misses: names of variables, and services that did not answer."""

    names: tuple[str, ...] = ()
    services: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Whether anything is missing."""
        return bool(self.names or self.services)

    def __str__(self) -> str:
        """As the end of "it needs …"."""
        parts = [f"the variable {name}" for name in self.names]
        parts += [
            "a service that answers" + (f" ({place})" if place else "") for place in self.services
        ]
        return " and ".join(parts[:4])


def needs_from_log(log: str) -> Needs:
    """What a log says is missing; nothing when it says something else, or nothing."""
    names = [match[1] for pattern in _MISSING for match in pattern.finditer(log)]
    if _RAILS_SECRET.search(log):
        names.append("SECRET_KEY_BASE")
    services = [
        next((group for group in match.groups() if group), "")
        for pattern in _SERVICES
        for match in pattern.finditer(log)
    ]
    places = [place for place in dict.fromkeys(services) if place]
    if services and not places:
        places = [""]
    return Needs(names=tuple(dict.fromkeys(names))[:10], services=tuple(places[:3]))


def stand_in(name: str) -> str:
    """A value in the usual shape for a variable of this name, which leads nowhere.

    Port 9 of the container's own loopback: nothing listens there.
    """
    if re.search(r"MONGO", name):
        return "mongodb://127.0.0.1:9/moveday"
    if re.search(r"REDIS|VALKEY", name):
        return "redis://127.0.0.1:9/0"
    if re.search(r"AMQP|RABBIT", name):
        return "amqp://127.0.0.1:9/"
    if re.search(r"MYSQL|MARIADB|JAWSDB|CLEARDB", name) and name.endswith("URL"):
        return "mysql://moveday:moveday@127.0.0.1:9/moveday"
    if re.search(r"DATABASE|POSTGRES|(^|_)PG", name) and name.endswith("URL"):
        return "postgres://moveday:moveday@127.0.0.1:9/moveday"
    if re.search(r"(URL|URI|ENDPOINT)$", name):
        return "http://127.0.0.1:9/"
    if re.search(r"(HOST|HOSTNAME|DOMAIN)$", name):
        return "127.0.0.1"
    if re.search(r"(PORT|TIMEOUT|SIZE|COUNT|LIMIT|_MS|CONCURRENCY|THREADS)$", name):
        return "9"
    # Long enough for what checks the length of a key.
    return "moveday-stand-in-" + "0" * 64


def last_lines(log: str, most: int = 12) -> tuple[str, ...]:
    """The end of a log without empty lines: where the reason usually stands."""
    return tuple([line.rstrip() for line in log.splitlines() if line.strip()][-most:])


def named(values: Iterable[str], most: int = 6) -> str:
    """A list in words, cut."""
    found = list(values)
    more = f" and {len(found) - most} more" if len(found) > most else ""
    return ", ".join(found[:most]) + more
