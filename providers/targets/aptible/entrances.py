"""A database's way in from outside: a public endpoint that admits named addresses only.

As the official client's `endpoints:database:create` makes it: a vhost of type tcp on platform elb
for the database's own service, then its operation provision. Aptible's documentation (database
endpoints): the database has to be restarted afterwards for its certificate to name the endpoint; a
credential of its own comes with it. Where none names the endpoint's host, the default credential's
user, database and port are taken with that host: that the port stays is inferred.
"""

import ipaddress
from collections.abc import Sequence
from urllib.parse import urlsplit

from pydantic import SecretStr

from providers.http import HttpRefused
from providers.targets.aptible.client import AptibleApi
from providers.targets.aptible.databases import Databases
from providers.targets.aptible.live_log import OnLine
from providers.targets.aptible.open_vhost import open_vhost
from providers.targets.aptible.operations import Operations
from providers.targets.aptible.shapes import AccountShape, DatabaseShape, VhostShape
from wizard.errors import BlockedError, OutsideError, UnknownOutcome, UsageError
from wizard.model.target import Entrance, TargetDatabase
from wizard.safety.consent import Consent
from wizard.safety.redact import REDACTOR

_GONE = ("deprovisioned", "deprovisioning")


class Entrances:
    """Found again by their database; a move makes one for it at most."""

    def __init__(self, api: AptibleApi, operations: Operations, databases: Databases) -> None:
        self._api = api
        self._operations = operations
        self._databases = databases

    async def find(self, database: TargetDatabase) -> Entrance | None:
        """The first that leads in from outside, whatever its state.

        One whose database's certificate does not name it yet is "restarting", not provisioned.
        """
        service = await self._service(database)
        shape = await self._record(service) if service else None
        return await self._entrance(database, shape) if shape else None

    async def create(
        self,
        database: TargetDatabase,
        allowed_ips: Sequence[str],
        consent: Consent,
        on_log: OnLine | None = None,
    ) -> Entrance:
        """Make, provision, and have the certificate name it; what is there for them is adopted.

        Raises UsageError without any address: it would be open to everybody.
        """
        wanted = _checked(allowed_ips)
        service = await self._service(database)
        if service is None:
            raise OutsideError(
                f"the database {database.handle} has no service at Aptible",
                f"its status is {database.status}: an endpoint needs one that is provisioned",
                "provision it first",
            )
        shape = await self._record(service) or await self._make(service, wanted, consent)
        if _same(shape.ip_whitelist or ()) != _same(wanted):
            raise BlockedError(
                f"the database {database.handle} has an endpoint already, for other addresses",
                f"there: {', '.join(shape.ip_whitelist or ()) or 'open to all'};"
                f" wanted: {', '.join(wanted)}",
                f"remove it: aptible endpoints:deprovision --database {database.handle}"
                f" {shape.external_host or 'HOST'}",
            )
        if shape.status != "provisioned":
            what = f"opening {database.handle} for the job"
            await open_vhost(self._operations, shape.number, what, consent, on_log)
        await self._named_in_certificate(shape, database, consent, on_log)
        fresh = await self._api.get(VhostShape, f"/vhosts/{shape.id}")
        return await self._entrance(database, fresh)

    async def delete(self, entrance: Entrance, consent: Consent) -> None:
        """Deprovision; one that is gone is fine."""
        what = f"removing the database's endpoint {entrance.host}"
        await self._operations.deprovision(f"vhosts/{entrance.id}", what, consent)

    async def url(self, database: TargetDatabase, entrance: Entrance) -> SecretStr:
        """The credential that names the endpoint, else the default one with its host."""
        url = await self._url(database, entrance.host)
        REDACTOR.learn(url.get_secret_value())
        return url

    async def certificates(self, database: TargetDatabase) -> str:
        """What signs the environment's database certificates (account `ca_body`)."""
        shape = await self._api.get(DatabaseShape, f"/databases/{database.id}")
        account = shape.link("account")
        if account is None:
            return ""
        return (await self._api.get(AccountShape, account)).ca_body or ""

    async def _service(self, database: TargetDatabase) -> str | None:
        """Id of the database's own service; None while it is not provisioned."""
        try:
            shape = await self._api.get(DatabaseShape, f"/databases/{database.id}")
        except HttpRefused as error:
            if error.status == 404:
                return None
            raise
        return shape.linked_id("service") or None

    async def _record(self, service: str) -> VhostShape | None:
        found = await self._api.all(VhostShape, f"/services/{service}/vhosts", "vhosts")
        return next((v for v in found if v.status not in _GONE and not v.internal), None)

    async def _make(self, service: str, allowed_ips: Sequence[str], consent: Consent) -> VhostShape:
        body = {
            "type": "tcp",
            "platform": "elb",
            "internal": False,
            "ip_whitelist": list(allowed_ips),
        }
        try:
            return await self._api.make(VhostShape, f"/services/{service}/vhosts", body, consent)
        except UnknownOutcome:
            there = await self._record(service)
            if there is None:
                raise
            return there

    async def _named_in_certificate(
        self,
        shape: VhostShape,
        database: TargetDatabase,
        consent: Consent,
        on_log: OnLine | None,
    ) -> None:
        """Restart the database unless that was done since the endpoint was opened."""
        resource, since = f"databases/{database.id}", await self._opened(shape)
        if await self._is_named(database, since):
            return
        await self._operations.run(
            resource,
            "restart",
            {},
            consent,
            what=f"restarting {database.handle} for its certificate",
            same=lambda running: running.number > since,
            on_log=on_log,
        )

    async def _opened(self, shape: VhostShape) -> int:
        """The operation that opened it; every later one has a higher number."""
        opened = await self._operations.find_recent(f"vhosts/{shape.id}", "provision")
        return opened.number if opened else 0

    async def _is_named(self, database: TargetDatabase, since: int) -> bool:
        """Whether the database was restarted since."""
        resource = f"databases/{database.id}"
        done = await self._operations.find_recent(resource, "restart", after=since)
        return done is not None and done.status == "succeeded"

    async def _entrance(self, database: TargetDatabase, shape: VhostShape) -> Entrance:
        host, status, port = shape.external_host or "", shape.status, 0
        if status == "provisioned" and not await self._is_named(
            database, await self._opened(shape)
        ):
            status = "restarting"
        if host:
            port = urlsplit((await self._url(database, host)).get_secret_value()).port or 5432
        return Entrance(
            id=shape.number,
            database_id=database.id,
            status=status,
            host=host,
            port=port,
            allowed_ips=tuple(shape.ip_whitelist or ()),
        )

    async def _url(self, database: TargetDatabase, host: str) -> SecretStr:
        found = await self._databases.urls(database)
        own = next((url for url in found if _host(url) == host), None)
        if own is not None:
            return own
        plain = found[0].get_secret_value()
        parts = urlsplit(plain)
        login, at, place = parts.netloc.rpartition("@")
        colon = place.rpartition(":")
        port = f":{colon[2]}" if colon[1] else ""
        return SecretStr(parts._replace(netloc=f"{login}{at}{host}{port}").geturl())


def _host(url: SecretStr) -> str:
    return urlsplit(url.get_secret_value()).hostname or ""


def _checked(allowed_ips: Sequence[str]) -> tuple[str, ...]:
    found = tuple(dict.fromkeys(address.strip() for address in allowed_ips if address.strip()))
    if not found:
        raise UsageError(
            "a database is opened to named addresses only",
            "none was given, and an endpoint without any is open to everybody",
        )
    for each in found:
        try:
            network = ipaddress.IPv4Network(each, strict=False)
        except ValueError:
            problem = UsageError(
                "a database's endpoint takes IPv4 addresses only", f"not one: {each[:60]!r}"
            )
            raise problem from None
        if network.prefixlen == 0:
            raise UsageError("a database is opened to named addresses only", f"{each} is everybody")
    return found


def _same(addresses: Sequence[str]) -> set[str]:
    return {address.removesuffix("/32") for address in addresses}
