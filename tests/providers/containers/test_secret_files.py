"""Secrets of a project: read where they are told, and tied to the database that they open."""

from pathlib import Path

from pydantic import SecretStr

from providers.containers.one_app import one_app
from providers.sources.compose import look
from wizard.clock import SYSTEM_CLOCK
from wizard.model.inventory import Inventory
from wizard.model.plan import Plan, SourceChoice, TargetChoice
from wizard.rules.variables import decide_variables

PLANTED = "planted-Hn19-secret"
PROJECT = """\
services:
  web:
    image: registry.example.net/chat:3
    secrets: [chat__db, chat__queue, chat__mail, chat__memory]
    environment: {DB_HOST: db}
  db:
    image: postgres:16
    environment: {POSTGRES_PASSWORD_FILE: /run/secrets/chat__db}
    secrets: [chat__db]
  queue:
    image: redis:7
    command: [sh, -c, 'redis-server --requirepass "$$(cat /run/secrets/chat__queue)"']
    secrets: [chat__queue]
  memory:
    image: memcached
    environment: {MEMCACHED_PASSWORD_FILE: /run/secrets/chat__memory}
    secrets: [chat__memory]
secrets:
  chat__db: {environment: DB_SECRET}
  chat__queue: {environment: QUEUE_SECRET}
  chat__memory: {environment: MEMORY_SECRET}
  chat__mail: {environment: MAIL_SECRET}
"""


def seen(folder: Path, env: str) -> tuple[Inventory, dict[str, dict[str, SecretStr]]]:
    (folder / "compose.yaml").write_text(PROJECT)
    (folder / ".env").write_text(env)
    found, values = look(folder, (), (), SYSTEM_CLOCK)
    return found, {app: dict(given) for app, given in values.items()}


def test_a_secret_that_a_variable_tells_is_known(tmp_path: Path) -> None:
    found, _ = seen(tmp_path, f"MAIL_SECRET={PLANTED}\n")
    known = {f.name: f.known for f in found.mounted_files}
    assert (known["chat__mail"], known["chat__db"]) == (True, False)
    assert PLANTED not in found.model_dump_json()


def test_a_secret_of_the_database_s_own_service_is_its_login(tmp_path: Path) -> None:
    found, _ = seen(tmp_path, "")
    logins = {r.variable: (r.to, r.part) for r in found.references if r.part != "address"}
    assert logins == {
        "CHAT__DB": ("db", "password"),
        "CHAT__QUEUE": ("queue", "password"),
        "CHAT__MEMORY": ("memory", "password"),
    }


def test_the_old_login_is_not_sent_to_the_new_side(tmp_path: Path) -> None:
    found, values = seen(tmp_path, f"DB_SECRET={PLANTED}\nMAIL_SECRET={PLANTED}2\n")
    part, given = one_app(found, values, "web")
    assert {d.name for d in part.databases} == {"db", "queue", "memory"}
    plan = Plan(
        source=SourceChoice(kind="compose", app="chat"),
        target=TargetChoice(stack="", environment="chat", app="chat"),
    )
    decided = {d.name: d for d in decide_variables(part, given, plan, {})}
    assert (decided["CHAT__MAIL"].because, decided["CHAT__DB"].because) == ("V9", "V20")
    assert decided["CHAT__DB"].new_value is None
