"""What becomes of names of services: said, asked once, and led by the answers."""

from pathlib import Path

import pytest

from tests.providers.containers.looked import hosts, mapped

UNNAMED = """
services:
  vote: {image: "vote:1", depends_on: [redis]}
  work: {image: "work:1", depends_on: [redis, db], environment: {DB_PASSWORD: planted-1}}
  gate: {image: "gate:1", ports: ["80:80"], depends_on: [vote, old]}
  redis: {image: "redis:7"}
  db: {image: "postgres:16", environment: {POSTGRES_PASSWORD: planted-1}}
  old: {image: "mysql:8"}
"""


def test_a_database_that_no_variable_names_is_asked_about(tmp_path: Path) -> None:
    found = mapped(tmp_path, UNNAMED)
    asked = {q.question.id: q.question for q in found.questions}
    assert set(asked) == {"leads/redis", "leads/db"}
    assert asked["leads/redis"].text.startswith("Which variable of vote or work leads to redis?")
    assert asked["leads/db"].why.endswith("starting after it: work; with its login: DB_PASSWORD")


def test_services_that_nothing_names_are_told_of_once(tmp_path: Path) -> None:
    rows = hosts(mapped(tmp_path, UNNAMED))
    told = {name: row.today for name, row in rows.items() if row.becomes == "told"}
    assert told == {"ways that nothing tells": "what starts after what: gate after vote, old"}


@pytest.mark.parametrize(
    ("answer", "row", "becomes"),
    [
        ("DB_HOST", "DB_HOST → db", "rewritten"),
        ("code", "way to db", "blocked"),
        ("none", "way to db", "dropped"),
    ],
)
def test_a_person_says_how_a_database_is_reached(
    tmp_path: Path, answer: str, row: str, becomes: str
) -> None:
    found = mapped(tmp_path, UNNAMED, {"leads/db": answer})
    assert hosts(found)[row].becomes == becomes
    assert "leads/db" not in {q.question.id for q in found.questions}


def test_nobody_is_asked_where_only_databases_stand_in_the_file(tmp_path: Path) -> None:
    assert not mapped(tmp_path, "services:\n  db: {image: 'postgres:16'}\n").questions


SECOND = """
services:
  web:
    image: web:1
    ports: ["80:8000"]
    environment: {DATABASE_URL: "postgres://postgres:x@db/postgres"}
  stats:
    image: stats:1
    environment: {STATS_URL: "postgres://postgres:x@db/_stats", DB_HOST: db, DB_DATABASE: _stats}
  db: {image: "postgres:16"}
"""


def test_a_second_database_is_asked_about_once_and_never_merged(tmp_path: Path) -> None:
    found = mapped(tmp_path, SECOND)
    assert [(q.question.id, q.about) for q in found.questions] == [
        ("other-database/db/stats/STATS_URL", ("STATS_URL → db", "DB_DATABASE → name of db"))
    ]
    rows = hosts(mapped(tmp_path, SECOND, {"other-database/db/stats/STATS_URL": "by-hand"}))
    assert (rows["STATS_URL → db"].becomes, rows["STATS_URL → db"].target) == (
        "given by a person",
        "the database in STATS_URL of stats, on the managed database db: made and filled by you",
    )
    assert rows["DATABASE_URL → db"].becomes == "rewritten"
    left = hosts(mapped(tmp_path, SECOND, {"other-database/db/stats/STATS_URL": "leave"}))
    assert left["STATS_URL → db"].becomes == "not carried over"


PERHAPS = """
services:
  web: {image: "web:1", ports: ["80:8000"], environment: {REDIS_URL: "redis://198.51.100.7:6379"}}
  cache: {image: redis, ports: ["6379:6379"]}
"""


@pytest.mark.parametrize(
    ("answer", "becomes"), [("", "open"), ("yes", "rewritten"), ("no", "kept")]
)
def test_what_may_be_a_database_of_the_project_is_never_kept_silently(
    tmp_path: Path, answer: str, becomes: str
) -> None:
    found = mapped(tmp_path, PERHAPS, {"leads/web/REDIS_URL": answer} if answer else {})
    assert hosts(found)["REDIS_URL → cache"].becomes == becomes
    assert bool(found.questions) is (answer == "")


def test_a_part_of_a_login_is_called_by_what_it_is(tmp_path: Path) -> None:
    rows = hosts(
        mapped(
            tmp_path,
            "services:\n  web:\n    image: a:1\n    environment:\n      MYSQL_HOST: my\n"
            "      MYSQL_PASS: planted-1\n      MYSQL_DATABASE: clinic\n"
            "  my: {image: 'mysql:8', environment: {MYSQL_ROOT_PASSWORD: planted-1}}\n",
        )
    )
    password, name = rows["MYSQL_PASS → password of my"], rows["MYSQL_DATABASE → name of my"]
    assert password.target == "the password of what takes the place of my"
    assert password.today == "holds the password for my"
    assert name.today == "holds the name of the database for my"


def test_ports_inside_that_speak_no_http_get_no_https_endpoint(tmp_path: Path) -> None:
    rows = hosts(
        mapped(
            tmp_path,
            "services:\n  web:\n    image: a:1\n    command: run --rpc-host=broker:50051\n"
            "    environment: {API: 'http://api:8000', MAIL_URL: 'smtp://post:25'}\n"
            "  broker: {image: 'b:1'}\n  api: {image: 'c:1'}\n  post: {image: 'd:1'}\n",
        )
    )
    assert {name: rows[name].becomes for name in ("broker", "api", "post")} == {
        "broker": "blocked",
        "api": "endpoint",
        "post": "blocked",
    }
    assert "gRPC" in rows["broker"].today and "TCP" in rows["post"].today


def test_one_variable_of_two_apps_leads_where_its_own_app_says(tmp_path: Path) -> None:
    found = mapped(
        tmp_path,
        "services:\n  web: {image: 'a:1', environment: {FILES: 'http://store:9000'}}\n"
        "  site: {image: 'b:1', environment: {FILES: 'http://localhost:9090'}}\n"
        "  store: {image: 'c:1', ports: ['9090:9000']}\n",
    )
    kept = {(i.app, i.name): i.becomes for i in found.items if i.group == "variables"}
    assert kept == {("site", "FILES"): "kept"}
    told = hosts(found)["addresses with localhost"]
    assert told.today == "FILES (site, port 9090, which is that of store today)"
