"""Traces of Azure in a project's variables: rows with an action each, and no value anywhere."""

import json
import sys
from pathlib import Path

import pytest

from tests.providers.sources.compose.test_look import becomes, looked
from wizard.__main__ import main
from wizard.model.mapping import MappedItem, Mapping

PLANTED = "planted-Vb52-azure"
SIGNED = f"sv=2022-11-02&sp=rl&se=2021-02-03T00:00:00Z&sig={PLANTED}"
TEXT = f"""
services:
  web:
    image: registry.example.net/clinic:2.4
    environment:
      DATABASE_URL: postgres://clinic%40clinic-pg:{PLANTED}@clinic-pg.postgres.database.azure.com:5432/c
      DB_HOST: other-pg.postgres.database.azure.com
      DB_PORT: 6432
      DB_USER: clinic
      DB_PASSWORD: {PLANTED}
      MYSQL_URL: mysql://m:{PLANTED}@old-sql.mysql.database.azure.com/m
      FILES: DefaultEndpointsProtocol=https;AccountName=clinicfiles;AccountKey={PLANTED};
      REPORTS_URL: https://clinicreports.blob.core.windows.net/r?{SIGNED}
      AZURE_REGION: canadacentral
"""
KNOWN = {"database/clinic-pg/version": "15", "database/other-pg/version": "stay"}


def row(mapping: Mapping, group: str, name: str) -> MappedItem:
    return next(i for i in mapping.items if (i.group, i.name) == (group, name))


def test_every_trace_has_a_row_with_an_action(tmp_path: Path) -> None:
    found, mapping = looked(tmp_path, TEXT)
    assert becomes(mapping, "databases") == {
        "clinic-pg": ("open", "D9"),
        "other-pg": ("open", "D9"),
        "old-sql": ("blocked", "D6"),
    }
    assert becomes(mapping, "storage") == {
        "clinicfiles": ("open", "O1"),
        "clinicreports": ("open", "O1"),
        "REPORTS_URL: signed access": ("given by a person", "O4"),
    }
    assert becomes(mapping, "hosts") == {
        "DATABASE_URL → clinic-pg": ("rewritten", "H7"),
        "DB_HOST → other-pg": ("rewritten", "H7"),
        "DB_PORT → port of other-pg": ("rewritten", "H6"),
        "DB_USER → user of other-pg": ("rewritten", "H6"),
        "DB_PASSWORD → password of other-pg": ("rewritten", "H6"),
        "MYSQL_URL → old-sql": ("rewritten", "H5"),
        "beside DB_HOST": ("told", "H15"),
    }
    assert {q.question.id for q in mapping.questions} == {
        *("database/clinic-pg/version", "database/other-pg/version", "residency/canadacentral"),
        *("storage/clinicfiles", "storage/clinicreports", "registry/registry.example.net"),
        "visitors",
    }
    assert {b.name for b in mapping.blockers} == {"old-sql"}
    single, pooled = row(mapping, "databases", "clinic-pg"), row(mapping, "databases", "other-pg")
    assert "Single Server" in single.today
    assert "NAME@SERVER" in single.reason
    assert "Flexible Server" in pooled.today
    assert "5432" in pooled.reason
    mysql = row(mapping, "databases", "old-sql")
    assert "own mysqldump" in mysql.target
    assert "--host old-sql.mysql.database.azure.com" in mysql.by_hand[0]
    assert "ended on 2021-02-03" in row(mapping, "storage", "REPORTS_URL: signed access").today
    assert PLANTED not in found.model_dump_json() + mapping.model_dump_json()


def test_answers_decide(tmp_path: Path) -> None:
    answers = {
        **KNOWN,
        "storage/clinicfiles": "own",
        "storage/clinicreports": "platform",
        "residency/canadacentral": "must-stay",
        "registry/registry.example.net": "private",
        "visitors": "none",
    }
    _, mapping = looked(tmp_path, TEXT, answers)
    assert mapping.questions == ()
    assert becomes(mapping, "databases")["clinic-pg"] == ("database", "D9")
    assert row(mapping, "databases", "clinic-pg").target.startswith("a managed Postgres 15: ")
    assert becomes(mapping, "databases")["other-pg"] == ("stays behind", "D10")
    hosts = becomes(mapping, "hosts")
    assert hosts["DB_PASSWORD → password of other-pg"] == ("kept", "H8")
    assert becomes(mapping, "storage")["clinicfiles"] == ("stays behind", "O2")
    assert becomes(mapping, "storage")["clinicreports"] == ("replaced", "O3")
    variables = becomes(mapping, "variables")
    assert variables["FILES"] == ("kept", "V9")
    assert variables["REPORTS_URL"] == ("rewritten", "V18")
    region = row(mapping, "platform", "region canadacentral")
    assert (region.becomes, "ca-central-1" in region.target) == ("told", True)


def test_an_answer_that_is_no_version_leaves_it_open(tmp_path: Path) -> None:
    _, mapping = looked(tmp_path, TEXT, {"database/clinic-pg/version": "the newest"})
    question = row(mapping, "databases", "clinic-pg").question
    assert question is not None
    assert "neither a version" in question.why


def test_a_service_and_a_server_of_one_name_are_two(tmp_path: Path) -> None:
    _, mapping = looked(
        tmp_path,
        "services:\n  web:\n    image: a\n    environment:\n"
        "      A_URL: postgres://u:p@db.postgres.database.azure.com/x\n"
        "      B_URL: postgres://u:p@db/x\n  db: {image: 'postgres:15'}\n",
    )
    assert set(becomes(mapping, "databases")) == {"db", "db at Azure"}
    assert set(becomes(mapping, "hosts")) == {"A_URL → db at Azure", "B_URL → db"}


def test_no_value_on_any_way_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "compose.yaml").write_text(TEXT)
    monkeypatch.chdir(tmp_path)
    seen = ""
    for words in (["inventory", "--source", "compose"], ["map"], ["map", "--json"]):
        monkeypatch.setattr(sys, "argv", ["moveday", *words])
        with pytest.raises(SystemExit):
            main()
        out = capsys.readouterr()
        seen += out.out + out.err
    assert "storage clinicfiles at Azure: FILES" in seen
    assert "region canadacentral (Canada): AZURE_REGION" in seen
    kept = "".join(p.read_text() for p in (tmp_path / ".moveday").iterdir() if p.is_file())
    assert PLANTED not in seen + kept
    assert json.loads(out.out)["blockers"][0]["name"] == "old-sql"
