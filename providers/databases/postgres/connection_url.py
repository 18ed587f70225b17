"""How does a Postgres URL become a connection? Read by libpq's own rules."""

import psycopg
from psycopg.conninfo import conninfo_to_dict
from pydantic import SecretStr, ValidationError

from wizard.errors import UsageError
from wizard.model.database import Connection


def connection_from_url(url: str) -> Connection:
    """A connection from a `postgres://` or `postgresql://` URL; sslmode "prefer" unless it says.

    Raises UsageError without repeating any part of the URL.
    """
    try:
        parts = conninfo_to_dict(url)
        return Connection(
            host=str(parts.get("hostaddr") or parts.get("host") or "localhost"),
            port=int(str(parts.get("port") or 5432)),
            database=str(parts.get("dbname") or parts.get("user") or ""),
            user=str(parts.get("user") or ""),
            password=SecretStr(str(parts.get("password") or "")),
            tls=parts.get("sslmode") or "prefer",  # type: ignore[arg-type]
            ca_file=str(parts.get("sslrootcert") or ""),
        )
    except (psycopg.Error, ValidationError, ValueError):
        raise UsageError(
            "the URL of a database cannot be read",
            "it is not shown here because it holds a password",
            "it looks like postgres://USER:PASSWORD@HOST:PORT/DATABASE",
        ) from None
