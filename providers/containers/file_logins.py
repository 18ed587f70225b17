"""Secrets that let one in at a database: the app reads the same file as the database's service."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Literal

from providers.containers.environment import One
from wizard.formats.compose.service import Service
from wizard.model.containers import MountedFile, Reference

Part = Literal["user", "password", "name"]
_PARTS: tuple[tuple[Part, re.Pattern[str]], ...] = (
    ("password", re.compile(r"PASS|PWD", re.IGNORECASE)),
    ("user", re.compile(r"USER", re.IGNORECASE)),
    ("name", re.compile(r"_DB(?:_|$)|DATABASE|DBNAME", re.IGNORECASE)),
)


def file_logins(
    mounted: Iterable[MountedFile],
    servers: Iterable[Service],
    given: Mapping[str, Mapping[str, One]],
) -> Iterator[Reference]:
    """One per secret of an app that a database's own service takes for its login.

    `given`: each database's service → its variables. Told by the variable that names the file there
    (POSTGRES_PASSWORD_FILE), or by the command that reads it.
    """
    servers = tuple(servers)
    for file in mounted:
        if file.kind != "secret":
            continue
        for service in servers:
            targets = [used.target for used in service.secrets if used.name == file.name]
            part = next((p for t in targets if (p := _part(t, service, given[service.name]))), None)
            if part is not None:
                yield Reference(
                    app=file.app,
                    variable=file.holder,
                    to=service.name,
                    to_kind="database",
                    part=part,
                    where=file.where,
                )
                break


def _part(target: str, service: Service, given: Mapping[str, One]) -> Part | None:
    names = [
        name
        for name, one in given.items()
        if one.value is not None and one.value.get_secret_value().strip() == target
    ]
    if target in service.command:
        names.append("PASSWORD" if re.search(r"(?i)pass", service.command + target) else "")
    return next((part for part, named in _PARTS for name in names if named.search(name)), None)
