"""How does the clinic come to life? Its databases filled, its names in DNS, its repository made."""

import asyncio
from dataclasses import dataclass
from pathlib import Path

from providers.sandbox.ground import HEROKU_ADDRESS, Ground
from providers.sandbox.scenarios.acme_clinic.account import (
    APEX,
    APP,
    WWW,
    account_seed,
    database_seed,
)
from providers.sandbox.scenarios.acme_clinic.repository_maker import Repository, make_repository
from providers.sandbox.scenarios.seed import AppSeed, HerokuSeed, PostgresSeed

_SCRIPTS = ("schema", "rows", "constraints")
_DATABASE = Path(__file__).parent / "database"
# Measured with PostgreSQL 18: 13 MB whatever the scale, and 2,620 MB for scale 1.
_FIXED_MB, _MB_PER_SCALE = 13.0, 2620.0
_SMALLEST_SCALE = 0.0005
# What the fault switch does to a finished copy: a sequence, a byte, an index. The quick ones first,
# and the index of a small table: dropping one waits for whoever reads the table.
DAMAGE = (
    "SELECT setval('patients_id_seq', 1)",
    "UPDATE documents SET body = set_byte(body, 0, get_byte(body, 0) # 1)"
    " WHERE id = (SELECT id FROM documents ORDER BY id LIMIT 1)",
    "DROP INDEX patient_tags_tag_id_idx",
)
TTL = 30
"""Seconds that the customer's own names may be kept, unless the sandbox is told otherwise."""
_PLATFORM_TTL = 60
_REHEARSAL = f"rehearsal.{APEX}"


@dataclass(frozen=True)
class Scenario:
    """What the world needs to know: the account, the app clients ask for, what visitors look at."""

    seed: HerokuSeed
    app: str
    visited_host: str
    repository: Repository


async def prepare(ground: Ground, size_mb: int, ttl: int = TTL) -> Scenario:
    """Make databases of about `size_mb` megabytes, the repository, DNS records with that TTL."""
    port = ground.source_postgres.port
    production, staging = database_seed(port), database_seed(port)
    repository = make_repository(ground.folder / "repository")
    tree = repository.trees[repository.running]
    # A group waits for both even when one fails: nothing may still write below `folder` then.
    async with asyncio.TaskGroup() as group:
        group.create_task(_fill(ground, production, tree, size_mb))
        group.create_task(_migrated(ground, staging, tree))
    seed = account_seed(repository, production, staging)
    _publish(ground, seed, ttl)
    return Scenario(seed, APP, WWW, repository)


async def _migrated(ground: Ground, database: PostgresSeed, tree: Path) -> None:
    server = ground.source_postgres
    await server.create_database(database.database, database.role, database.password)
    env = {"DATABASE_URL": database.url}
    code, _ = await ground.supervisor.run_once("python migrate.py", env, tree)
    if code != 0:
        log = ground.supervisor.log_file("one-off").read_text()[-2000:]
        raise RuntimeError(f"the scenario's migrations failed:\n{log}")


async def _fill(ground: Ground, database: PostgresSeed, tree: Path, size_mb: int) -> None:
    await _migrated(ground, database, tree)
    scale = max(_SMALLEST_SCALE, (size_mb - _FIXED_MB) / _MB_PER_SCALE)
    # The bundled server has no libxml; an xml column would make the scenario fail on it.
    variables = {"scale": f"{scale:.5f}", "xml_type": "text"}
    for name in _SCRIPTS:
        script = _DATABASE / f"{name}.sql"
        await ground.source_postgres.run_script(database.database, script, variables, database.role)


def _publish(ground: Ground, seed: HerokuSeed, ttl: int) -> None:
    """Heroku's own names, and the customer's at the DNS host: an apex can only be an ALIAS."""
    staging = ""
    for app in seed.apps:
        ground.dns.put(app.default_host, "A", _PLATFORM_TTL, [HEROKU_ADDRESS])
        for domain in app.domains:
            ground.dns.put(domain.dns_target, "A", _PLATFORM_TTL, [HEROKU_ADDRESS])
            kind = "ALIAS" if domain.hostname == APEX else "CNAME"
            ground.dns.put(domain.hostname, kind, ttl, [domain.dns_target])
        staging = _host_of_staging(app) or staging
    ground.dns.put(_REHEARSAL, "CNAME", ttl, [staging])


def _host_of_staging(app: AppSeed) -> str:
    return app.default_host if app.stage == "staging" else ""
