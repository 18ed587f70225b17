"""What do addresses of databases leave out, and which database of a server do they name?"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from urllib.parse import unquote, urlsplit

from providers.containers.environment import One
from providers.containers.server_logins import ServerLogin, part_of, words_of
from wizard.formats.compose.service import Service
from wizard.model.containers import Reference

_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,62}")
_NAMED = re.compile(
    r"(?:^|[\s;])(?:dbname|database|initial catalog)\s*=\s*([^\s;]+)", re.IGNORECASE
)
_NEEDS: Mapping[str, tuple[str, ...]] = {
    "postgres": ("user", "password", "name", "port"),
    "redis": ("password", "port"),
    "rabbitmq": ("user", "password", "port"),
}
"""Engine → what one of Aptible's needs beside its host."""
_TLS = frozenset({"SSL", "SSLMODE", "PGSSLMODE", "TLS", "SSLROOTCERT"})

Given = Mapping[str, Mapping[str, One]]


def completed(
    found: tuple[Reference, ...],
    given: Given,
    servers: Mapping[str, ServerLogin],
    services: Mapping[str, Service],
) -> tuple[Reference, ...]:
    """The references, each with what it says of one server's several databases, or leaves out."""
    files = {
        name: [
            *(used.name for used in services[name].secrets),
            *(each.removesuffix("_FILE") for each in variables if each.endswith("_FILE")),
        ]
        for name, variables in given.items()
    }
    return tuple(_alone(_others(found, given, servers), given, servers, files))


def _others(
    found: tuple[Reference, ...], given: Given, servers: Mapping[str, ServerLogin]
) -> list[Reference]:
    named = {
        place: name
        for place, each in enumerate(found)
        if each.to in servers and (name := _database(each, given, servers[each.to]))
    }
    # Shown by the variable that names it first: the name itself is a variable's value.
    first: dict[tuple[str, str], str] = {}
    for place, name in named.items():
        each = found[place]
        first.setdefault((each.to, name), f"{each.app}/{each.variable}")
    main: dict[str, str] = {}
    for server in servers:
        counted = Counter(name for place, name in named.items() if found[place].to == server)
        if len(counted) > 1:
            own = [name for name in counted if servers[server].same("name", name)]
            main[server] = own[0] if own else counted.most_common(1)[0][0]
    return [
        each.model_copy(update={"other": first[each.to, named[place]]})
        if each.to in main and named.get(place, main[each.to]) != main[each.to]
        else each
        for place, each in enumerate(found)
    ]


def _database(reference: Reference, given: Given, server: ServerLogin) -> str:
    """The database that a variable names, by itself or in an address; "" for none, and for one
    that only the app's tests use."""
    one = given.get(reference.process, {}).get(reference.variable)
    if one is None or one.value is None or server.engine != "postgres":
        return ""
    if "TEST" in words_of(reference.variable):
        return ""
    text = one.value.get_secret_value().strip()
    if reference.part == "name":
        return text if _NAME.fullmatch(text) else ""
    return _in_address(text) if reference.part == "address" else ""


def _in_address(text: str) -> str:
    said = _NAMED.search(text)
    if said is not None and "://" not in text:
        return said[1] if _NAME.fullmatch(said[1]) else ""
    try:
        parts = urlsplit(text.removeprefix("jdbc:"))
        path = unquote(parts.path.strip("/")) if parts.hostname else ""
        number = parts.port
    except ValueError:
        return ""
    # With a password that holds a slash, what looks like a path is a part of that password.
    whole = "@" not in path and (number is not None or ":" not in parts.netloc.rpartition("@")[2])
    return path if whole and _NAME.fullmatch(path) else ""


def _alone(
    found: list[Reference],
    given: Given,
    servers: Mapping[str, ServerLogin],
    files: Mapping[str, list[str]],
) -> Iterator[Reference]:
    """Each address that is a bare host, with the parts for which the app has no variable.

    `files`: service → names of what it reads as a file; that is a variable on the new side.
    """
    whole = {
        (each.app, each.to)
        for each in found
        if each.part == "address" and each.variable and _is_whole(each, given)
    }
    said = {(each.app, each.to) for each in found if each.alone}
    for each in found:
        place = (each.app, each.to)
        needs = _NEEDS.get(servers[each.to].engine, ()) if each.to in servers else ()
        if each.part != "address" or not each.variable or not needs or place in whole | said:
            yield each
            continue
        said.add(place)
        there = {str(r.part) for r in found if (r.app, r.to) == place}
        there |= {"port"} if each.port else set()
        server = servers[each.to]
        mounted = (name for name in files.get(each.process, ()) if words_of(name) & server.words)
        there |= {str(part_of(name, server.engine)) for name in mounted}
        missing = [part for part in needs if part not in there]
        # Aptible's Postgres takes no connection without it; its Redis takes both. Whoever uses a
        # cloud's own database has it already.
        own = bool(server.said)
        if (
            own
            and server.engine == "postgres"
            and not _says_tls(given.get(each.process, {}), server)
        ):
            missing.append("TLS")
        yield each.model_copy(update={"alone": tuple(missing)})


def _is_whole(reference: Reference, given: Given) -> bool:
    one = given.get(reference.process, {}).get(reference.variable)
    text = one.value.get_secret_value() if one is not None and one.value is not None else ""
    return not text or "://" in text or "=" in text or "@" in text


def _says_tls(variables: Mapping[str, One], server: ServerLogin) -> bool:
    names = (words_of(name) for name in variables)
    return any(words & _TLS and words & (server.words | {"PGSSLMODE"}) for words in names)
