"""How does the clinic come to life? Its databases filled, its names in DNS, its repository made."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

from providers.sandbox.ground import HEROKU_ADDRESS, Ground
from providers.sandbox.heroku.server import HerokuSandbox
from providers.sandbox.scenarios import clinic_data
from providers.sandbox.scenarios.acme_clinic.account import APEX, WWW, account_seed, database_seed
from providers.sandbox.scenarios.acme_clinic.repository_maker import Repository, make_repository
from providers.sandbox.scenarios.seed import AppSeed, HerokuSeed, PostgresSeed

_PLATFORM_TTL = 60
_REHEARSAL = f"rehearsal.{APEX}"


class AcmeClinic:
    """An app on Heroku; see `Story`."""

    zone = APEX
    host = WWW
    address = HEROKU_ADDRESS
    database_names: Sequence[str] = ()
    database_clients: frozenset[str] | None = None
    stack = "acme-dedicated"
    operator = f"operator@{APEX}"
    damage: Sequence[str] = clinic_data.DAMAGE

    def __init__(self) -> None:
        self._prepared: tuple[Repository, HerokuSeed] | None = None

    @property
    def checkout(self) -> Path:
        """The developer's folder."""
        return self._made[0].checkout

    @property
    def _made(self) -> tuple[Repository, HerokuSeed]:
        assert self._prepared is not None, "not prepared yet"
        return self._prepared

    def old_side(self, ground: Ground) -> HerokuSandbox:
        """The account with its apps."""
        return HerokuSandbox(ground, self._made[1])

    async def prepare(self, ground: Ground, size_mb: int, ttl: int) -> None:
        """Make databases, the repository, DNS records."""
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
        self._prepared = repository, seed


async def _migrated(ground: Ground, database: PostgresSeed, tree: Path) -> None:
    server = ground.source_postgres
    await server.create_database(database.database, database.role, database.password)
    await clinic_data.migrated(ground, {"DATABASE_URL": database.url}, tree)


async def _fill(ground: Ground, database: PostgresSeed, tree: Path, size_mb: int) -> None:
    await _migrated(ground, database, tree)
    await clinic_data.filled(ground, database.database, database.role, size_mb)


def _publish(ground: Ground, seed: HerokuSeed, ttl: int) -> None:
    """Heroku's own names, and the customer's at the DNS host: an apex can only be an ALIAS."""
    # Names the platform gives later, to review apps or new domains, lead to it as well.
    for name in ("*.herokudns.com", "*.herokuapp.com"):
        ground.dns.put(name, "A", _PLATFORM_TTL, [HEROKU_ADDRESS])
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
