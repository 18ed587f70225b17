"""Variables of one app of a project, once the new databases are there: never the wrong database."""

from pathlib import Path

import pytest
from pydantic import SecretStr

from providers.containers.one_app import one_app
from wizard.joins.looks import look_at_files
from wizard.rules.project_mapping import proposed_plan
from wizard.rules.variables import VariableDecision, decide_variables

NEW = "postgresql://aptible:fresh@db-9.example:23456/db"
TEXT = """
services:
  web:
    image: web:1
    environment:
      STATS_URL: postgres://me:planted-1@db:5432/_stats
      STATS_DATABASE: _stats
      STATS_HOST: db
      DATABASE_URL: postgres://me:planted-1@db:5432/clinic
      POSTGRES_PASSWORD: planted-1
      QUEUE_URL: postgres://198.51.100.7:5432/clinic
  other: {image: "other:1", environment: {TEAM: "http://web:80"}}
  site: {image: "site:1", environment: {TEAM: north}}
  db:
    image: postgres:16
    ports: ["5432:5432"]
    environment: {POSTGRES_USER: me, POSTGRES_PASSWORD: planted-1, POSTGRES_DB: clinic}
"""


def _decided(
    folder: Path, app: str, answers: dict[str, str] | None = None, text: str = TEXT
) -> dict[str, VariableDecision]:
    (folder / "compose.yml").write_text(text)
    look = look_at_files("compose", folder, (), ())
    found, values = one_app(look.inventory, look.values, app)
    plan = proposed_plan(found, app).model_copy(update={"answers": answers or {}})
    urls = {d.variable: SecretStr(NEW) for d in found.databases if d.variable}
    return {d.name: d for d in decide_variables(found, values, plan, urls)}


def test_a_second_database_is_never_given_the_address_of_the_first(tmp_path: Path) -> None:
    found = _decided(tmp_path, "web")
    values = {
        name: each.new_value.get_secret_value() if each.new_value else None
        for name, each in found.items()
    }
    assert values["DATABASE_URL"] == "postgres://aptible:fresh@db-9.example:23456/db"
    assert values["POSTGRES_PASSWORD"] == "fresh"
    assert values["STATS_HOST"] == "db-9.example"
    assert (found["STATS_URL"].because, values["STATS_URL"]) == ("V20", None)
    assert (found["STATS_DATABASE"].because, values["STATS_DATABASE"]) == ("V20", None)


@pytest.mark.parametrize(("answer", "because"), [("", "V20"), ("yes", "V20"), ("no", "V9")])
def test_what_may_lead_to_the_old_database_is_kept_only_when_a_person_says_so(
    tmp_path: Path, answer: str, because: str
) -> None:
    answers = {"leads/web/QUEUE_URL": answer} if answer else {}
    assert _decided(tmp_path, "web", answers)["QUEUE_URL"].because == because


def test_a_variable_of_another_app_leads_nowhere_here(tmp_path: Path) -> None:
    assert _decided(tmp_path, "other")["TEAM"].because == "V20"
    assert _decided(tmp_path, "site")["TEAM"].because == "V9"


@pytest.mark.parametrize(
    ("login", "options"),
    [
        ("      DATASOURCE_USERNAME: me\n      DATASOURCE_PASSWORD: planted-1\n", ""),
        ("", "user=aptible&password=fresh&"),
    ],
)
def test_a_jdbc_address_holds_no_login_that_stands_beside_it(
    tmp_path: Path, login: str, options: str
) -> None:
    text = (
        "services:\n  web:\n    image: web:1\n    environment:\n"
        "      DATABASE_URL: postgres://me:planted-1@db:5432/clinic\n"
        f"      DATASOURCE_URL: jdbc:postgresql://db:5432/clinic\n{login}"
        "  db: {image: 'postgres:16', environment: {POSTGRES_USER: me,"
        " POSTGRES_PASSWORD: planted-1}}\n"
    )
    found = _decided(tmp_path, "web", text=text)
    address = found["DATASOURCE_URL"].new_value
    assert address is not None
    told = f"jdbc:postgresql://db-9.example:23456/db?{options}sslmode=require"
    assert address.get_secret_value() == told
    if login:
        password = found["DATASOURCE_PASSWORD"].new_value
        assert password is not None
        assert password.get_secret_value() == "fresh"


def test_tls_is_turned_on_in_the_word_that_the_app_knows(tmp_path: Path) -> None:
    text = (
        "services:\n  web:\n    image: web:1\n    environment:\n      DB_HOST: db\n"
        "      DB_SSLMODE: disable\n      DB_SSL: 'False'\n  db: {image: 'postgres:16'}\n"
    )
    found = _decided(tmp_path, "web", text=text)
    words = {n: v.get_secret_value() for n in found if (v := found[n].new_value) is not None}
    assert (words["DB_SSLMODE"], words["DB_SSL"]) == ("require", "True")
    assert found["DB_SSL"].because == "V19"
