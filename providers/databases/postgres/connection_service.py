"""How does a libpq service's name become a connection? Read as libpq does: files, then passwords.

The service file is `PGSERVICEFILE`, else `~/.pg_service.conf`; a service that is not in it is
looked for in `pg_service.conf` of `PGSYSCONFDIR`. A password that is not there comes from the
service's `passfile`, else `PGPASSFILE`, else `~/.pgpass`. Other `PG…` variables do not count: they
would mean both sides.
"""

import stat
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from pydantic import SecretStr, ValidationError

from wizard.errors import UsageError
from wizard.model.database import Connection

_UNDERSTOOD = frozenset(
    ["host", "hostaddr", "port", "dbname", "user", "password", "passfile", "sslmode", "sslrootcert"]
)
# What says how to connect, which moveday decides by itself.
_IGNORED = frozenset(
    [
        *("application_name", "fallback_application_name", "connect_timeout", "client_encoding"),
        *("keepalives", "keepalives_idle", "keepalives_interval", "keepalives_count"),
        *("tcp_user_timeout", "gssencmode", "sslcompression"),
    ]
)


def connection_from_service(name: str, environ: Mapping[str, str]) -> Connection:
    """The connection that a service names; sslmode "prefer" unless it says.

    Raises UsageError when there is no such service, or when it needs what moveday cannot do.
    """
    found = _service(name, environ)
    strange = sorted(found.keys() - _UNDERSTOOD - _IGNORED)
    if "host" in found and "hostaddr" in found:
        strange.append("host and hostaddr at once")
    if strange:
        raise UsageError(
            f"the service {name} has settings that moveday does not understand",
            ", ".join(strange),
            "make a service without them",
        )
    host, port = found.get("host") or found.get("hostaddr", "localhost"), found.get("port", "5432")
    user = found.get("user", "")
    database = found.get("dbname") or user
    try:
        return Connection(
            host=host,
            port=int(port),
            database=database,
            user=user,
            password=SecretStr(
                found.get("password")
                or _from_passfile(found, environ, (host, port, database, user))
            ),
            tls=found.get("sslmode", "prefer"),  # type: ignore[arg-type]
            ca_file=found.get("sslrootcert", ""),
        )
    except (ValidationError, ValueError):
        raise UsageError(
            f"the service {name} cannot be read",
            "it names one host, a port that is a number, and a known sslmode",
        ) from None


def _service(name: str, environ: Mapping[str, str]) -> dict[str, str]:
    for file in _service_files(environ):
        try:
            text = file.read_text(encoding="utf-8")
        except FileNotFoundError:
            continue
        except (OSError, UnicodeDecodeError):
            raise UsageError(f"the service file {file} cannot be read") from None
        found = _section(text, name)
        if found is not None:
            return found
    looked = " and ".join(str(file) for file in _service_files(environ))
    raise UsageError(f"there is no service {name}", f"looked for in {looked}")


def _service_files(environ: Mapping[str, str]) -> Iterator[Path]:
    yield Path(environ.get("PGSERVICEFILE") or Path.home() / ".pg_service.conf")
    if folder := environ.get("PGSYSCONFDIR"):
        yield Path(folder) / "pg_service.conf"


def _section(text: str, name: str) -> dict[str, str] | None:
    """The settings of one section; the first of two with the same name, as libpq does."""
    found: dict[str, str] | None = None
    for raw in text.splitlines():
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        if line.startswith("["):
            if found is not None:
                break
            found = {} if line == f"[{name}]" else None
        elif found is not None:
            key, equals, value = line.partition("=")
            if not equals:
                raise UsageError(
                    f"the service {name} has a line that is no setting",
                    "it is not shown here because it may hold a password",
                )
            found.setdefault(key.strip(), value.strip())
    return found


def _from_passfile(
    found: Mapping[str, str], environ: Mapping[str, str], wanted: tuple[str, str, str, str]
) -> str:
    """The password of the first matching line; "" when there is none."""
    named = found.get("passfile") or environ.get("PGPASSFILE")
    file = Path(named) if named else Path.home() / ".pgpass"
    try:
        text = file.read_text(encoding="utf-8")
        open_to_all = stat.S_IMODE(file.stat().st_mode) & 0o077
    except (OSError, UnicodeDecodeError):
        return ""
    if open_to_all and sys.platform != "win32":
        raise UsageError(f"the password file {file} can be read by others", "", f"chmod 600 {file}")
    for line in text.splitlines():
        fields = _fields(line)
        if len(fields) == len(wanted) + 1 and all(
            field in ("*", value) for field, value in zip(fields, wanted, strict=False)
        ):
            return fields[-1]
    return ""


def _fields(line: str) -> list[str]:
    r"""Fields between colons; `\:` and `\\` stand for themselves. The password may hold colons."""
    fields: list[str] = []
    field, characters = "", iter(line)
    if line.startswith("#"):
        return []
    for character in characters:
        if character == "\\":
            field += next(characters, "")
        elif character == ":" and len(fields) < 4:
            fields.append(field)
            field = ""
        else:
            field += character
    return [*fields, field]
