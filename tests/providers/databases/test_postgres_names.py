"""Databases are named by variables that hold URLs, or by libpq's services; never by URLs."""

from pathlib import Path
from typing import Any

import pytest

from providers.databases.postgres.connection_service import connection_from_service
from wizard.cli.database_sides import Side, connections
from wizard.cli.launchers import DatabaseTools
from wizard.errors import UsageError

SERVICES = r"""
# comment
[other]
host=elsewhere
[old]
  host=db.example
dbname=clinic
user=app
port=6432
sslmode=verify-full
sslrootcert=/ca.pem
connect_timeout=3
[old]
host=never
[inline]
hostaddr=10.0.0.1
user=app
password=a b=c#canary
[strange]
host=x
sslkey=/key
[many]
host=a,b
port=1,2
[broken]
canary without sign
"""


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    (tmp_path / "services").write_text(SERVICES)
    passwords = tmp_path / "passwords"
    passwords.write_text(
        "# comment\nother:*:*:*:wrong\n" + r"db.example:6432:*:app:pa\:ss\\word:end" + "\n"
    )
    passwords.chmod(0o600)
    return {"PGSERVICEFILE": str(tmp_path / "services"), "PGPASSFILE": str(passwords)}


def test_a_service_is_read_as_libpq_reads_it(environ: dict[str, str]) -> None:
    found = connection_from_service("old", environ)
    assert (found.host, found.port, found.database, found.user) == (
        "db.example",
        6432,
        "clinic",
        "app",
    )
    assert (found.tls, found.ca_file) == ("verify-full", "/ca.pem")
    assert found.password.get_secret_value() == r"pa:ss\word:end"
    inline = connection_from_service("inline", environ)
    assert (inline.host, inline.port, inline.database) == ("10.0.0.1", 5432, "app")
    assert inline.password.get_secret_value() == "a b=c#canary"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("nothing", "there is no service nothing"),
        ("strange", "does not understand"),
        ("many", "cannot be read"),
        ("broken", "no setting"),
    ],
)
def test_what_cannot_be_used_is_said(environ: dict[str, str], name: str, words: str) -> None:
    with pytest.raises(UsageError, match=words) as caught:
        connection_from_service(name, environ)
    assert "canary" not in str(caught.value)


def test_passwords_that_others_can_read_are_refused(environ: dict[str, str]) -> None:
    Path(environ["PGPASSFILE"]).chmod(0o644)
    with pytest.raises(UsageError, match="can be read by others"):
        connection_from_service("old", environ)


@pytest.mark.parametrize(
    ("variable", "service", "words"),
    [
        ("postgres://u:pw-canary@h/d", "", "not by its URL"),
        ("", "host=x password=pw-canary", "not by its URL"),
        ("", "", "name the target once"),
        ("NEW", "new", "name the target once"),
        ("NOT_SET_ANYWHERE", "", "NOT_SET_ANYWHERE is not set"),
    ],
)
def test_a_side_is_named_once_and_by_name(variable: str, service: str, words: str) -> None:
    none_is_asked: list[Any] = [None] * 11
    tools = DatabaseTools(*none_is_asked)
    with pytest.raises(UsageError, match=words) as caught:
        connections(tools, [Side(side="target", variable=variable, service=service)])
    assert "canary" not in str(caught.value)
