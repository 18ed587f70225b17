"""What stands in a Postgres URL that a source tells, for every source."""

from typing import Literal
from urllib.parse import parse_qs, unquote, urlsplit

from pydantic import SecretStr

from wizard.errors import OutsideError
from wizard.model.database import Connection
from wizard.safety.redact import REDACTOR

_TLS: tuple[Literal["require", "verify-ca", "verify-full"], ...] = (
    "require",
    "verify-ca",
    "verify-full",
)


def parse_url(url: SecretStr, name: str) -> Connection:
    """A postgres URL as keywords. The error never shows a piece of the URL."""
    text = url.get_secret_value().strip()
    REDACTOR.learn(text)
    try:
        parts = urlsplit(text)
        port = parts.port or 5432
    except ValueError:
        parts, port = urlsplit(""), 0
    database = unquote(parts.path.lstrip("/"))
    if (
        parts.scheme not in ("postgres", "postgresql")
        or not parts.hostname
        or not database
        or parts.username is None
    ):
        raise OutsideError(f"the address of the database {name} is not a postgres URL")
    password = unquote(parts.password or "")
    REDACTOR.learn(password)
    asked = parse_qs(parts.query).get("sslmode", ["require"])[-1]
    return Connection(
        host=parts.hostname,
        port=port,
        database=database,
        user=unquote(parts.username),
        password=SecretStr(password),
        tls=next((mode for mode in _TLS if mode == asked), "require"),
    )
