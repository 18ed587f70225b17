"""Does the inventory say of the scenario what the official client says of it, field by field?

The client is a program that others wrote; each of its commands takes a second or more, so they run
together. Durations, times and what only one of the two shows are left out.
"""

import asyncio
import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.journeys.sandbox_process import SandboxProcess, moveday, passed
from tests.providers.sandbox.official_client import judge_of, official_client

pytestmark = [pytest.mark.timeout(900)]
AS_JSON = ("ps", "config", "addons", "domains", "releases", "buildpacks", "drains", "access")
AS_TEXT = ("certs", "webhooks", "pg:info")


@pytest.fixture
def client(sandbox: SandboxProcess, tmp_path: Path) -> dict[str, Any]:
    """Command → what the official client says: JSON where it can, else text."""
    wanted = {k: v for k, v in sandbox.environ.items() if k.startswith(("HEROKU", "DISABLE"))}
    judge = judge_of(tmp_path / "home", wanted)

    commands = [f"{command} --json" for command in AS_JSON] + list(AS_TEXT)
    said = asyncio.run(judge.together(*commands))
    parsed = [json.loads(text) for text in said[: len(AS_JSON)]]
    return dict(zip((*AS_JSON, *AS_TEXT), [*parsed, *said[len(AS_JSON) :]], strict=True))


@pytest.fixture
def inventory(sandbox: SandboxProcess, app: Path) -> dict[str, Any]:
    official_client()
    document: dict[str, Any] = passed(moveday(sandbox, app, "inventory", "--json")).document
    return document


def by(items: list[dict[str, Any]], key: str) -> dict[str, dict[str, Any]]:
    return {item[key]: item for item in items}


def rows(table: str) -> list[list[str]]:
    """The cells of a table, told apart by two blanks or more."""
    return [re.split(r"\s{2,}", line.strip()) for line in table.splitlines() if line.strip()]


def test_field_by_field(client: dict[str, Any], inventory: dict[str, Any]) -> None:
    processes(client["ps"], inventory)
    variables(client["config"], inventory)
    addons(client["addons"], inventory)
    domains(client["domains"], inventory)
    release(client["releases"], inventory)
    surroundings(client, inventory)
    certificates(client["certs"], inventory)
    database(client["pg:info"], inventory)


def processes(dynos: list[dict[str, Any]], inventory: dict[str, Any]) -> None:
    running: dict[str, list[dict[str, Any]]] = {}
    for dyno in dynos:
        running.setdefault(dyno["type"], []).append(dyno)
    mine = {p["name"]: p for p in inventory["processes"] if p["quantity"]}
    assert set(running) == set(mine)
    for name, same in running.items():
        assert len(same) == mine[name]["quantity"]
        assert {dyno["command"] for dyno in same} == {mine[name]["command"]}
        assert {dyno["size"] for dyno in same} == {mine[name]["size"]}
        assert {dyno["release"]["version"] for dyno in same} == {inventory["release"]["version"]}


def variables(config: dict[str, str], inventory: dict[str, Any]) -> None:
    mine = by(inventory["variables"], "name")
    assert set(mine) == set(config)
    for name, value in config.items():
        assert mine[name]["length"] == len(value)
        assert mine[name]["empty"] == (value == "")
        assert not mine[name]["masked"]
        scheme = re.match(r"([a-z][a-z0-9+.-]*)://", value)
        assert mine[name]["scheme"] == (scheme[1] if scheme else "")


