"""Addresses of the machine itself, and what stands behind the ports that are open on it."""

import re
from collections.abc import Iterator, Mapping
from urllib.parse import SplitResult, unquote, urlsplit

from providers.containers.environment import One
from providers.containers.server_logins import ServerLogin
from wizard.formats.compose.service import Service
from wizard.model.containers import OwnAddress, Reference

_KINDS = {
    "postgres": ("postgres", 5432),
    "postgresql": ("postgres", 5432),
    "ecto": ("postgres", 5432),
    "redis": ("redis", 6379),
    "rediss": ("redis", 6379),
    "mysql": ("mysql", 3306),
    "mysql2": ("mysql", 3306),
    "mariadb": ("mariadb", 3306),
    "mongodb": ("mongodb", 27017),
    "amqp": ("rabbitmq", 5672),
}
"""Scheme → engine, and its usual port."""
_MACHINE = frozenset({"host.docker.internal", "gateway.docker.internal", "172.17.0.1"})
_LOOPBACK = re.compile(r"localhost|127(?:\.\d+){3}|::1")
_OWN = re.compile(
    r"//(?:[^/?#\s,@]*@)?(?:localhost|127(?:\.\d+){3}|\[::1\])(?::(?P<port>\d{1,5}))?(?![\w.-])",
    re.IGNORECASE,
)
_BARE = re.compile(r"(?:localhost|127\.0\.0\.1)(?::(?P<port>\d{1,5}))?", re.IGNORECASE)
_FOR_HOSTS = re.compile(
    r"(?:HOST(?:NAME)?|DOMAIN|SERVER|ADDR(?:ESS)?|FQDN|SERVER_NAMES?|(?:ALLOWED|TRUSTED)_HOSTS?)$",
    re.IGNORECASE,
)
_BETWEEN = re.compile(r"[\s,;]+")
_LISTENS = re.compile(r"BIND|LISTEN|HEALTH|INTERFACE|STATSD|NODE_", re.IGNORECASE)
"""What a container says about itself, or sends to nobody."""

Given = Mapping[str, Mapping[str, One]]


def through_the_machine(
    found: tuple[Reference, ...],
    given: Given,
    servers: Mapping[str, ServerLogin],
    services: Mapping[str, Service],
    app_of: Mapping[str, str],
) -> Iterator[Reference]:
    """Addresses whose host is no service, and whose port is that of a database of the project.

    Certain where the login is that database's own, or the host is the machine's own name; else it
    is said why it may be so. A login of another database is never taken for it.
    """
    taken = {(each.app, each.variable) for each in found}
    may_be = list(_candidates(given, servers, services))
    own = {
        parts.hostname
        for _, _, parts, server in may_be
        if parts.hostname in _MACHINE or _logs_in(parts, server)
    }
    for process, variable, parts, server in may_be:
        app = app_of[process]
        if (app, variable) in taken:
            continue
        taken.add((app, variable))
        sure = parts.hostname in own
        why = "" if sure else f"{server.name} opens this port to the machine, on which it may run"
        yield Reference(
            app=app,
            variable=variable,
            process=process,
            to=server.name,
            to_kind="database",
            port=parts.port,
            perhaps=why,
            where=given[process][variable].where,
        )


def _candidates(
    given: Given, servers: Mapping[str, ServerLogin], services: Mapping[str, Service]
) -> Iterator[tuple[str, str, SplitResult, ServerLogin]]:
    for process, variables in given.items():
        shares = services[process].words.get("network_mode") == "host"
        for variable, one in variables.items():
            parts = _split(one)
            scheme = parts.scheme.partition("+")[0] if parts is not None else ""
            if parts is None or scheme not in _KINDS or not parts.hostname:
                continue
            engine, usual = _KINDS[scheme]
            if parts.hostname in services or (_LOOPBACK.fullmatch(parts.hostname) and not shares):
                continue
            for name, server in servers.items():
                opens = name in services and _opens(services[name], parts.port or usual)
                if opens and server.engine == engine and not _another(parts, server):
                    yield process, variable, parts, server
                    break


def _split(one: One) -> SplitResult | None:
    try:
        parts = urlsplit(one.value.get_secret_value().strip()) if one.value is not None else None
        return parts if parts is not None and (parts.port is None or parts.port) else None
    except ValueError:
        return None


def _opens(service: Service, port: int) -> bool:
    return any(line.published == port and line.protocol == "tcp" for line in service.ports)


def _logs_in(parts: SplitResult, server: ServerLogin) -> bool:
    password, user = unquote(parts.password or ""), unquote(parts.username or "")
    return server.same("password", password) and (not user or server.same("user", user))


def _another(parts: SplitResult, server: ServerLogin) -> bool:
    return bool(parts.password) and server.denies("password", unquote(parts.password or ""))


def own_addresses(
    found: tuple[Reference, ...],
    given: Given,
    services: Mapping[str, Service],
    app_of: Mapping[str, str],
) -> Iterator[OwnAddress]:
    """One per app and variable that names the machine itself, or the service itself by its name in
    the project; what only listens is left out."""
    seen = {(each.app, each.variable) for each in found if each.to_kind == "app"}
    for process, variables in given.items():
        names = _names(services[process])
        for variable, one in variables.items():
            text = one.value.get_secret_value().strip() if one.value is not None else ""
            match, own = _itself(variable, text, names)
            place = (app_of[process], variable)
            if match is None or _LISTENS.search(variable) or place in seen:
                continue
            seen.add(place)
            port = int(match["port"]) if match["port"] else None
            behind = (s.name for s in services.values() if port and not own and _opens(s, port))
            yield OwnAddress(
                app=app_of[process],
                variable=variable,
                port=port,
                to=next(behind, ""),
                own=process if own else "",
                where=one.where,
            )


def _names(service: Service) -> str:
    """The service's own names, as a pattern; a full domain is a public name."""
    return "|".join(re.escape(n) for n in (service.name, *service.aliases) if "." not in n)


def _itself(variable: str, text: str, names: str) -> tuple[re.Match[str] | None, bool]:
    """Where a value means the machine, or (True) its own service by name."""
    items = _BETWEEN.split(text) if _FOR_HOSTS.search(variable) else []
    port = r"(?::(?P<port>\d{1,5}))?"
    match = _OWN.search(text) or next(filter(None, map(_BARE.fullmatch, items)), None)
    if match is not None or not names:
        return match, False
    own = re.compile(rf"(?:{names}){port}", re.IGNORECASE)
    address = re.compile(
        rf"//(?:[^/?#\s,@]*@)?(?:{names}){port}(?![\w.-])(?![^/?#\s,]*@)", re.IGNORECASE
    )
    # HOSTNAME alone is what a container calls itself.
    items = [] if variable in ("HOST", "HOSTNAME") else items
    return address.search(text) or next(filter(None, map(own.fullmatch, items)), None), True
