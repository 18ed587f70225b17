"""Where do services name each other? In variables and commands, told apart from plain words."""

import re
from collections.abc import Iterator, Mapping

from providers.containers.environment import One
from wizard.formats.compose.service import Service
from wizard.model.containers import AppGroup, LedTo, Reference

_HOSTLIKE = re.compile(
    r"(?:^|_)(?:HOST|HOSTS|HOSTNAME|SERVER|SERVERS|ADDR|ADDRESS|URL|URI|DSN|ENDPOINT|BROKER|BROKERS"
    r"|NODES|SEEDS|DOMAIN|UPSTREAM|SERVICE|PEERS)(?:$|_)|(?:HOST|SERVER|ADDR|URL|URI)S?$",
    re.IGNORECASE,
)
_LOGIN = re.compile(r"[^/?#\s,]*@")
"""What follows behind // in an address up to its host: a user, and perhaps a password."""
_OF_SHELL = "/dev/tcp/"
"""How bash writes an address: /dev/tcp/HOST/PORT."""
_KEY_VALUE = r"(?:host|server|data source|addr|hostname)\s*=\s*"

_SHELL_PORT = re.compile(r"/(\d{1,5})")


class Names:
    """The names by which services can be reached, each with what it leads to."""

    def __init__(self, leads: Mapping[str, tuple[str, LedTo]]) -> None:
        """`leads`: host name → (service, kind)."""
        self._leads = leads
        words = "|".join(re.escape(n) for n in sorted(leads, key=len, reverse=True))
        self._found = re.compile(
            rf"(?:(?P<before>//|@|{_OF_SHELL}|{_KEY_VALUE}|^|[,;\s=\"'(\[])(?P<name>{words}))"
            r"(?![A-Za-z0-9_.-]*[A-Za-z0-9_-])(?P<port>:\d{2,5})?(?P<slash>/)?",
            re.IGNORECASE,
        )
        self.any = bool(words)

    def inside(self, variable: str, text: str) -> Iterator[tuple[str, LedTo, int | None]]:
        """(service, kind, port) for each host name in a value."""
        if not self.any:
            return
        seen: set[tuple[str, int | None]] = set()
        for found in self._found.finditer(text):
            before = (found["before"] or "").lower()
            if before == "//" and _LOGIN.match(text, found.end("name")):
                continue
            port = int(found["port"][1:]) if found["port"] else None
            if before == _OF_SHELL and (number := _SHELL_PORT.match(text, found.end("name"))):
                port = int(number[1])
            sure = port is not None or before in ("//", "@", _OF_SHELL)
            sure = sure or before.rstrip().endswith("=")
            if before == "=" and port is None:
                sure = False
            # No other thing is called like that.
            sure = sure or found["name"].lower().endswith(".database.azure.com")
            whole = found["name"] == text.strip()
            listed = "," in text and before in (",", "")
            if not sure and not ((whole or listed) and _HOSTLIKE.search(variable)):
                continue
            lead = self._leads.get(found["name"]) or self._leads.get(found["name"].lower())
            if lead is not None and (lead[0], port) not in seen:
                seen.add((lead[0], port))
                yield (*lead, port)


def references(
    apps: tuple[AppGroup, ...],
    services: Mapping[str, Service],
    given: Mapping[str, Mapping[str, One]],
    names: Names,
) -> Iterator[Reference]:
    """Every place where an app names another service."""
    for app in apps:
        seen: set[tuple[str, str]] = set()
        for process in app.processes:
            service = services[process]
            for variable, one in given[process].items():
                text = one.value.get_secret_value() if one.value is not None else ""
                for to, kind, port in names.inside(variable, text):
                    if to != process and (variable, to) not in seen:
                        seen.add((variable, to))
                        yield _reference(app, variable, process, to, kind, port, one.where)
            line = f"{service.entrypoint} {service.command}"
            for to, kind, port in names.inside("", line):
                if to != process:
                    yield _reference(app, "", process, to, kind, port, str(service.place))


def _reference(
    app: AppGroup, variable: str, process: str, to: str, kind: LedTo, port: int | None, where: str
) -> Reference:
    return Reference(
        app=app.name,
        variable=variable,
        process=process,
        to=to,
        to_kind=kind,
        port=port,
        where=where,
    )
