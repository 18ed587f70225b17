"""Do two addresses mean the same database, and how does an address look after the move?"""

from dataclasses import dataclass
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

from pydantic import SecretStr

_KINDS = {
    "postgres": "postgres",
    "postgresql": "postgres",
    "postgis": "postgres",
    "ecto": "postgres",
    "pgsql": "postgres",
    "psql": "postgres",
    "pgx": "postgres",
    "pgx5": "postgres",
    "redis": "redis",
    "rediss": "redis",
}
_PORTS = {"postgres": 5432, "redis": 6379}
_DRIVERS = ("jdbc:", "r2dbc:")
"""What drivers of the JVM write in front of an address."""
_OLD_FILES = frozenset({"sslrootcert", "sslcert", "sslkey", "sslcrl"})
_WITHOUT_TLS = {
    "disable": "require",
    "allow": "require",
    "prefer": "require",
    "false": "true",
    "off": "on",
    "no": "yes",
    "0": "1",
}
"""What a word says of TLS, where it may be off → the same where it is on."""


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


def moved_url(old: SecretStr | None, new: SecretStr, *, login_beside: bool = False) -> SecretStr:
    """The new service's address, in the old one's manner.

    The old scheme stays for Postgres (`postgres://`, `postgresql+asyncpg://`, `jdbc:`): apps depend
    on it. So does the number of a Redis database.
    Options of the old address that the new one does not set stay too, except those about TLS
    files, which belong to the old server, and a Postgres is never spoken to without TLS: the new
    one takes nothing else. Everything else is the new service's, byte for byte.
    `login_beside`: other variables hold user and password, which an address that held none of them
    before then leaves out.
    """
    said = old.get_secret_value().strip() if old is not None else ""
    driver = next((each for each in _DRIVERS if said.startswith(each)), "")
    said = said.removeprefix(driver)
    before, after = read_url(SecretStr(said)), read_url(new)
    text = new.get_secret_value()
    if before is None or after is None:
        return new
    postgres = before.kind == after.kind == "postgres"
    if driver == "jdbc:" and postgres:
        return _jdbc(said, before, new, after, login_beside)
    if postgres and before.scheme != after.scheme:
        text = before.scheme + text[text.index("://") :]
    if before.kind == after.kind == "redis" and before.database != "0" and after.database == "0":
        text = urlsplit(text)._replace(path=f"/{before.database}").geturl()
    if login_beside and "@" not in urlsplit(said).netloc:
        parts = urlsplit(text)
        text = parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
    present = {name.lower() for name, _ in _options(text)}
    kept = [
        (name, with_tls(value) if postgres and name.lower() in ("sslmode", "ssl") else value)
        for name, value in _options(said)
        if name.lower() not in present | _OLD_FILES
    ]
    if kept:
        text += ("&" if present else "?") + urlencode(kept)
    return SecretStr(driver + text)


def without_driver(value: SecretStr) -> SecretStr:
    """The address without what a driver of the JVM writes in front of it."""
    text = value.get_secret_value().strip()
    driver = next((each for each in _DRIVERS if text.startswith(each)), "")
    return SecretStr(text.removeprefix(driver)) if driver else value


def with_tls(word: str) -> str:
    """What turns TLS on where `word` leaves it out or to chance; any other word as it is."""
    on = _WITHOUT_TLS.get(word.lower(), word)
    return on.upper() if word.isupper() else on.capitalize() if word.istitle() else on


def _jdbc(
    said: str, before: DatabaseUrl, new: SecretStr, after: DatabaseUrl, login_beside: bool
) -> SecretStr:
    """A JDBC address has no user in front of its host: both are options, or stand elsewhere."""
    old = {name: value for name, value in _options(said) if name.lower() not in _OLD_FILES}
    own = dict(_options(new.get_secret_value()))
    parts = urlsplit(new.get_secret_value().strip())
    asked = old.pop("sslmode", "")
    old.pop("ssl", None)
    inside = "password" in old or not login_beside
    login = {"user": unquote(parts.username or ""), "password": unquote(parts.password or "")}
    options = {
        **(login if inside else {}),
        **{name: value for name, value in old.items() if name not in login},
        "sslmode": with_tls(asked) or "require",
        **own,
    }
    place = f"{after.host}:{after.port}/{quote(after.database)}"
    return SecretStr(f"jdbc:{before.scheme}://{place}?{urlencode(options, quote_via=quote)}")


def _options(text: str) -> list[tuple[str, str]]:
    return parse_qsl(urlsplit(text).query, keep_blank_values=True)
