"""One app of several: what belongs to it, its files as variables, its databases by their names."""

from pathlib import Path

import pytest
from pydantic import SecretStr

from providers.containers.one_app import one_app
from providers.sources.compose import look
from wizard.clock import SYSTEM_CLOCK
from wizard.errors import UsageError
from wizard.model.inventory import Inventory, Variable

PROJECT = """
services:
  portal:
    image: registry.example.net/northside/portal:4.12.0
    ports: ["443:8000"]
    environment:
      DATABASE_URL: postgres://portal:planted-1@northside.postgres.database.azure.com/portal
      REDIS_HOST: cache
      SESSION_KEY_FILE: /run/secrets/session_key
      BLOB: https://northside.blob.core.windows.net/uploads
    secrets: [session_key, pepper]
    configs: [{source: settings, target: /srv/settings.ini}]
    volumes: ["uploads:/srv/uploads"]
  worker:
    image: registry.example.net/northside/portal:4.12.0
    command: work
    secrets: [session_key]
    volumes: ["uploads:/srv/uploads"]
  nightly:
    image: registry.example.net/northside/nightly:1
    environment:
      SOURCE: postgres://portal:planted-1@northside.postgres.database.azure.com/portal
      CACHE: redis://cache:6379/1
    volumes: ["uploads:/in", "reports:/out"]
    secrets: [pepper]
  cache:
    image: redis:7
  forgotten:
    image: postgres:16
secrets:
  session_key: {external: true}
  pepper: {file: ./pepper.txt}
configs:
  settings: {file: ./settings.ini}
volumes: {uploads: {}, reports: {}}
"""


def looked(folder: Path, text: str = PROJECT) -> tuple[Inventory, dict[str, dict[str, SecretStr]]]:
    (folder / "compose.yml").write_text(text)
    (folder / "pepper.txt").write_text("planted-2\n")
    (folder / "settings.ini").write_bytes(b"[portal]\nlanguage = en-CA\n")
    found, values = look(folder, (), (), SYSTEM_CLOCK)
    return found, {app: dict(each) for app, each in values.items()}


def variable(found: Inventory, name: str) -> Variable:
    return next(each for each in found.variables if each.name == name)


def test_only_what_belongs_to_the_app_is_there(tmp_path: Path) -> None:
    whole, values = looked(tmp_path)
    portal, given = one_app(whole, values, "portal")
    assert portal.app == "portal" and [a.name for a in portal.apps] == ["portal"]
    assert [p.name for p in portal.processes] == ["portal", "worker"]
    assert [(v.name, v.processes) for v in portal.volumes] == [("uploads", ("portal", "worker"))]
    assert {r.app for r in portal.references} == {"portal"}
    assert [(d.name, d.variable) for d in portal.databases] == [
        ("cache", ""),
        ("northside", "DATABASE_URL"),
    ]
    assert [a.account for a in portal.cloud.accounts] == ["northside"]
    assert [e.process for e in portal.entries] == ["portal"]
    assert ("database forgotten", "no variable that can be read leads to it; whose is it?") in {
        (gap.subject, gap.reason) for gap in portal.gaps
    }
    nightly, of_nightly = one_app(whole, values, "nightly")
    assert [(d.name, d.variable) for d in nightly.databases] == [
        ("cache", "CACHE"),
        ("northside", "SOURCE"),
    ]
    assert [v.name for v in nightly.volumes] == ["uploads", "reports"]
    assert nightly.cloud.accounts == () and nightly.domains == ()
    assert of_nightly.keys() == {"SOURCE", "CACHE", "PEPPER"}
    assert given["DATABASE_URL"] == of_nightly["SOURCE"]


def test_mounted_files_are_variables_by_the_name_their_start_script_wants(tmp_path: Path) -> None:
    whole, values = looked(tmp_path)
    portal, given = one_app(whole, values, "portal", lambda text: f"print of {len(text)}")
    key, pepper = variable(portal, "SESSION_KEY"), variable(portal, "PEPPER")
    assert (key.masked, key.length, key.fingerprint) == (True, 0, None)
    assert (pepper.masked, pepper.length, pepper.fingerprint) == (False, 10, "print of 10")
    assert given["PEPPER"].get_secret_value() == "planted-2\n"
    assert given["SETTINGS"].get_secret_value() == "[portal]\nlanguage = en-CA\n"
    assert "SESSION_KEY" not in given
    assert given["SESSION_KEY_FILE"].get_secret_value() == "/run/secrets/session_key"
    assert {f.holder for f in portal.mounted_files} == {"SESSION_KEY", "PEPPER", "SETTINGS"}
    assert len({v.name for v in portal.variables}) == len(portal.variables)
    assert "planted" not in portal.model_dump_json()


def test_a_name_that_is_taken_is_told_and_nothing_is_put_in_its_place(tmp_path: Path) -> None:
    text = PROJECT.replace("REDIS_HOST: cache", "PEPPER: mild")
    whole, values = looked(tmp_path, text)
    portal, given = one_app(whole, values, "portal")
    assert given["PEPPER"].get_secret_value() == "mild"
    assert "PEPPER would hold it, and is a variable already" in {g.reason for g in portal.gaps}


def test_a_file_that_is_no_text_is_given_by_a_person(tmp_path: Path) -> None:
    (tmp_path / "key.der").write_bytes(b"\xff\xfe\x00binary")
    text = PROJECT.replace("./pepper.txt", "./key.der")
    whole, values = looked(tmp_path, text)
    portal, given = one_app(whole, values, "portal")
    assert variable(portal, "PEPPER").masked and "PEPPER" not in given


def test_an_app_that_is_not_there_is_named_with_those_that_are(tmp_path: Path) -> None:
    whole, values = looked(tmp_path)
    with pytest.raises(UsageError) as wrong:
        one_app(whole, values, "work\x1b[31mer")
    assert "portal, nightly" in wrong.value.detail and "\x1b" not in str(wrong.value)


def test_a_database_belongs_to_the_app_that_has_its_login_even_without_its_address(
    tmp_path: Path,
) -> None:
    whole, values = looked(
        tmp_path,
        "services:\n  photos: {image: 'a:1', environment: {DB_PASSWORD: planted-3}}\n"
        "  vote: {image: 'b:1', depends_on: [lost]}\n"
        "  db: {image: 'postgres:16', environment: {POSTGRES_PASSWORD: planted-3}}\n"
        "  lost: {image: 'redis:7'}\n",
    )
    photos, _ = one_app(whole, values, "photos")
    assert [(d.name, d.variable) for d in photos.databases] == [("db", "")]
    vote, _ = one_app(whole, values, "vote")
    assert vote.databases == ()
    assert [gap.reason for gap in vote.gaps if gap.subject == "database lost"] == [
        "no variable that can be read leads to it; starting after it: vote; whose is it?"
    ]