def addons(listed: list[dict[str, Any]], inventory: dict[str, Any]) -> None:
    mine = by(inventory["addons"], "name")
    assert {addon["name"] for addon in listed} == set(mine)
    used = set()
    owners = {v["name"]: v["owner"] for v in inventory["variables"]}
    for addon in listed:
        fact = mine[addon["name"]]
        assert fact["billed_to"] == addon["app"]["name"]
        others = {use["app"]["name"] for use in addon["attachments"]} - {inventory["app"]}
        assert set(fact["shared_with"]) == others
        used |= {(addon["name"], u["name"], u["app"]["name"]) for u in addon["attachments"]}
        if addon["app"]["name"] != inventory["app"]:
            continue
        assert fact["id"] == addon["id"]
        assert fact["plan"] == addon["plan"]["name"]
        assert fact["service"] == addon["addon_service"]["name"]
        assert fact["monthly_cents"] == addon["billed_price"]["cents"]
        assert fact["web_url"] == addon["web_url"]
        assert set(fact["provides"]) == set(addon["config_vars"])
        assert {owners[name] for name in addon["config_vars"]} <= {addon["name"]}
    assert {(u["addon"], u["alias"], u["user_app"]) for u in inventory["attachments"]} == used
    assert any(fact["shared_with"] for fact in mine.values())


def domains(listed: list[dict[str, Any]], inventory: dict[str, Any]) -> None:
    mine = by(inventory["domains"], "hostname")
    assert {domain["hostname"] for domain in listed} == set(mine)
    for domain in listed:
        fact = mine[domain["hostname"]]
        assert fact["target"] == domain["cname"]
        assert (fact["kind"] == "default") == (domain["kind"] == "heroku")
        assert fact["certificate_state"] == (domain["acm_status"] or "")
        assert fact["certificate_reason"] == (domain["acm_status_reason"] or "")


def release(listed: list[dict[str, Any]], inventory: dict[str, Any]) -> None:
    current = next(each for each in listed if each["current"])
    mine = inventory["release"]
    assert (mine["version"], mine["description"]) == (current["version"], current["description"])
    assert mine["created_at"] == current["created_at"]


def surroundings(client: dict[str, Any], inventory: dict[str, Any]) -> None:
    packs = [(p["ordinal"], p["buildpack"]["name"]) for p in client["buildpacks"]]
    assert [(p["ordinal"], p["name"]) for p in inventory["buildpacks"]] == packs
    drains = {
        (urlsplit(d["url"]).hostname, urlsplit(d["url"]).scheme, (d["addon"] or {}).get("name", ""))
        for d in client["drains"]
    }
    assert {(d["host"], d["scheme"], d["addon"]) for d in inventory["drains"]} == drains
    people = {(c["user"]["email"], c["role"]) for c in client["access"]}
    assert {(c["email"], c["role"]) for c in inventory["collaborators"]} == people
    hooks = {
        (urlsplit(row[1]).hostname, tuple(sorted(row[2].split(","))))
        for row in rows(client["webhooks"])
        if len(row) == 4 and "://" in row[1]
    }
    assert {(w["host"], tuple(w["events"])) for w in inventory["webhooks"]} == hooks


def certificates(table: str, inventory: dict[str, Any]) -> None:
    mine = by(inventory["certificates"], "name")
    shown = {row[0]: row for row in rows(table) if row[0] in mine}
    assert set(shown) == set(mine) != set()
    for name, (_, hosts, expires, _, kind, *_) in shown.items():
        fact = mine[name]
        assert set(fact["hostnames"]) == set(hosts.split(", "))
        assert fact["expires"][:16].replace("T", " ") == expires[:16]
        assert fact["managed"] == (kind == "ACM")


def database(text: str, inventory: dict[str, Any]) -> None:
    told = dict(re.findall(r"^([A-Z][\w -]+?):\s+(.*)$", text, re.MULTILINE))
    fact = next(d for d in inventory["databases"] if d["engine"] == "postgres")
    assert f"=== {fact['variable']}" in text
    assert fact["name"] == told["Add-on"]
    assert fact["version"] == told["PG Version"]
    assert str(fact["tables"]) == told["Tables"]
    # Both were read while the app writes.
    assert abs(fact["size_bytes"] / 1e6 - float(told["Data Size"].split()[0])) < 5
    assert fact["connections"].partition("/")[2] == told["Connections"].partition("/")[2]
