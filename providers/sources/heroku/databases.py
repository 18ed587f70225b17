"""What does the data API know of the app's Postgres and Redis?"""

import re
from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

from pydantic import SecretStr

from providers.sources.heroku.client import HerokuApi, segment
from providers.sources.heroku.gaps import Gaps
from providers.sources.heroku.plan_sizes import memory_mb
from providers.sources.heroku.services import POSTGRES, REDIS
from providers.sources.heroku.shapes import DataService
from providers.sources.heroku.shapes_around import AdvancedDatabase
from providers.sources.together import together
from wizard.model.inventory import Addon, SourceDatabase
from wizard.safety.clean import clean
from wizard.safety.redact import REDACTOR

_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)*")
_GIGABYTE = 1024**3
ADVANCED = ("advanced", "performance")
"""Plans of Heroku Postgres Advanced, which has an API of its own."""


async def databases(
    api: HerokuApi, addons: Sequence[Addon], values: Mapping[str, SecretStr], gaps: Gaps
) -> tuple[SourceDatabase, ...]:
    """Facts of every Postgres and Redis, by variable; followers are left out, they hold nothing
    of their own. `values` tell which follower an address belongs to."""
    found = await together(
        _database(api, addon, values, gaps)
        for addon in addons
        if addon.service in (POSTGRES, REDIS)
    )
    there = [each for each in found if each is not None]
    return tuple(sorted(there, key=lambda each: (each.variable, each.name)))


async def _database(
    api: HerokuApi, addon: Addon, values: Mapping[str, SecretStr], gaps: Gaps
) -> SourceDatabase | None:
    if addon.service == REDIS:
        return await _redis(api, addon, gaps)
    if addon.plan.partition(":")[2].startswith(ADVANCED):
        return await _advanced(api, addon, gaps)
    return await _postgres(api, addon, values, gaps)


async def _postgres(
    api: HerokuApi, addon: Addon, values: Mapping[str, SecretStr], gaps: Gaps
) -> SourceDatabase | None:
    path = f"/client/v11/databases/{segment(addon.id)}"
    read = await gaps.some(f"facts of {addon.name}", api.data_one(DataService, path))
    facts = read[0] if read else DataService()
    if facts.following or facts.line("Following"):
        gaps.add(addon.name, "a follower of another database: it is not moved on its own")
        return None
    if _count(facts.line("Credentials")) > 1:
        gaps.add(addon.name, "has named credentials: their roles and grants do not move by dump")
    gaps.tell(f"database {addon.name}")
    said = facts.postgres_version or facts.line("PG Version") or facts.version or ""
    return SourceDatabase(
        id=addon.id,
        name=addon.name,
        engine="postgres",
        plan=addon.plan,
        version=_version(said),
        size_bytes=facts.num_bytes,
        tables=facts.num_tables,
        connections=clean(facts.line("Connections"), 40),
        variable=main_variable(addon.provides, "DATABASE_URL"),
        followers=_followers(facts, values),
        memory_mb=memory_mb(addon.plan),
        where=f"GET {path}",
    )


async def _redis(api: HerokuApi, addon: Addon, gaps: Gaps) -> SourceDatabase:
    path = f"/redis/v0/databases/{segment(addon.name)}"
    read = await gaps.some(f"facts of {addon.name}", api.data_one(DataService, path))
    facts = read[0] if read else DataService()
    gaps.tell(f"database {addon.name}")
    return SourceDatabase(
        id=addon.id,
        name=addon.name,
        engine="redis",
        plan=addon.plan,
        version=_version(facts.version or facts.line("Version")),
        connections=clean(facts.line("Connections"), 40),
        variable=main_variable(addon.provides, "REDIS_URL"),
        memory_mb=memory_mb(addon.plan),
        where=f"GET {path}",
    )


async def _advanced(api: HerokuApi, addon: Addon, gaps: Gaps) -> SourceDatabase:
    """Heroku Postgres Advanced, whose facts come in whole gigabytes and by pool."""
    path = f"/data/postgres/v1/{segment(addon.id)}/info"
    read = await gaps.some(f"facts of {addon.name}", api.data_one(AdvancedDatabase, path))
    facts = read[0] if read else AdvancedDatabase()
    gaps.add(
        f"backups of {addon.name}",
        "whether Heroku's backups work for Postgres Advanced was not verified: the move reads the"
        " database itself",
    )
    gaps.tell(f"database {addon.name}")
    limits = {limit.name: limit.current for limit in facts.plan_limits}
    stored = next((q.current_gb for q in facts.quotas if q.type == "storage"), None)
    if stored is None:
        stored = limits.get("storage-limit-in-gb")
    tables = limits.get("table-limit")
    used = [p for p in facts.pools if p.connections_used is not None]
    return SourceDatabase(
        id=addon.id,
        name=addon.name,
        engine="postgres",
        plan=addon.plan,
        version=_version(facts.version),
        size_bytes=None if stored is None else round(stored * _GIGABYTE),
        tables=None if tables is None else round(tables),
        connections=", ".join(
            f"{p.connections_used}/{p.expected_connection_limit or '?'}" for p in used
        ),
        variable=main_variable(addon.provides, "DATABASE_URL"),
        where=f"GET {path}",
    )


def _followers(facts: DataService, values: Mapping[str, SecretStr]) -> tuple[str, ...]:
    """Names of the followers. Where Heroku sends their addresses, which hold passwords, the
    variable with the same address names them."""
    line = facts.info_line("Followers")
    names = set()
    for said in line.values if line else ():
        if not isinstance(said, str) or not said:
            continue
        if "://" not in said:
            names.add(clean(said, 80))
            continue
        REDACTOR.learn(said)
        place = _place(said)
        known = [n for n, v in values.items() if _place(v.get_secret_value()) == place]
        names.add(min(known, default="a follower without a variable"))
    return tuple(sorted(names))


def _place(url: str) -> tuple[str, int | None, str] | None:
    try:
        parts = urlsplit(url)
        return (parts.hostname, parts.port, parts.path) if parts.hostname else None
    except ValueError:
        return None


def main_variable(provides: Sequence[str], preferred: str) -> str:
    """The variable that holds a database's URL: the usual name if it is among them."""
    if preferred in provides:
        return preferred
    urls = [n for n in provides if n.endswith("_URL") and "POOL" not in n and "_TLS_" not in n]
    return next(iter(urls), "")


def _version(said: str) -> str:
    found = _NUMBER.search(said)
    return found[0] if found else ""


def _count(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0
