"""A real PostgreSQL cluster as a platform offers it: over TLS only, roles without superuser."""

import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from psycopg import sql

from providers import bundled_postgres, process
from providers.sandbox.authority import Authority
from providers.sandbox.guarded_port import GuardedPort
from providers.sandbox.postgres import tls_front
from providers.sandbox.postgres.cluster import SOCKET_PORT, Cluster

# What Heroku lets the owner of a database see and do beyond owning it.
_GRANTED = ("pg_monitor", "pg_read_all_settings", "pg_read_all_stats", "pg_signal_backend")
_DUMP_OPTIONS = ("-Fc", "--no-owner", "--no-acl")
_SCRIPT_SECONDS = 300.0

Guard = Callable[[Path], GuardedPort]
"""Makes the guard of a unix socket: who else may connect is its business."""


class PostgresServer:
    """One cluster on a private unix socket, behind a TLS front on 127.0.0.1:`port`.

    With a `guard` that front has no port: the guard's is the only way in.
    """

    def __init__(
        self, cluster: Cluster, front: process.Child, port: int, guard: GuardedPort | None = None
    ) -> None:
        self.port = port
        self.guard = guard
        self.version = cluster.major
        self.socket_dir = cluster.socket_dir
        self.socket_port = SOCKET_PORT
        self._cluster = cluster
        self._front = front

    @classmethod
    async def start(
        cls,
        folder: Path,
        authority: Authority,
        host_names: Sequence[str],
        *,
        programs: Path | None = None,
        guard: Guard | None = None,
    ) -> "PostgresServer":
        """Make and start a cluster; its certificate is for `host_names`.

        `programs` is another installation's bin folder, for tests with an older server.
        Raises RuntimeError with the server's own words when it does not start.
        """
        programs = programs or bundled_postgres.programs()
        cluster = Cluster(folder, programs, await bundled_postgres.major_of(programs / "postgres"))
        await cluster.start()
        front: process.Child | None = None
        inner = cluster.socket_dir / "front" if guard else None
        try:
            front = await _start_front(folder, authority, host_names, cluster.socket, inner)
            assert front.process.stdout is not None
            told = await front.process.stdout.readline()
            if not told:
                raise RuntimeError(f"the TLS front ended:\n{front.last_lines}")
            if guard is None or inner is None:
                return cls(cluster, front, int(told))
            guarded = guard(inner)
            await guarded.start()
            return cls(cluster, front, guarded.port, guarded)
        except BaseException:
            if front is not None:
                await front.stop(grace=1)
            await cluster.stop()
            raise

    async def create_database(
        self,
        name: str,
        role: str,
        password: str,
        *,
        extensions_by_superuser: Sequence[str] = (),
    ) -> None:
        """A database owned by `role`, a login role without superuser; the role may exist."""
        who, what = sql.Identifier(role), sql.Identifier(name)
        async with self._cluster.connection("postgres") as session:
            found = await session.execute("SELECT FROM pg_roles WHERE rolname = %s", (role,))
            if not found.rowcount:
                create = sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}")
                await session.execute(create.format(who, sql.Literal(password)))
                grant = sql.SQL("GRANT {} TO {}")
                roles = sql.SQL(", ").join(map(sql.Identifier, _GRANTED))
                await session.execute(grant.format(roles, who))
            await session.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(what, who))
            revoke = sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(what)
            await session.execute(revoke)
        async with self._cluster.connection(name) as session:
            for extension in extensions_by_superuser:
                statement = sql.SQL("CREATE EXTENSION IF NOT EXISTS {}")
                await session.execute(statement.format(sql.Identifier(extension)))

    async def drop_database(self, name: str) -> None:
        """End its sessions and drop it; one that is not there is fine."""
        async with self._cluster.connection("postgres") as session:
            drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
            await session.execute(drop.format(sql.Identifier(name)))

    async def execute(self, database: str, statements: str) -> list[tuple[object, ...]]:
        """Run SQL as superuser over the unix socket; the rows of the last statement."""
        async with self._cluster.connection(database) as session:
            # Scenario and test SQL is ours; psycopg's type insists on literals.
            cursor = await session.execute(statements.encode())
            while cursor.nextset():
                pass
            return list(await cursor.fetchall()) if cursor.description else []

    async def run_script(
        self, database: str, path: Path, variables: Mapping[str, str], role: str
    ) -> None:
        """Run a psql script as `role`. Raises RuntimeError with psql's last words."""
        words = ["-X", "-q", "-o", "/dev/null", "-v", "ON_ERROR_STOP=1"]
        for name, value in variables.items():
            words += ["-v", f"{name}={value}"]
        done = await process.run(
            [bundled_postgres.programs() / "psql", *words, "-f", path],
            env=self._cluster.environment(database) | {"PGOPTIONS": f"-c role={role}"},
            deadline=_SCRIPT_SECONDS,
        )
        if done.code != 0:
            raise RuntimeError(f"{path.name} failed:\n{done.stderr}")

    async def dump(self, database: str, file: Path) -> None:
        """Write a real custom-format archive of the database."""
        done = await process.run(
            [bundled_postgres.programs() / "pg_dump", *_DUMP_OPTIONS, "-f", file],
            env=self._cluster.environment(database),
            deadline=_SCRIPT_SECONDS,
        )
        if done.code != 0:
            raise RuntimeError(f"pg_dump failed:\n{done.stderr}")

    async def restart(self, *, crash: bool = False) -> None:
        """What a maintenance does to everybody connected, or a crash."""
        await self._cluster.restart(crash=crash)

    async def stop(self) -> None:
        """End front and cluster. Can be repeated."""
        if self.guard is not None:
            await self.guard.stop()
        await self._front.stop(grace=1)
        await self._cluster.stop()


async def _start_front(
    folder: Path,
    authority: Authority,
    host_names: Sequence[str],
    socket: Path,
    listen: Path | None,
) -> process.Child:
    leaf = authority.certificate(*host_names)
    certificate = folder / "front.pem"
    certificate.touch(mode=0o600)
    certificate.write_bytes(leaf.key_pem + leaf.cert_pem)
    # By file name: without our package's other imports it is up in a tenth of a second.
    return await process.start(
        [
            sys.executable,
            "-I",
            "-S",
            str(tls_front.__file__),
            certificate,
            socket,
            *([listen] if listen else []),
        ],
        env=process.environment(),
        stdin=True,
    )
