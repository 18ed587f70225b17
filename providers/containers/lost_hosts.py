"""Addresses that lead nowhere on the new side: to what is left behind, or to no service at all."""

import re
from collections.abc import Iterator, Mapping

from providers.containers.environment import One
from wizard.formats.compose.service import Service
from wizard.model.containers import Left, LostHost

_SCHEMES = frozenset(
    {
        *("http", "https", "ws", "wss", "grpc", "tcp", "udp", "smtp", "smtps", "ldap", "ldaps"),
        *("postgres", "postgresql", "postgis", "ecto", "pgsql", "psql", "mysql", "mysql2"),
        *("mariadb", "sqlserver", "mssql", "mongodb", "redis", "rediss", "memcached", "amqp"),
        *("amqps", "nats", "kafka", "mqtt", "clickhouse", "bolt", "neo4j", "elasticsearch"),
    }
)
_IN_ADDRESS = re.compile(
    r"(?<![\w+.-])(?P<scheme>[a-z][a-z0-9]*)(?:\+\w+)?://(?:[^/?#\s,@]*@)?"
    r"(?P<host>[a-z0-9](?:[a-z0-9_-]{0,40}[a-z0-9])?)(?=[:/?#,;\s\"']|$)(?![^\s,]*@)",
    re.IGNORECASE,
)
_NAMES_HOST = re.compile(r"_HOST(?:NAME)?$", re.IGNORECASE)
_BARE = re.compile(r"(?P<host>[a-z](?:[a-z0-9_-]{0,40}[a-z0-9])?)(?::\d{2,5})?")
_LISTENS = re.compile(r"BIND|LISTEN|VIRTUAL_|LETSENCRYPT|TRUST|CHECK|VERIFY", re.IGNORECASE)
_NO_HOSTS = frozenset({"localhost", "true", "false", "none", "null", "yes", "no", "on", "off"})
_LEFT: Mapping[str, Left] = {"tool": "tool", "off": "profile", "none": "none", "tls": "tls"}
"""A service's role → why it does not come along."""


def lost_hosts(
    given: Mapping[str, Mapping[str, One]],
    services: Mapping[str, Service],
    roles: Mapping[str, str],
    by_name: Mapping[str, str],
    app_of: Mapping[str, str],
) -> Iterator[LostHost]:
    """One per app, variable and host of one word that no service of the new side has.

    `by_name`: every name by which a service of the project is reached → the service.
    """
    linked = {
        alias: by_name.get(name, "")
        for service in services.values()
        for name, _, alias in (link.partition(":") for link in service.links)
        if alias
    }
    known = {name.lower(): service for name, service in {**linked, **by_name}.items()}
    seen: set[tuple[str, str, str]] = set()
    for process, variables in given.items():
        for variable, one in variables.items():
            text = one.value.get_secret_value().strip() if one.value is not None else ""
            for host in _hosts(variable, text):
                to = known.get(host.lower(), "")
                left = _LEFT.get(roles.get(to, ""), "")
                place = (app_of[process], variable, host)
                if (to and not left) or host.lower() in _NO_HOSTS or place in seen:
                    continue
                seen.add(place)
                yield LostHost(
                    app=app_of[process], variable=variable, host=host, left=left, where=one.where
                )


def _hosts(variable: str, text: str) -> Iterator[str]:
    for found in _IN_ADDRESS.finditer(text.removeprefix("jdbc:").removeprefix("r2dbc:")):
        # A number alone is an address in an odd form, or none.
        if found["scheme"].lower() in _SCHEMES and not found["host"].isdigit():
            yield found["host"]
    if _NAMES_HOST.search(variable) and not _LISTENS.search(variable):
        bare = _BARE.fullmatch(text)
        if bare is not None:
            yield bare["host"]
