"""A database's own way in: for named addresses only, found again, and gone with the move."""

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import pytest_asyncio
from pydantic import SecretStr

from providers import bundled_postgres
from providers.targets.aptible import AptibleTarget
from tests.providers.sandbox.aptible_world import World, aptible_world
from tests.providers.targets.aptible.test_failures_on_sandbox import opened, yes
from wizard.errors import BlockedError, ConsentMissing, OutsideError, UsageError
from wizard.model.target import TargetDatabase
from wizard.safety.consent import Level, grant

NODE, OTHER = "203.0.113.40", "203.0.113.41"
pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.skipif(sys.platform != "linux", reason="who connects is read from Linux's /proc"),
]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    async with aptible_world(tmp_path_factory.mktemp("entrances")) as made:
        yield made


@contextlib.asynccontextmanager
async def database(
    world: World, folder: Path
) -> AsyncIterator[tuple[AptibleTarget, TargetDatabase]]:
    account = await world.environment()
    await world.database(account, "portal-db")
    async with opened(world, folder) as target:
        environment = await target.find_environment(account["handle"])
        assert environment is not None
        found = await target.find_database(environment, "portal-db")
        assert found is not None
        yield target, found


async def asked(world: World, url: SecretStr, ca: str, address: str = "") -> tuple[int, str]:
    """What psql says that is run at `address`: in a container there, or on the laptop."""
    parts = urlsplit(url.get_secret_value())
    child = await asyncio.create_subprocess_exec(
        *("/bin/sh", "-c", 'read -r go; exec "$0" -X -A -t -c "SELECT 1"'),
        str(bundled_postgres.programs() / "psql"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        start_new_session=True,
        env={
            "PGHOST": parts.hostname or "",
            "PGHOSTADDR": "127.0.0.1",
            "PGPORT": str(parts.port),
            "PGUSER": parts.username or "",
            "PGPASSWORD": parts.password or "",
            "PGDATABASE": parts.path.lstrip("/"),
            "PGSSLMODE": "verify-full",
            "PGSSLROOTCERT": ca,
        },
    )
    if address:
        world.ground.peers.admit(child.pid, address)
    output, _ = await child.communicate(b"go\n")
    world.ground.peers.forget(child.pid)
    return child.returncode or 0, output.decode().strip()


async def test_only_the_named_addresses_get_in(world: World, tmp_path: Path) -> None:
    async with database(world, tmp_path) as (target, found):
        assert await target.find_entrance(found) is None
        entrance = await target.create_entrance(found, [NODE, OTHER], yes())
        assert entrance.host.startswith("elb-") and entrance.host.endswith(".aptible.in")
        assert (entrance.database_id, entrance.allowed_ips) == (found.id, (NODE, OTHER))
        url = await target.entrance_url(found, entrance)
        parts = urlsplit(url.get_secret_value())
        assert (parts.hostname, parts.port) == (entrance.host, entrance.port)
        assert entrance.host not in (await target.database_url(found)).get_secret_value()
        certificates = await target.database_certificates(found)
        authority = tmp_path / "ca.pem"
        authority.write_text(certificates)
        assert await asked(world, url, str(authority), OTHER) == (0, "1")
        code, words = await asked(world, url, str(authority), "203.0.113.99")
        assert code and "closed the connection" in words
        code, words = await asked(world, url, str(authority))
        assert code and "closed the connection" in words
        await target.delete_entrance(entrance, yes())
        await target.delete_entrance(entrance, yes())
        assert await target.find_entrance(found) is None
        code, words = await asked(world, url, str(authority), OTHER)
        assert code and "refused" in words


async def test_it_is_made_once_and_its_certificate_names_it(world: World, tmp_path: Path) -> None:
    ledger = world.ground.ledger
    async with database(world, tmp_path) as (target, found):
        world.ground.faults.set("aptible.drop-reply", method="POST")
        first = await target.create_entrance(found, [NODE], yes())
        again = await target.create_entrance(found, [f"{NODE}/32"], yes())
        assert first == again == await target.find_entrance(found)
        assert ledger.count("aptible", "endpoint-record", service="postgresql") >= 1
        assert ledger.count("aptible", "endpoint", host=first.host) == 1
        assert ledger.count("aptible", "database-restart", id=found.id) == 1
        # Killed between the endpoint and the restart: the next start sees that, and goes on.
        state = world.sandbox.state
        restart = state.operations_of("databases", found.id)[0]
        assert restart.type == "restart"
        del state.operations[restart.id]
        unnamed = await target.find_entrance(found)
        assert unnamed is not None and unnamed.status == "restarting"
        assert (await target.create_entrance(found, [NODE], yes())).status == "provisioned"
        assert ledger.count("aptible", "database-restart", id=found.id) == 2
        with pytest.raises(BlockedError, match="for other addresses") as other:
            await target.create_entrance(found, [OTHER], yes())
        assert NODE in other.value.detail and "endpoints:deprovision" in other.value.hint
        # It goes with its database.
        await target.delete_database(found, yes())
        assert world.sandbox.state.vhosts.get(first.id) is None


@pytest.mark.parametrize("addresses", [[], [" "], ["0.0.0.0/0"], ["2001:db8::1"], ["all"]])
async def test_nobody_is_let_in_by_mistake(
    world: World, tmp_path: Path, addresses: list[str]
) -> None:
    before = len(world.sandbox.state.vhosts)
    async with opened(world, tmp_path) as target:
        with pytest.raises(UsageError):
            await target.create_entrance(_somewhere(), addresses, yes())
    assert len(world.sandbox.state.vhosts) == before


async def test_what_fails_is_taken_back(world: World, tmp_path: Path) -> None:
    async with database(world, tmp_path) as (target, found):
        look = grant(Level.LOOK, "test", "test", yes().at)
        with pytest.raises(ConsentMissing):
            await target.create_entrance(found, [NODE], look)
        world.ground.faults.set("aptible.operation-fails", type="provision")
        with pytest.raises(OutsideError) as failed:
            await target.create_entrance(found, [NODE], yes())
        assert failed.value.nothing_made
        assert await target.find_entrance(found) is None


async def test_by_hand_is_the_official_command(world: World, tmp_path: Path) -> None:
    names = {"database": "db", "environment": "e"}
    async with opened(world, tmp_path) as target:
        made = target.by_hand("create-entrance", allowed=f"{NODE} {OTHER}", **names)
        gone = target.by_hand("delete-entrance", host="elb-1.aptible.in", **names)
        unnamed = target.by_hand("create-entrance", **names)
    create = "aptible endpoints:database:create db --environment e --ip-whitelist"
    assert (made, unnamed) == (f"{create} {NODE} {OTHER}", f"{create} ADDRESS")
    assert gone == "aptible endpoints:deprovision elb-1.aptible.in --database db --environment e"


def _somewhere() -> TargetDatabase:
    return TargetDatabase(id=1, handle="x", engine="postgresql", version="", status="provisioned")
