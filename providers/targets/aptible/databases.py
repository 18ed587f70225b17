"""Managed databases: images, records, provisioning with clean-up, credentials."""

from collections.abc import Sequence

from pydantic import SecretStr

from providers.http import HttpRefused
from providers.targets.aptible.client import AptibleApi
from providers.targets.aptible.live_log import OnLine
from providers.targets.aptible.operations import MINUTES, Operations
from providers.targets.aptible.shapes import (
    CredentialShape,
    DatabaseImageShape,
    DatabaseShape,
    DiskShape,
    S,
    ServiceShape,
)
from wizard.errors import MovedayError, OutsideError, UnknownOutcome
from wizard.model.target import DatabaseImage, Environment, TargetDatabase
from wizard.safety.consent import Consent
from wizard.safety.redact import REDACTOR

_SAFER_TYPE = {"redis": "redis+ssl"}
_GONE = frozenset({"deprovisioned"})


class Databases:
    """Found by handle and environment; the record and its provisioning are two things."""

    def __init__(self, api: AptibleApi, operations: Operations) -> None:
        self._api = api
        self._operations = operations
        self._images: dict[int, DatabaseImage] = {}

    async def images(self) -> Sequence[DatabaseImage]:
        """Versions that can be provisioned now; never a list of our own."""
        found = await self._api.all(
            DatabaseImageShape,
            "/database_images",
            "database_images",
            params={"per_page": "5000", "no_embed": "true"},
        )
        images = tuple(_image(i) for i in found if i.visible is not False)
        self._images.update({i.id: i for i in images})
        return images

    async def find(self, environment: Environment, handle: str) -> TargetDatabase | None:
        """The database of that handle, whatever its state; None when it is gone."""
        shape = await self._record(environment, handle)
        return await self._whole(shape) if shape else None

    async def create(
        self,
        environment: Environment,
        handle: str,
        image: DatabaseImage,
        disk_gb: int,
        memory_mb: int,
        consent: Consent,
        on_log: OnLine | None = None,
    ) -> TargetDatabase:
        """Record and provision. What is there is adopted; what fails is cleaned up, then raised."""
        record = await self._record(environment, handle)
        if record is None:
            record = await self._make(environment, handle, image, disk_gb, memory_mb, consent)
        resource = f"databases/{record.id}"
        if record.status == "provisioning":
            running = await self._operations.find_recent(resource, "provision")
            if running is not None:
                await self._operations.wait(running, what=f"provisioning {handle}", on_log=on_log)
        elif record.status != "provisioned":
            await self._provision(record, disk_gb, memory_mb, consent, on_log)
        return await self._whole(await self._api.get(DatabaseShape, f"/{resource}"))

    async def _make(
        self,
        environment: Environment,
        handle: str,
        image: DatabaseImage,
        disk_gb: int,
        memory_mb: int,
        consent: Consent,
    ) -> DatabaseShape:
        body = {
            "handle": handle,
            "type": image.engine,
            "database_image_id": image.id,
            "initial_disk_size": disk_gb,
            "initial_container_size": memory_mb,
        }
        try:
            return await self._api.make(
                DatabaseShape, f"/accounts/{environment.id}/databases", body, consent
            )
        except UnknownOutcome:
            there = await self._record(environment, handle)
            if there is None:
                raise
            return there

    async def _provision(
        self,
        record: DatabaseShape,
        disk_gb: int,
        memory_mb: int,
        consent: Consent,
        on_log: OnLine | None,
    ) -> None:
        try:
            await self._operations.run(
                f"databases/{record.id}",
                "provision",
                {"disk_size": disk_gb, "container_size": memory_mb},
                consent,
                what=f"provisioning {record.handle}",
                deadline=30 * MINUTES,
                on_log=on_log,
            )
        except UnknownOutcome:
            raise
        except OutsideError as error:
            # As the official client does: a record that could not be provisioned is taken away.
            try:
                await self._deprovision(record.number, record.handle, consent)
                error.nothing_made = True
                error.detail += f"\nthe record of {record.handle} was removed again"
            except MovedayError as second:
                error.detail += f"\nits record is still there: {second.title}"
                error.hint = f"remove it with `aptible db:deprovision {record.handle}`"
            raise

    async def delete(self, database: TargetDatabase, consent: Consent) -> None:
        """Deprovision; one that is gone already is fine."""
        await self._deprovision(database.id, database.handle, consent)

    async def _deprovision(self, number: int, handle: str, consent: Consent) -> None:
        resource = f"databases/{number}"
        try:
            record = await self._api.get(DatabaseShape, f"/{resource}")
        except HttpRefused as error:
            if error.status == 404:
                return
            raise
        if record.status not in _GONE:
            await self._operations.deprovision(resource, f"removing {handle}", consent)

    async def url(self, database: TargetDatabase) -> SecretStr:
        """The URL for apps inside the stack; Redis over TLS where Aptible offers it."""
        return (await self.credential(database, _SAFER_TYPE.get(database.engine)))[1]

    async def credential(
        self, database: TargetDatabase, wanted: str | None = None
    ) -> tuple[str, SecretStr]:
        """(id, URL) of the credential of type `wanted`, else of the default one."""
        usable = await self._usable(database)
        return min(usable, key=lambda pair: (pair[0].type != wanted, not pair[0].default))[1:]

    async def urls(self, database: TargetDatabase) -> Sequence[SecretStr]:
        """Every URL by which somebody reaches it; the default one first."""
        usable = await self._usable(database)
        return [url for _, _, url in sorted(usable, key=lambda each: not each[0].default)]

    async def _usable(
        self, database: TargetDatabase
    ) -> Sequence[tuple[CredentialShape, str, SecretStr]]:
        """Credentials with their id and URL, which the redactor learns."""
        found = await self._api.all(
            CredentialShape,
            f"/databases/{database.id}/database_credentials",
            "database_credentials",
            sensitive=True,
        )
        usable = [(c, str(c.id), c.connection_url) for c in found if c.connection_url is not None]
        for _credential, _id, url in usable:
            REDACTOR.learn(url.get_secret_value())
        if not usable:
            raise OutsideError(
                f"the database {database.handle} shows no credentials",
                f"its status is {database.status}",
                "the token's user needs the permission sensitive; a database has to be provisioned",
            )
        return usable

    async def _record(self, environment: Environment, handle: str) -> DatabaseShape | None:
        found = await self._api.find(
            DatabaseShape, "database", handle=handle, environment=environment.handle
        )
        return None if found is None or found.status in _GONE else found

    async def _whole(self, shape: DatabaseShape) -> TargetDatabase:
        image = await self._image_of(shape)
        disk = await self._optional(DiskShape, shape.link("disk"))
        service = await self._optional(ServiceShape, shape.link("service"))
        return TargetDatabase(
            id=shape.number,
            handle=shape.handle,
            engine=shape.type,
            version=image.version if image else "",
            status=shape.status,
            disk_gb=disk.size if disk else None,
            memory_mb=service.container_memory_limit_mb if service else None,
        )

    async def _image_of(self, shape: DatabaseShape) -> DatabaseImage | None:
        linked = shape.linked_id("database_image")
        if linked.isdigit() and int(linked) in self._images:
            return self._images[int(linked)]
        found = await self._optional(DatabaseImageShape, shape.link("database_image"))
        if found is None:
            return None
        image = _image(found)
        self._images[image.id] = image
        return image

    async def _optional(self, shape: type[S], href: str | None) -> S | None:
        """What a link leads to; None without a link or when it leads nowhere (not provisioned)."""
        if href is None:
            return None
        try:
            return await self._api.get(shape, href)
        except HttpRefused as error:
            if error.status == 404:
                return None
            raise


def _image(shape: DatabaseImageShape) -> DatabaseImage:
    return DatabaseImage(
        id=shape.number,
        engine=shape.type,
        version=shape.version,
        default=bool(shape.default),
    )
