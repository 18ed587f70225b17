"""Do two addresses mean the same database, and how does an address look after the move?"""

from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urlsplit

from pydantic import SecretStr

_KINDS = {
    "postgres": "postgres",
    "postgresql": "postgres",
    "postgis": "postgres",
    "redis": "redis",
    "rediss": "redis",
}
_PORTS = {"postgres": 5432, "redis": 6379}


@dataclass(frozen=True)
class DatabaseUrl:
    """Where an address points, without its credentials."""

    kind: str
    scheme: str
    host: str
    port: int
    database: str

    def same_database(self, other: "DatabaseUrl") -> bool:
        """Whether both lead to the same data; scheme and options do not count.

        One Redis server moves as a whole: its ports (plain and TLS) and numbered databases do not
        count either.
        """
        if self.kind != other.kind or self.host != other.host:
            return False
        return self.kind == "redis" or (self.port, self.database) == (other.port, other.database)


def read_url(value: SecretStr) -> DatabaseUrl | None:
    """The address in `value`; None when it is none of a Postgres or Redis.

    Dialect names such as postgresql+asyncpg count as Postgres.
    """
    try:
        parts = urlsplit(value.get_secret_value().strip())
        port = parts.port
    except ValueError:
        return None
    kind = _KINDS.get(parts.scheme.partition("+")[0])
    if kind is None or not parts.hostname:
        return None
    database = parts.path.strip("/") or ("0" if kind == "redis" else "")
    return DatabaseUrl(kind, parts.scheme, parts.hostname, port or _PORTS[kind], database)


def moved_url(old: SecretStr | None, new: SecretStr) -> SecretStr:
    """The new service's address, in the old one's manner.

    The old scheme stays for Postgres (`postgres://`, `postgresql+asyncpg://`): apps depend on it.
    So does the number of a Redis database.
    Options of the old address that the new one does not set stay too, except those about TLS
    files, which belong to the old server. Everything else is the new service's, byte for byte.
    """
    before = read_url(old) if old is not None else None
    after = read_url(new)
    text = new.get_secret_value()
    if old is None or before is None or after is None:
        return new
    if before.kind == after.kind == "postgres" and before.scheme != after.scheme:
        text = before.scheme + text[text.index("://") :]
    if before.kind == after.kind == "redis" and before.database != "0" and after.database == "0":
        text = urlsplit(text)._replace(path=f"/{before.database}").geturl()
    present = {name for name, _ in parse_qsl(urlsplit(text).query, keep_blank_values=True)}
    options = [
        (name, value)
        for name, value in parse_qsl(
            urlsplit(old.get_secret_value().strip()).query, keep_blank_values=True
        )
        if name not in present and name not in ("sslrootcert", "sslcert", "sslkey", "sslcrl")
    ]
    if options:
        text += ("&" if present else "?") + urlencode(options)
    return SecretStr(text)
