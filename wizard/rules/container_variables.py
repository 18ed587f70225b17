"""Variables of a container platform's app that name other services, by what the inventory tells."""

from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from pydantic import SecretStr

from wizard.model.containers import Reference
from wizard.model.inventory import Inventory
from wizard.model.plan import Plan
from wizard.rules.cloud_storage import storage_variables
from wizard.rules.database_urls import moved_url, read_url, with_tls, without_driver

PART, ELSEWHERE, STORAGE = "V19", "V20", "V18"
_PORTS = {"postgres": 5432, "postgresql": 5432, "redis": 6379, "rediss": 6379}


class Led(NamedTuple):
    """What a variable leads to; `value` is the new one, None where a person has to give it."""

    rule: str
    to: str
    value: SecretStr | None


def leads_elsewhere(
    name: str,
    value: SecretStr | None,
    inventory: Inventory,
    plan: Plan,
    urls: Mapping[str, SecretStr],
) -> Led | None:
    """Where a variable leads that cannot stay as it is; None when nothing tells of such a one.

    `urls` are the new databases' addresses by the variable that holds the old one. A database that
    a person leaves where it is keeps its variables.
    """
    found = next(
        (r for r in inventory.references if r.variable == name and r.app == inventory.app), None
    )
    if found is not None and found.perhaps and plan.answers.get(found.question_id) == "no":
        return None
    if found is not None and found.to_kind == "database":
        return _database(found, value, inventory, plan, urls)
    if found is not None:
        return Led(ELSEWHERE, found.to, None)
    moved = storage_variables(inventory.cloud, plan.answers, inventory.read_at)
    return Led(STORAGE, "", None) if (inventory.app, name) in moved else None


def login_beside(name: str, inventory: Inventory) -> bool:
    """Whether the password of the database in this variable stands in another one of the app."""
    own = [r for r in inventory.references if r.app == inventory.app]
    to = {r.to for r in own if r.variable == name}
    return any(r.part == "password" and r.to in to and r.variable != name for r in own)


def _database(
    reference: Reference,
    value: SecretStr | None,
    inventory: Inventory,
    plan: Plan,
    urls: Mapping[str, SecretStr],
) -> Led | None:
    database = next((d for d in inventory.databases if d.name == reference.to), None)
    if database is None:
        return Led(ELSEWHERE, reference.to, None)
    named = database.variable or database.name
    if database.managed and plan.answers.get(f"database/{named}") == "leave":
        return None
    if reference.part == "TLS":
        said = value.get_secret_value().strip() if value is not None else ""
        return Led(PART, reference.to, SecretStr(with_tls(said)) if said else None)
    url = urls.get(database.variable)
    moved = next((r.other for r in inventory.references if r.variable == database.variable), "")
    if reference.other != moved and reference.part in ("address", "name"):
        return Led(ELSEWHERE, reference.to, None)
    if url is not None and value is not None and reference.part == "address" and _of_jvm(value):
        beside = login_beside(reference.variable, inventory)
        return Led(PART, reference.to, moved_url(value, url, login_beside=beside))
    part = "" if url is None else _part(url, reference, value)
    if part:
        return Led(PART, reference.to, SecretStr(part))
    return Led(ELSEWHERE, reference.to, None)


def _of_jvm(value: SecretStr) -> bool:
    """Whether it is a database's address in the form of a driver of the JVM."""
    plain = without_driver(value)
    return plain != value and read_url(plain) is not None


def _part(url: SecretStr, reference: Reference, old: SecretStr | None) -> str:
    """The part of the new address that takes the old value's place; "" when its form is another.

    An address stands alone (a host) or with its port; whatever else is around it, only a person
    knows how it is read.
    """
    try:
        parts = urlsplit(url.get_secret_value().strip())
        port = parts.port or _PORTS.get(parts.scheme, 0)
    except ValueError:
        return ""
    said = old.get_secret_value().strip() if old is not None else ""
    host = parts.hostname or ""
    if reference.part == "address":
        before, sign, number = said.rpartition(":")
        plain = said and not (set(said) & set("/@?, "))
        if plain and sign and number.isdigit() and ":" not in before:
            return f"{host}:{port}"
        return host if plain and ":" not in said else ""
    return {
        "user": unquote(parts.username or ""),
        "password": unquote(parts.password or ""),
        "name": unquote(parts.path.strip("/")),
        "port": str(port) if port else "",
    }[reference.part]
