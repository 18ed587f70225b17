"""What really happens to a database: provision, restart, back up, deprovision."""

import secrets
import time
from pathlib import Path
from urllib.parse import quote

from providers.sandbox.aptible.entrances import Entrances
from providers.sandbox.aptible.platform import Platform
from providers.sandbox.aptible.records import Backup, Credential, Database, Operation, Service
from providers.sandbox.aptible.redis_tls import TlsFront
from providers.sandbox.aptible.runner import OperationFailed, Runner
from providers.sandbox.redis import RedisServer


class Databases:
    """PostgreSQL databases are real ones in the target cluster, each with a role of its own."""

    def __init__(self, platform: Platform, runner: Runner, entrances: Entrances) -> None:
        self._platform = platform
        self._entrances = entrances
        self._runner = runner
        self._redis: dict[int, tuple[RedisServer, TlsFront]] = {}
        for type_, handler in (
            ("provision", self.provision),
            ("deprovision", self.deprovision),
            ("restart", self.restart),
            ("reload", self.restart),
            ("modify", self.resize),
            ("backup", self.backup),
        ):
            runner.handle("databases", type_, handler)
        runner.handle("backups", "purge", self.purge)

    async def stop(self) -> None:
        """End the Redis servers."""
        for server, front in self._redis.values():
            await front.stop()
            await server.stop()
        self._redis.clear()

    def port_of(self, credential: Credential) -> int:
        """The loopback port that a tunnel to this credential ends at."""
        database = self._platform.state.databases[credential.database_id]
        if credential.type == "redis+ssl":
            return self._redis[database.id][1].port
        return database.port

    async def provision(self, operation: Operation) -> None:
        """Make the database real; on failure the record stays as `provision_failed`."""
        platform, state = self._platform, self._platform.state
        database = state.databases[operation.resource_id]
        if not state.accounts[database.account_id].activated:
            raise OperationFailed("This environment is not activated")
        database.status = "provisioning"
        self._sizes(database, operation)
        faults = platform.ground.faults
        if faults.take("aptible.provision-fails", handle=database.handle) is not None:
            database.status = "provision_failed"
            raise OperationFailed("The database could not be provisioned")
        if database.password:
            return
        database.password = secrets.token_urlsafe(24)
        try:
            if database.type == "postgresql":
                await self._make_postgres(database)
            elif database.type == "redis":
                await self._make_redis(database)
            else:
                raise OperationFailed(f"This Aptible runs no {database.type}")
        except Exception:
            database.status, database.password = "provision_failed", ""
            raise
        service = Service(
            id=state.next_id(),
            handle=database.handle,
            account_id=database.account_id,
            database_id=database.id,
            process_type=database.type,
            container_memory_limit_mb=database.container_size,
            instance_class=database.profile,
        )
        state.services[service.id] = service
        database.service_id = service.id
        database.disk_id = state.next_id()
        database.status = "provisioned"
        state.touch(database)
        platform.note("database", handle=database.handle, id=database.id, type=database.type)

    async def restart(self, operation: Operation) -> None:
        """End all sessions, as a restarted server does."""
        database = self._provisioned(operation)
        self._sizes(database, operation)
        if database.type == "postgresql":
            await self._platform.ground.target_postgres.execute(
                f"db_{database.id}",
                "select pg_terminate_backend(pid) from pg_stat_activity "
                "where datname = current_database() and pid <> pg_backend_pid()",
            )
        self._platform.note("database-restart", handle=database.handle, id=database.id)

    async def resize(self, operation: Operation) -> None:
        """Change the disk."""
        self._sizes(self._provisioned(operation), operation)

    async def backup(self, operation: Operation) -> None:
        """A real archive, for PostgreSQL."""
        await self._back_up(self._provisioned(operation), manual=True)

    async def purge(self, operation: Operation) -> None:
        """Throw a backup away."""
        state = self._platform.state
        backup = state.backups.pop(operation.resource_id)
        self._archive(backup.id).unlink(missing_ok=True)
        self._platform.note("backup-purged", database=backup.database_handle, id=backup.id)

    async def deprovision(self, operation: Operation) -> None:
        """Drop it; its final backup stays, if it ever was provisioned."""
        platform, state = self._platform, self._platform.state
        database = state.databases[operation.resource_id]
        await self._entrances.close_all(database)
        if database.status == "provisioned":
            database.status = "deprovisioning"
            if platform.switches.final_backup and database.enable_backups:
                await self._back_up(database, manual=False)
            if database.type == "postgresql":
                await platform.ground.target_postgres.drop_database(f"db_{database.id}")
            if database.id in self._redis:
                server, front = self._redis.pop(database.id)
                await front.stop()
                await server.stop()
        for credential in state.credentials_of(database.id):
            del state.database_credentials[credential.id]
        if database.service_id is not None:
            state.services.pop(database.service_id, None)
        del state.databases[database.id]
        database.status, database.deleted_at = "deprovisioned", time.time()
        state.deleted_databases[database.id] = database
        platform.note("database-gone", handle=database.handle, id=database.id)

    async def _make_postgres(self, database: Database) -> None:
        server = self._platform.ground.target_postgres
        name, role = f"db_{database.id}", f"aptible_{database.id}"
        await server.create_database(
            name,
            role,
            database.password,
            extensions_by_superuser=self._platform.switches.database_extensions,
        )
        database.port = server.port
        login = f"{role}:{quote(database.password, safe='')}"
        url = f"postgresql://{login}@{self._host(database)}:{database.port}/{name}"
        self._credential(database, "postgresql", url, default=True)

    async def _make_redis(self, database: Database) -> None:
        authority = self._platform.ground.authority
        server = RedisServer(database.password)
        await server.start()
        leaf = authority.certificate(f"*.{self._platform.switches.internal_domain}", "localhost")
        front = TlsFront(authority.server_context(leaf), server.port)
        await front.start()
        self._redis[database.id] = (server, front)
        database.port = server.port
        login = f":{quote(database.password, safe='')}@{self._host(database)}"
        self._credential(database, "redis", f"redis://{login}:{server.port}", default=True)
        self._credential(database, "redis+ssl", f"rediss://{login}:{front.port}", default=False)

    def _credential(self, database: Database, type_: str, url: str, *, default: bool) -> None:
        state = self._platform.state
        made = Credential(
            id=state.next_id(),
            database_id=database.id,
            type=type_,
            default=default,
            connection_url=url,
        )
        state.database_credentials[made.id] = made

    def _host(self, database: Database) -> str:
        stack = self._platform.state.stack_of(database.account_id)
        return f"db-{stack.name}-{database.id}.{self._platform.switches.internal_domain}"

    async def _back_up(self, database: Database, *, manual: bool) -> None:
        platform, state = self._platform, self._platform.state
        backup = Backup(
            id=state.next_id(),
            account_id=database.account_id,
            database_id=database.id,
            database_handle=database.handle,
            size=database.disk_size,
            manual=manual,
        )
        if database.type == "postgresql":
            archive = self._archive(backup.id)
            archive.parent.mkdir(mode=0o700, exist_ok=True)
            await platform.ground.target_postgres.dump(f"db_{database.id}", archive)
        state.backups[backup.id] = backup
        platform.note("backup", database=database.handle, id=backup.id, manual=manual)

    def _archive(self, backup_id: int) -> Path:
        return self._platform.folder / "backups" / f"{backup_id}.dump"

    def _provisioned(self, operation: Operation) -> Database:
        database = self._platform.state.databases[operation.resource_id]
        if database.status != "provisioned":
            raise OperationFailed(f"Database {database.handle} is not provisioned")
        return database

    def _sizes(self, database: Database, operation: Operation) -> None:
        body = operation.body
        database.disk_size = int(body.get("disk_size") or database.disk_size)
        database.container_size = int(body.get("container_size") or database.container_size)
        database.profile = str(body.get("instance_profile") or database.profile)
        database.iops = int(body.get("provisioned_iops") or database.iops)
