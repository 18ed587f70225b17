"""A real PostgreSQL cluster as a platform offers it: over TLS only, roles without superuser."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from providers.sandbox.authority import Authority


class PostgresServer:
    """One cluster on a private unix socket, behind a TLS front on 127.0.0.1:`port`."""

    def __init__(self) -> None:
        self.port = 0
        self.socket_dir = Path()
        self.socket_port = 5432
        self.version = 0

    @classmethod
    async def start(
        cls,
        folder: Path,
        authority: Authority,
        host_names: Sequence[str],
        *,
        programs: Path | None = None,
    ) -> "PostgresServer":
        """Make and start a cluster; its certificate is for `host_names`.

        `programs` is another installation's bin folder, for tests with an older server.
        """
        raise NotImplementedError

    async def create_database(
        self,
        name: str,
        role: str,
        password: str,
        *,
        extensions_by_superuser: Sequence[str] = (),
    ) -> None:
        """A database owned by `role`, a login role without superuser."""

    async def drop_database(self, name: str) -> None:
        """End its sessions and drop it."""

    async def execute(self, database: str, sql: str) -> list[tuple[object, ...]]:
        """Run SQL as superuser over the unix socket; the rows of the last statement."""
        raise NotImplementedError

    async def run_script(
        self, database: str, path: Path, variables: Mapping[str, str], role: str
    ) -> None:
        """Run a psql script as `role`."""

    async def dump(self, database: str, file: Path) -> None:
        """Write a real custom-format archive of the database."""

    async def stop(self) -> None:
        """End front and cluster."""
