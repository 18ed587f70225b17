"""What an image's name does not tell: signs of a database, of a proxy, and a person's own word."""

import re
from collections.abc import Iterable

from wizard.formats.compose.service import Service
from wizard.formats.database_image import engine_by_folder, engine_of
from wizard.formats.image_name import read_image
from wizard.model.inventory import Engine

ROLE_LABEL = "moveday.role"
"""A person's word for what a service is, in a file laid under what runs."""

_SETS_UP: tuple[tuple[Engine, str], ...] = (
    (
        "postgres",
        r"POSTGRES_(?:USER|DB|\w*PASSWORD|INITDB_ARGS|INITDB_WALDIR|HOST_AUTH_METHOD)(?:_FILE)?"
        r"|PGDATA",
    ),
    (
        "mariadb",
        r"MARIADB_(?:ROOT_PASSWORD|DATABASE|USER|PASSWORD|RANDOM_ROOT_PASSWORD|INITDB_\w+)"
        r"(?:_FILE)?",
    ),
    (
        "mysql",
        r"MYSQL_(?:ROOT_PASSWORD|DATABASE|USER|PASSWORD|ALLOW_EMPTY_PASSWORD|RANDOM_ROOT_PASSWORD"
        r"|ROOT_HOST)(?:_FILE)?",
    ),
    ("mongodb", r"MONGO_INITDB_(?:ROOT_USERNAME|ROOT_PASSWORD|DATABASE)(?:_FILE)?"),
)
"""What the official images are set up by (their pages at Docker Hub)."""
_CLIENT = re.compile(r"(?:^|_)(?:HOST|HOSTNAME|SERVER|ADDR|URL|URI|DSN)$")
_CALLED = re.compile(r"(?:^|[-_])(?:db|database|postgres(?:ql)?|pg|mysql|mariadb|mongo(?:db)?)\d*$")
_IN_FRONT = re.compile(r"(?:^|[-_])(?:reverse[-_]?proxy|revproxy|ingress|load[-_]?balancer)\d*$")
_OTHER_PORTS = frozenset({80, 443, 3000, 5000, 8000, 8080, 8443})


def by_folder(service: Service) -> Engine | None:
    """The engine whose own folder of data is mounted for writing; None where web ports are open:
    that is an image that holds a database among other things."""
    if any(port.target in _OTHER_PORTS for port in service.ports):
        return None
    found = (engine_by_folder(m.target) for m in service.mounts if not m.read_only)
    return next((engine for engine in found if engine), None)


def by_variables(service: Service, given: Iterable[str]) -> tuple[Engine, str] | None:
    """The engine that is set up by its variables, and the sign in words.

    An app that asks a database is given many of the same: so the service, or its image, has to be
    called like a database, name no host, and open no web port.
    """
    names = tuple(given)
    last = read_image(service.image).last.lower()
    called = _CALLED.search(service.name.lower()) or _CALLED.search(last)
    client = any(_CLIENT.search(name) for name in names)
    if not called or client or any(port.target in _OTHER_PORTS for port in service.ports):
        return None
    for engine, pattern in _SETS_UP:
        found = [name for name in names if re.fullmatch(pattern, name)]
        if found:
            return engine, f"taken for one by {', '.join(found)}"
    return None


def called_proxy(service: Service) -> bool:
    """Whether it is called like a proxy in front, and opens the ports of one."""
    names = (service.name.lower(), read_image(service.image).last.lower())
    opened = {port.target for port in service.ports} & {80, 443, 8080, 8443}
    return bool(opened) and any(_IN_FRONT.search(name) for name in names)


def said_role(service: Service) -> str:
    """What a person says that it is: a role, or an engine; "" where nobody did.

    Raises FormatError for another word.
    """
    said = {**service.labels, **service.deploy_labels}.get(ROLE_LABEL)
    if said is None:
        return ""
    word = said.value.strip().lower()
    known = ("app", "proxy", "tool", "none")
    if word not in known and not engine_of(word):
        raise service.place.wrong(
            f"the label {ROLE_LABEL} of {service.name} says none of {', '.join(known)}, and no"
            " database such as postgres"
        )
    return word
