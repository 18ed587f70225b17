"""How to connect: libpq settings by keyword, session settings, and private files for programs."""

# ruff: noqa: S608  identifiers come quoted from the server, values are parameters or our own

import contextlib
import os
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from providers import process
from wizard.model.database import Connection
from wizard.safety.network import load_network
from wizard.safety.redact import REDACTOR

OUR_NAME = "moveday"
CONNECT_TIMEOUT = 15
_LONGEST_NAME = 63
_DEAD_AFTER_MS = 20_000
_NO_FILE = "/dev/null/none"

# Display settings change how values look as text, timeouts cut off long work, and a display of
# money follows lc_monetary. Unknown ones (older servers) are passed over.
SESSION_SETTINGS: dict[str, str] = {
    "datestyle": "ISO",
    "intervalstyle": "postgres",
    "extra_float_digits": "3",
    "bytea_output": "hex",
    "timezone": "UTC",
    "lc_monetary": "C",
    "row_security": "off",
    "synchronize_seqscans": "off",
    "statement_timeout": "0",
    "lock_timeout": "0",
    "idle_in_transaction_session_timeout": "0",
    "idle_session_timeout": "0",
    "transaction_timeout": "0",
    "xmloption": "content",
    "search_path": "",
}
TARGET_SETTINGS: dict[str, str] = {
    **SESSION_SETTINGS,
    "synchronous_commit": "off",
    "client_min_messages": "warning",
    "check_function_bodies": "off",
    # A server that builds an index would not notice for hours that nobody waits for it.
    "client_connection_check_interval": "2s",
}


def application_name(move_id: str, role: str) -> str:
    """`moveday-<move id>-<role>`, cut so that the role and the prefix always fit."""
    return f"{session_prefix(move_id)}{role}"[:_LONGEST_NAME]


def session_prefix(move_id: str) -> str:
    """What all application names of one move begin with."""
    return f"{OUR_NAME}-{move_id[:40]}-"


def libpq_settings(connection: Connection, name: str) -> dict[str, Any]:
    """Keywords for libpq. Holds the password: keep it in memory."""
    password = connection.password.get_secret_value()
    REDACTOR.learn(password)
    network = load_network()
    host, port = network.reach(connection.host, connection.port)
    settings: dict[str, Any] = {
        "host": connection.host,
        "port": str(port),
        "dbname": connection.database,
        "user": connection.user,
        "password": password,
        "sslmode": connection.tls,
        "application_name": name,
        "client_encoding": "UTF8",
        "connect_timeout": str(CONNECT_TIMEOUT),
        "keepalives": "1",
        "keepalives_idle": "10",
        "keepalives_interval": "5",
        "keepalives_count": "2",
        "tcp_user_timeout": str(_DEAD_AFTER_MS),
        "gssencmode": "disable",
    }
    if connection.address:
        settings |= {"hostaddr": connection.address, "port": str(connection.port)}
    elif host != connection.host:
        settings["hostaddr"] = host
    if connection.tls in ("verify-ca", "verify-full"):
        settings["sslrootcert"] = connection.ca_file or network.ca_file or "system"
    else:
        # A root.crt in the home folder would silently turn "require" into "verify-ca".
        settings["sslrootcert"] = _NO_FILE
    return settings


def libpq_settings_in_turn(connection: Connection, name: str) -> list[dict[str, Any]]:
    """One set for each line that leads to the database; see `libpq_settings`."""
    ports = (connection.port, *connection.more_ports)
    return [libpq_settings(connection.model_copy(update={"port": port}), name) for port in ports]


def settings_sql(settings: Mapping[str, str]) -> str:
    """One statement that applies every setting this server knows, and can have where it runs."""
    values = ", ".join(f"('{name}', '{value}')" for name, value in settings.items())
    # Some systems cannot tell a server that its client is gone: they refuse any value but 0.
    return (
        "SELECT pg_catalog.set_config(s.name, v.value, false) FROM pg_catalog.pg_settings s"
        f" JOIN (VALUES {values}) v(name, value) ON v.name = pg_catalog.lower(s.name)"
        " WHERE s.name <> 'client_connection_check_interval'"
        " OR pg_catalog.version() LIKE '%linux%'"
    )


@contextlib.contextmanager
def program_settings(connection: Connection, name: str) -> Iterator[dict[str, str]]:
    """The environment for a PostgreSQL program: it names private files, and holds no secret.

    The files (a service `moveday` and its password) live in a 0700 folder as long as the context.
    """
    settings = libpq_settings(connection, name)
    password = settings.pop("password")
    with tempfile.TemporaryDirectory(prefix="moveday-") as folder:
        service, passfile = Path(folder) / "service", Path(folder) / "password"
        settings["passfile"] = str(passfile)
        lines = [f"{key}={value}" for key, value in settings.items()]
        _write_private(service, "[moveday]\n" + "\n".join(lines) + "\n")
        escaped = password.replace("\\", "\\\\").replace(":", "\\:")
        _write_private(passfile, f"*:*:*:*:{escaped}\n")
        yield process.environment(
            {"PGSERVICEFILE": str(service), "PGSERVICE": "moveday", "LC_ALL": "C"}
        )


def _write_private(path: Path, text: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
