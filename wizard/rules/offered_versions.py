"""Data: which versions Aptible's documents name, and which of them a database asks for.

Sources: Aptible's pages on Postgres, Redis and MySQL of 2026. Postgres 13 is past its end there,
and new ones of it are not made any more. The account's own list decides: it is read once somebody
signed in, and `aptible db:versions` prints it.
"""

import re

from wizard.model.inventory import SourceDatabase

_NAMED: dict[str, tuple[str, ...]] = {
    "postgres": ("14", "15", "16", "17"),
    "mysql": ("8.0", "8.4"),
    "redis": ("6.2", "7.2", "8.0", "8.2"),
}
_ONE_NUMBER = 10
UNKNOWN = "VERSION"
"""What stands in a command for a version that nobody knows."""


def wanted_version(database: SourceDatabase) -> tuple[str, str]:
    """(version to ask for, what is to be said about it); "" for a version nobody knows.

    Never below today's, which may be less exact: 8 can be any 8.x, so that is the newest of them.
    What the documents do not name is asked for all the same: the list may
    have grown.
    """
    named = _NAMED.get(database.engine, ())
    today = database.version
    if database.product:
        said = f"{database.product} speaks the language of Redis, and counts its own versions: the"
        return named[-1], f"{said} newest Redis that Aptible's documents name"
    if not today or not named:
        return _major(today), ""
    fitting = _fitting(today, named)
    if not fitting:
        shown = _shown(database)
        return shown, (
            f"Aptible's documents name {named[0]} to {named[-1]}, and a database never goes down a"
            f" major version: aptible db:versions shows whether {shown} is there"
        )
    if _parts(fitting[0])[0] == _parts(today)[0]:
        same = [v for v in fitting if _parts(v)[: len(_parts(today))] == _parts(today)]
        return (same or fitting[:1])[-1], ""
    return fitting[0], (
        f"Aptible's documents do not name {_shown(database)} (they name {named[0]} to {named[-1]}):"
        f" the next is {fitting[0]}, and aptible db:versions shows what there is"
    )


def newest_below(database: SourceDatabase) -> str:
    """The newest named version where all are older than today's; "" where one is not."""
    named = () if database.product else _NAMED.get(database.engine, ())
    if not named or not database.version or _fitting(database.version, named):
        return ""
    return named[-1]


def _fitting(today: str, named: tuple[str, ...]) -> list[str]:
    return [v for v in named if _parts(v)[: len(_parts(today))] >= _fit(today, v)]


def _fit(today: str, version: str) -> tuple[int, ...]:
    """Today's version, as exact as the other one is."""
    return _parts(today)[: len(_parts(version))]


def _parts(version: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", version))


def _shown(database: SourceDatabase) -> str:
    """Today's version as its engine counts them: Postgres has one number since 10."""
    parts = _parts(database.version)
    one = database.engine == "postgres" and parts[0] >= _ONE_NUMBER
    return ".".join(str(part) for part in parts[: 1 if one else 2])


def _major(version: str) -> str:
    return str(_parts(version)[0]) if _parts(version) else ""
