"""Managed databases of Azure: which server does a value name, and which of the two products is it?

Host names, ports and user names: Microsoft Learn (Azure Database for PostgreSQL and for MySQL).
A Single Server wants `user@server` as the user's name, a Flexible Server the plain name. That a
plain name means Flexible Server is inferred from that; so is that a host with `private.` in it is
one (its private DNS zones are named so).
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from wizard.formats.azure.given import Given
from wizard.model.cloud import CloudDatabase

POOLER_PORT = 6432
"""The PgBouncer that Flexible Server runs beside the database."""
_HOST = re.compile(
    r"(?<![A-Za-z0-9.-])(?P<server>[A-Za-z0-9][A-Za-z0-9-]*)(?P<zone>(?:\.[A-Za-z0-9-]+){0,3})"
    r"\.(?P<engine>postgres|mysql|mariadb)\.database\.azure\.com(?![A-Za-z0-9-])(?::(?P<port>\d+))?",
    re.IGNORECASE,
)
_USER = re.compile(
    r"://(?P<url>[^:/@\s]+)(?::[^@\s]*)?@|\buser(?:\s?id|name)?\s*=\s*(?P<key>[^;&\s]+)",
    re.IGNORECASE,
)
_HOST_END = re.compile(r"(?:HOST(?:NAME)?|SERVER|ADDR(?:ESS)?)$", re.IGNORECASE)
Kind = Literal["", "single", "flexible"]
Engine = Literal["postgres", "mysql", "mariadb"]


@dataclass(frozen=True)
class Server:
    """A server as a value names it: whole host name in small letters, port None when not said."""

    host: str
    name: str
    engine: Engine
    port: int | None


def servers_in(text: str) -> Iterator[Server]:
    """Every server that a value names."""
    if "azure.com" not in text.lower():
        return
    for found in _HOST.finditer(text):
        port = found["port"]
        engine: Engine = found["engine"].lower()  # type: ignore[assignment]
        yield Server(
            host=found[0].partition(":")[0].lower(),
            name=found["server"].lower(),
            engine=engine,
            port=int(port) if port and len(port) <= 5 else None,
        )


def databases_in(given: Iterable[Given]) -> Iterator[CloudDatabase]:
    """One per server, however many variables name it."""
    all_given = tuple(given)
    places: dict[tuple[str, Engine], list[tuple[Given, Server]]] = {}
    for each in all_given:
        for server in servers_in(each.value):
            places.setdefault((server.name, server.engine), []).append((each, server))
    for (name, engine), seen in places.items():
        kinds = {kind for each, server in seen if (kind := _kind(each, server, all_given))}
        pooled = engine == "postgres" and any(
            server.port == POOLER_PORT or str(POOLER_PORT) in _beside(each, all_given, "PORT")
            for each, server in seen
        )
        stands_in = tuple(dict.fromkeys((each.app, each.variable) for each, _ in seen))
        yield CloudDatabase(
            server=name,
            engine=engine,
            kind=kinds.pop() if len(kinds) == 1 else "",
            pooled=pooled,
            stands_in=stands_in,
            where=seen[0][0].where,
        )


def _kind(given: Given, server: Server, all_given: tuple[Given, ...]) -> Kind:
    with_server = re.compile(
        rf"[^\s@:/;=&]+(?:@|%40){re.escape(server.name)}(?![A-Za-z0-9.-])", re.IGNORECASE
    )
    if with_server.search(given.value):
        return "single"
    if ".private." in server.host or server.port == POOLER_PORT:
        return "flexible"
    if _USER.search(given.value):
        return "flexible"
    users = _beside(given, all_given, "USER", "USERNAME")
    if any(with_server.fullmatch(user) for user in users):
        return "single"
    return "flexible" if users else ""


def _beside(given: Given, all_given: tuple[Given, ...], *ends: str) -> list[str]:
    """The values of variables of the same family: DB_USER and DB_PORT beside DB_HOST."""
    stem = _HOST_END.sub("", given.variable)
    if stem == given.variable:
        return []
    wanted = {f"{stem}{end}".upper() for end in ends}
    return [
        other.value.strip()
        for other in all_given
        if other.app == given.app and other.value.strip() and other.variable.upper() in wanted
    ]
