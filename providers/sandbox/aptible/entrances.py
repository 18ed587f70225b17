"""A database's public endpoint: a port of its own, for the addresses in its IP filter only.

The database's own TLS is behind it. A credential of its own names its host and port, as Aptible's
documentation says of database endpoints.
"""

import ipaddress
from urllib.parse import urlsplit

from providers.sandbox.aptible.platform import Platform
from providers.sandbox.aptible.records import Credential, Database, Vhost
from providers.sandbox.aptible.runner import OperationFailed
from providers.sandbox.guarded_port import GuardedPort


class Entrances:
    """The open ones."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self._open: dict[int, tuple[GuardedPort, int]] = {}

    async def open(self, vhost: Vhost, database: Database) -> None:
        """Let in whom the filter names; an endpoint that is open already follows its filter."""
        state = self._platform.state
        if database.type != "postgresql":
            vhost.status = "provision_failed"
            raise OperationFailed("Only endpoints of PostgreSQL databases are served here")
        vhost.status = "provisioned"
        if vhost.id in self._open:
            return
        peers = self._platform.ground.peers
        guard = GuardedPort(database.port, peers, lambda who: allowed(vhost.ip_whitelist, who))
        await guard.start()
        default = next(c for c in state.credentials_of(database.id) if c.default)
        parts = urlsplit(default.connection_url)
        login = parts.netloc.rpartition("@")[0]
        place = f"{vhost.external_host}:{guard.port}"
        made = Credential(
            id=state.next_id(),
            database_id=database.id,
            type=default.type,
            default=False,
            connection_url=parts._replace(netloc=f"{login}@{place}").geturl(),
        )
        state.database_credentials[made.id] = made
        self._open[vhost.id] = (guard, made.id)

    async def close(self, vhost: Vhost) -> None:
        """Nobody gets in by it any more, and who is in is thrown out. One that is not open is
        fine."""
        guard, credential = self._open.pop(vhost.id, (None, 0))
        self._platform.state.database_credentials.pop(credential, None)
        if guard is not None:
            await guard.stop()

    async def close_all(self, database: Database) -> None:
        """They go with their database."""
        state = self._platform.state
        for vhost in state.vhosts_of({database.service_id or 0}):
            await self.close(vhost)
            del state.vhosts[vhost.id]
            self._platform.note("endpoint-gone", host=vhost.external_host)

    async def stop(self) -> None:
        """End all of them."""
        for guard, _ in self._open.values():
            await guard.stop()
        self._open.clear()


def allowed(listed: tuple[str, ...], client_ip: str) -> bool:
    """Whether an IP filter lets an address in; an empty one lets in everybody."""
    if not listed:
        return True
    address = ipaddress.ip_address(client_ip)
    return any(address in ipaddress.ip_network(entry, strict=False) for entry in listed)
