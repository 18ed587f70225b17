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
_KEY_VALUE = r"(?:host|server|data source|addr|hostname)\s*=\s*"


class Names:
    """The names by which services can be reached, each with what it leads to."""

    def __init__(self, leads: Mapping[str, tuple[str, LedTo]]) -> None:
        """`leads`: host name → (service, kind)."""
        self._leads = leads
        words = "|".join(re.escape(n) for n in sorted(leads, key=len, reverse=True))
        self._found = re.compile(
            rf"(?:(?P<before>//|@|{_KEY_VALUE}|^|[,;\s=\"'(\[])(?P<name>{words}))"
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
            sure = port is not None or before in ("//", "@") or before.rstrip().endswith("=")
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


_PARTS = (
    ("password", re.compile(r"PASS|PWD|SECRET", re.IGNORECASE)),
    ("user", re.compile(r"USER", re.IGNORECASE)),
    ("port", re.compile(r"PORT", re.IGNORECASE)),
    ("name", re.compile(r"NAME|DATABASE|DB$|_DB_|SCHEMA", re.IGNORECASE)),
)
_OF_SERVER = {
    "password": re.compile(r"PASS", re.IGNORECASE),
    "user": re.compile(r"USER", re.IGNORECASE),
    "name": re.compile(r"_DB$|_DATABASE$|_DBNAME$", re.IGNORECASE),
}


def logins(
    found: tuple[Reference, ...],
    given: Mapping[str, Mapping[str, One]],
    servers: Mapping[str, Mapping[str, One]],
    ports: Mapping[str, int],
) -> Iterator[Reference]:
    """Variables beside an address that hold the database's user, password, name or port.

    Told by the name (DB_USER beside DB_HOST), or by the value, which is the one that the database's
    own service is given, or its usual port.
    """
    taken = {(r.app, r.variable) for r in found}
    for address in found:
        if address.to_kind != "database" or not address.variable:
            continue
        server = servers.get(address.to, {})
        for variable, one in given[address.process].items():
            if one.value is None or (address.app, variable) in taken:
                continue
            part = _sibling(variable, address.variable)
            if not part and _kin(variable, address.variable):
                text = one.value.get_secret_value()
                part = _part(variable, text, server, ports.get(address.to))
            if part:
                taken.add((address.app, variable))
                yield address.model_copy(
                    update={"variable": variable, "part": part, "port": None, "where": one.where}
                )


_HOST_END = re.compile(r"(?:HOST(?:NAME)?|SERVER|ADDR(?:ESS)?)$", re.IGNORECASE)
_SIBLINGS = {
    "user": re.compile(r"USER(?:NAME)?", re.IGNORECASE),
    "password": re.compile(r"PASS(?:WORD|WD)?", re.IGNORECASE),
    "name": re.compile(r"NAME|DATABASE|DB|DBNAME|DATABASE_NAME", re.IGNORECASE),
    "port": re.compile(r"PORT", re.IGNORECASE),
}


def _sibling(variable: str, address: str) -> str:
    stem = _HOST_END.sub("", address)
    if stem == address or not stem or not variable.startswith(stem):
        return ""
    rest = variable[len(stem) :]
    return next((part for part, named in _SIBLINGS.items() if named.fullmatch(rest)), "")


def _part(variable: str, text: str, server: Mapping[str, One], port: int | None) -> str:
    for part, named in _PARTS:
        if not named.search(variable):
            continue
        if part == "port":
            return part if port is not None and text == str(port) else ""
        for name, one in server.items():
            same = one.value is not None and one.value.get_secret_value() == text
            if same and text and _OF_SERVER[part].search(name):
                return part
    return ""


def _kin(variable: str, address: str) -> bool:
    """Whether two variables are of one family: DB_USER beside DB_HOST."""
    first = re.split(r"[^A-Za-z0-9]+", variable.upper())
    second = re.split(r"[^A-Za-z0-9]+", address.upper())
    return bool({*first} & {*second} - {"NAME", ""}) or len(first) == 1


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
