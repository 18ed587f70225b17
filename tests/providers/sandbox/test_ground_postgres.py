"""The sandbox's clusters: TLS or nothing, roles without superuser, real dumps, tampering."""

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path

import psycopg
import pytest
import pytest_asyncio

from providers import bundled_postgres, process
from providers.sandbox.authority import Authority
from providers.sandbox.faults import Faults
from providers.sandbox.ledger import Ledger
from providers.sandbox.postgres.server import PostgresServer
from providers.sandbox.postgres.tamper import FAULT, Tamperer

DEBIAN = Path("/usr/lib/postgresql/15/bin")


pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.fixture(scope="module")
def ca_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("ca")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def server(
    ca_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[PostgresServer]:
    authority = Authority(ca_folder)
    server = await PostgresServer.start(tmp_path_factory.mktemp("pg"), authority, ["localhost"])
    await server.create_database("clinic", "owner", "p/w:@", extensions_by_superuser=["citext"])
    yield server
    await server.stop()


def _settings(server: PostgresServer, **more: object) -> dict[str, object]:
    return {
        "host": "localhost",
        "port": server.port,
        "dbname": "clinic",
        "user": "owner",
        "password": "p/w:@",
        "connect_timeout": 5,
    } | more


async def test_tls_is_verified_against_the_authority(
    server: PostgresServer, ca_folder: Path
) -> None:
    ca = ca_folder / "ca.pem"
    settings = _settings(server, sslmode="verify-full", sslrootcert=str(ca))
    async with await psycopg.AsyncConnection.connect(**settings) as session:  # type: ignore[arg-type]
        cursor = await session.execute(
            "SELECT current_user, rolsuper FROM pg_roles WHERE rolname = current_user"
        )
        assert await cursor.fetchone() == ("owner", False)


@pytest.mark.parametrize(
    ("setting", "words"),
    [({"sslmode": "disable"}, "SSL required"), ({"password": "wrong"}, "password authentication")],
)
async def test_plain_connections_and_wrong_passwords_are_refused(
    server: PostgresServer, setting: dict[str, object], words: str
) -> None:
    with pytest.raises(psycopg.OperationalError, match=words):
        await psycopg.AsyncConnection.connect(**_settings(server, **setting))  # type: ignore[arg-type]


async def test_the_bundled_pg_dump_reads_over_tls_and_large_results_arrive_whole(
    server: PostgresServer,
) -> None:
    await server.execute(
        "clinic",
        "CREATE TABLE big AS SELECT repeat(md5(n::text), 30) AS t FROM generate_series(1, 20000) n;"
        "ALTER TABLE big OWNER TO owner",
    )
    env = process.environment(
        {"PGPASSWORD": "p/w:@", "PGSSLMODE": "require", "PGHOST": "localhost"}
    )
    dump = [await bundled_postgres.newest_pg_dump(18), "-p", str(server.port), "-U", "owner"]
    done = await process.run([*dump, "-d", "clinic"], env=env)
    assert done.code == 0, done.stderr
    assert done.stdout.count(b"\n") > 20000


async def test_a_slow_reader_does_not_stop_others(server: PostgresServer) -> None:
    async with await psycopg.AsyncConnection.connect(**_settings(server)) as slow:  # type: ignore[arg-type]
        cursor = slow.cursor()
        async with cursor.copy(
            "COPY (SELECT repeat('x', 1000) FROM generate_series(1, 50000)) TO STDOUT"
        ) as copy:
            await anext(aiter(copy))
            async with await psycopg.AsyncConnection.connect(**_settings(server)) as quick:  # type: ignore[arg-type]
                assert await (await quick.execute("SELECT 1")).fetchone() == (1,)
            size = 0
            async for block in copy:
                size += len(block)
    assert size > 49_000_000


async def test_drop_ends_sessions(server: PostgresServer) -> None:
    await server.create_database("brief", "owner", "p/w:@")
    session = await psycopg.AsyncConnection.connect(**_settings(server, dbname="brief"))  # type: ignore[arg-type]
    await server.drop_database("brief")
    with pytest.raises(psycopg.OperationalError):
        await session.execute("SELECT 1")
    await session.close()


async def test_a_finished_copy_is_spoilt_once_when_the_fault_is_on(server: PostgresServer) -> None:
    faults, ledger = Faults(), Ledger()
    tamperer = Tamperer(server, faults, ledger)
    await tamperer.start()
    await server.execute("clinic", "CREATE TABLE a (n int PRIMARY KEY); INSERT INTO a VALUES (1)")
    faults.set(FAULT, ready="SELECT count(*) > 0 FROM a", statements=["UPDATE a SET n = n + 1"])
    for _ in range(60):
        if ledger.entries:
            break
        await asyncio.sleep(0.05)
    await tamperer.stop()
    assert await server.execute("clinic", "SELECT n FROM a") == [(2,)]
    assert ledger.count("postgres", "tampered", database="clinic") == 1


async def test_a_second_cluster_is_a_quick_copy_with_a_password_of_its_own(
    server: PostgresServer, tmp_path: Path
) -> None:
    kept = list(bundled_postgres.programs().parents[2].glob("cluster-*"))
    assert kept
    assert {folder.stat().st_mode & 0o777 for folder in kept} == {0o700}
    other = await PostgresServer.start(tmp_path / "pg", Authority(tmp_path / "ca"), ["localhost"])
    try:
        assert await other.execute("postgres", "SHOW scram_iterations") == [("1",)]
        known = [(folder / "superuser.pass").read_text() for folder in kept]
        known += [(other.socket_dir.parent / "superuser.pass").read_text().strip().split(":")[-1]]
        for password in known:
            with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
                await psycopg.AsyncConnection.connect(
                    host=str(server.socket_dir),
                    port=server.socket_port,
                    user="postgres",
                    password=password,
                )
    finally:
        await other.stop()


async def test_an_older_system_server_can_be_the_target(tmp_path: Path) -> None:
    if not (DEBIAN / "postgres").exists():
        if os.environ.get("MOVEDAY_REQUIRE_SERVICES") == "1":
            pytest.fail("PostgreSQL 15 of Debian is required here")
        pytest.skip("PostgreSQL 15 of Debian is not installed")
    authority = Authority(tmp_path / "ca")
    server = await PostgresServer.start(tmp_path / "pg", authority, ["localhost"], programs=DEBIAN)
    try:
        assert server.version == 15
        assert await server.execute("postgres", "SHOW server_encoding") == [("UTF8",)]
    finally:
        await server.stop()
