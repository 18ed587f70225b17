"""Which variables hold a database's user, password, name or port?

Told by the name beside an address (DB_USER beside DB_HOST), and else by the value, which is the one
that the database's own service is given, in a variable whose name tells of that database.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from providers.containers.environment import One
from providers.containers.server_logins import KINDS, ServerLogin, part_of, words_of
from wizard.model.containers import Part, Reference

_HOST_END = re.compile(r"(?:HOST(?:NAME)?|SERVER|ADDR(?:ESS)?)$", re.IGNORECASE)
_URL_END = re.compile(r"(?:URL|URI|ENDPOINT)$", re.IGNORECASE)
_SIBLINGS: Mapping[Part, re.Pattern[str]] = {
    "user": re.compile(r"USER(?:NAME)?|ACCESS_KEY(?:_ID)?", re.IGNORECASE),
    "password": re.compile(r"PASS(?:WORD|WD)?|SECRET(?:_ACCESS)?_KEY", re.IGNORECASE),
    "name": re.compile(r"NAME|DATABASE|DB|DBNAME|DATABASE_NAME", re.IGNORECASE),
    "port": re.compile(r"PORT", re.IGNORECASE),
}
_KEY_END = re.compile(r"(?:SECRET(?:_ACCESS)?|ACCESS)_?KEY(?:_?ID)?$", re.IGNORECASE)
_SECRET_END = re.compile(r"SECRET$", re.IGNORECASE)
_ANY_ENGINE = frozenset({"DB", "DATABASE", "SQL"})
_OF_LOGINS = frozenset(
    {
        *("PASS", "PASSWORD", "PASSWD", "PWD", "AUTH", "SECRET", "KEY", "ACCESS", "ID"),
        *("USER", "USERNAME", "LOGIN", "NAME", "PORT", "HOST", "HOSTNAME", "URL", "URI"),
        *("ADDR", "ADDRESS", "SERVER", "ENDPOINT", "DSN"),
    }
)
_FEW = 4
"""With fewer variables than this nothing tells a prefix of all of them from a word of its own."""


def logins(
    found: tuple[Reference, ...],
    given: Mapping[str, Mapping[str, One]],
    servers: Mapping[str, ServerLogin],
    app_of: Mapping[str, str],
    after: Mapping[str, frozenset[str]],
) -> Iterator[Reference]:
    """One per variable and app; `after`: service → those that start before it.

    What stands beside an address goes before what another one only has in common.
    """
    taken = {(each.app, each.variable) for each in found}
    for by_name in (True, False):
        for process, variables in given.items():
            addresses = [
                r for r in found if r.process == process and r.to in servers and r.variable
            ]
            near = _Near(addresses, servers, after.get(process, frozenset()), variables)
            for variable, one in variables.items():
                app = app_of[process]
                if (app, variable) in taken:
                    continue
                login = near.beside(variable) if by_name else near.by_value(variable, one)
                if login is not None:
                    taken.add((app, variable))
                    yield Reference(
                        app=app,
                        variable=variable,
                        process=process,
                        to=login.to,
                        to_kind="database",
                        part=login.part,
                        perhaps=login.perhaps,
                        where=one.where,
                    )


class _Login(NamedTuple):
    to: str
    part: Part
    perhaps: str = ""


class _Near:
    """What one service has to do with databases: addresses it is given, and what it waits for."""

    def __init__(
        self,
        addresses: list[Reference],
        servers: Mapping[str, ServerLogin],
        after: frozenset[str],
        variables: Mapping[str, One],
    ) -> None:
        self._addresses, self._servers = addresses, servers
        self._after, self._common = after, _common(variables)
        ends = {found[0].upper() for name in variables if (found := _KEY_END.search(name))}
        self._has_both_keys = len({end.startswith("SECRET") for end in ends}) > 1
        self._elsewhere = frozenset(_elsewhere(variables, addresses))

    def beside(self, variable: str) -> _Login | None:
        for address in self._addresses:
            part = _sibling(variable, address.variable)
            if part is None:
                continue
            # A Redis has numbers for databases, which stay.
            engine = self._servers[address.to].engine
            if part == "name" and engine == "redis":
                continue
            if _KEY_END.search(variable) and engine != "object store":
                continue
            return _Login(address.to, part)
        return None

    def by_value(self, variable: str, one: One) -> _Login | None:
        text = one.value.get_secret_value() if one.value is not None else ""
        if not text:
            return None
        if any(_sibling(variable, address) for address in self._elsewhere):
            return None
        rated: dict[str, tuple[int, Part]] = {}
        for name, server in self._servers.items():
            part = part_of(variable, server.engine)
            if part is None or (part == "name" and _kind(variable, text)):
                continue
            if server.same(part, text):
                rated[name] = self._nearness(variable, server), part
        best = max((rate for rate, _ in rated.values()), default=0)
        if best == 0:
            return None
        alike = [name for name, (rate, _) in rated.items() if rate == best]
        why = f"its value is that of {' and of '.join(alike)}" if len(alike) > 1 else ""
        return _Login(alike[0], rated[alike[0]][1], why)

    def _nearness(self, variable: str, server: ServerLogin) -> int:
        """How much a variable's name has in common with a database; 0 for nothing."""
        words = words_of(variable)
        engine = words & server.words
        # An app has secrets and keys of its own, and templates give all of them one value.
        if _SECRET_END.search(variable) and not engine:
            return 0
        if _KEY_END.search(variable) and not engine and not self._has_both_keys:
            return 0
        own = [a for a in self._addresses if a.to == server.name]
        beside = frozenset().union(*(words_of(a.variable) for a in own)) - _OF_LOGINS
        shared = (words - _OF_LOGINS - self._common) & beside
        bare = bool(own) and not words - _OF_LOGINS
        known = bool(own) or server.name in self._after
        if not (shared or bare or engine):
            return 0
        return 4 * len(engine) + 2 * len(shared) + 2 * bool(own) + known


def _kind(variable: str, text: str) -> bool:
    """Whether it may as well say which kind of database it is: X_DATABASE=postgres."""
    words = words_of(variable)
    return "NAME" not in words and text.upper() in KINDS and not (words - _ANY_ENGINE) & KINDS


def _sibling(variable: str, address: str) -> Part | None:
    for end, parts in ((_HOST_END, tuple(_SIBLINGS)), (_URL_END, ("user", "password"))):
        stem = end.sub("", address)
        if stem == address or not stem or not variable.startswith(stem):
            continue
        rest = variable[len(stem) :]
        return next((part for part in parts if _SIBLINGS[part].fullmatch(rest)), None)
    return None


def _elsewhere(variables: Mapping[str, One], addresses: list[Reference]) -> Iterator[str]:
    """Variables with a host that is none of the project's databases: its login is not theirs."""
    led = {address.variable for address in addresses}
    for name, one in variables.items():
        named = one.value is not None and one.value.get_secret_value().strip()
        if name not in led and named and _HOST_END.search(name):
            yield name


def _common(variables: Mapping[str, One]) -> frozenset[str]:
    """Words that most variables of a service have: the app's own prefix tells nothing."""
    if len(variables) < _FEW:
        return frozenset()
    counted = Counter(word for name in variables for word in words_of(name))
    return frozenset(word for word, times in counted.items() if 2 * times > len(variables))
