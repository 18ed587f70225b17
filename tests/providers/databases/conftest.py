"""Clusters are started once for all tests here; every test takes databases of its own."""

import os
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from providers.databases.postgres import PostgresMover, PostgresProbe
from providers.sandbox.authority import Authority
from tests.providers.databases import planted
from tests.providers.databases.clusters import Site, site
from wizard.model.database import Connection

OLD_PROGRAMS = Path("/usr/lib/postgresql/15/bin")


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="session")
def folder() -> Iterator[Path]:
    # Short, since a socket's path has a limit.
    with tempfile.TemporaryDirectory(prefix="mvd") as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def left(folder: Path, authority: Authority) -> AsyncIterator[Site]:
    """The source's cluster."""
    async with site(folder / "left", authority) as started:
        yield started


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def right(folder: Path, authority: Authority) -> AsyncIterator[Site]:
    """The target's cluster."""
    async with site(folder / "right", authority) as started:
        yield started


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def old(folder: Path, authority: Authority) -> AsyncIterator[Site]:
    """A target with an older PostgreSQL, from the system."""
    if not (OLD_PROGRAMS / "postgres").exists():
        reason = f"PostgreSQL 15 is not installed in {OLD_PROGRAMS}"
        if os.environ.get("MOVEDAY_REQUIRE_SERVICES") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    async with site(folder / "old", authority, OLD_PROGRAMS) as started:
        yield started


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def source(left: Site) -> Connection:
    """A place for every difference, in a source that a module's tests leave as it is."""
    return await planted.small(left)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def clinic(left: Site) -> Connection:
    """The small clinic. Tests leave it as it is."""
    return await left.clinic("0.01")


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def copied(clinic: Connection, right: Site) -> Connection:
    """A finished copy of the clinic, to make twins of."""
    target = await right.fresh()
    async with PostgresProbe().snapshot(clinic) as snapshot:
        await PostgresMover().copy(clinic, target, snapshot=snapshot, move_id="copied")
    return target
