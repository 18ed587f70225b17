"""Databases, their versions, credentials, disks and backups over HTTP."""

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from providers.sandbox.aptible import present_databases
from providers.sandbox.aptible.account_routes import checked_handle
from providers.sandbox.aptible.app_routes import found_accounts, only_one
from providers.sandbox.aptible.desk import Desk, linked_id
from providers.sandbox.aptible.hal import Json, hal, not_found, unprocessable, whole_number
from providers.sandbox.aptible.records import Database, DatabaseImage


class DatabaseRoutes:
    """A created database is a record only, until it is provisioned."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._state = desk.state

    def routes(self) -> list[Route]:
        route = self._desk.route
        return [
            route("/database_images", get=self.images),
            route("/database_images/{id}", get=self.image),
            route("/databases", get=self.databases),
            route("/databases/{id}", get=self.database, put=self.change, patch=self.change),
            route("/accounts/{id}/databases", get=self.of_account, post=self.create),
            route("/find/database", get=self.find),
            route("/databases/{id}/database_credentials", get=self.credentials),
            route("/database_credentials/{id}", get=self.credential),
            route("/databases/{id}/backups", get=self.backups),
            route("/databases/{id}/dependents", get=self.dependents),
            route("/databases/{id}/settings", get=self.dependents),
            route("/databases/{id}/configurations", get=self.dependents),
            route("/backups/{id}", get=self.backup),
            route("/disks/{id}", get=self.disk),
            route("/accounts/{id}/disks", get=self.disks),
        ]

    async def images(self, request: Request) -> Response:
        view, found = self._desk.view(request), list(self._state.database_images.values())
        return self._desk.many(
            request, "database_images", found, lambda i: present_databases.image(view, i)
        )

    async def image(self, request: Request) -> Response:
        found = self._desk.one(self._state.database_images, request)
        return hal(present_databases.image(self._desk.view(request), found))

    async def databases(self, request: Request) -> Response:
        return self._page(request, list(self._state.databases.values()))

    async def of_account(self, request: Request) -> Response:
        account = self._desk.one(self._state.accounts, request)
        return self._page(request, self._state.databases_in(account.id))

    async def database(self, request: Request) -> Response:
        databases = self._state.databases
        if request.query_params.get("with_deleted") == "true":
            databases = {**databases, **self._state.deleted_databases}
        return self._show(request, self._desk.one(databases, request))

    async def find(self, request: Request) -> Response:
        account_ids = found_accounts(self._state, request)
        wanted = request.query_params.get("handle")
        found = [
            d
            for d in self._state.databases.values()
            if d.handle == wanted and d.account_id in account_ids
        ]
        return self._show(request, only_one(found))

    async def create(self, request: Request) -> Response:
        account = self._desk.one(self._state.accounts, request)
        body = await self._desk.body(request)
        handle = checked_handle(body.get("handle"))
        if any(d.handle == handle for d in self._state.databases_in(account.id)):
            raise unprocessable("Handle has already been taken")
        image = self._wanted_image(body)
        database = Database(
            id=self._state.next_id(),
            handle=handle,
            type=image.type,
            account_id=account.id,
            image_id=image.id,
            disk_size=whole_number(body.get("initial_disk_size") or 10, "Initial disk size"),
            container_size=whole_number(
                body.get("initial_container_size") or 1024, "Initial container size"
            ),
            enable_backups=body.get("enable_backups") is not False,
        )
        self._state.databases[database.id] = database
        self._desk.platform.note("database-record", handle=handle, id=database.id)
        return self._show(request, database, 201)

    async def change(self, request: Request) -> Response:
        database = self._desk.one(self._state.databases, request)
        body = await self._desk.body(request)
        if "handle" in body:
            database.handle = checked_handle(body["handle"])
        if body.get("enable_backups") is not None:
            database.enable_backups = bool(body["enable_backups"])
        self._state.touch(database)
        return self._show(request, database)

    async def credentials(self, request: Request) -> Response:
        database, view = self._desk.one(self._state.databases, request), self._desk.view(request)
        return self._desk.many(
            request,
            "database_credentials",
            self._state.credentials_of(database.id),
            lambda c: present_databases.credential(view, c),
        )

    async def credential(self, request: Request) -> Response:
        found = self._desk.one(self._state.database_credentials, request)
        return hal(present_databases.credential(self._desk.view(request), found))

    async def backups(self, request: Request) -> Response:
        database, view = self._desk.one(self._state.databases, request), self._desk.view(request)
        found = [b for b in self._state.backups.values() if b.database_id == database.id]
        return self._desk.many(
            request, "backups", found, lambda b: present_databases.backup(view, b)
        )

    async def backup(self, request: Request) -> Response:
        found = self._desk.one(self._state.backups, request)
        return hal(present_databases.backup(self._desk.view(request), found))

    async def dependents(self, request: Request) -> Response:
        self._desk.one(self._state.databases, request)
        nobody: list[Json] = []
        relation = request.url.path.rpartition("/")[2]
        return self._desk.many(request, relation, nobody, lambda item: item)

    async def disk(self, request: Request) -> Response:
        wanted = linked_id(request.path_params["id"])
        for database in self._state.databases.values():
            if database.disk_id is not None and database.disk_id == wanted:
                return hal(present_databases.disk(self._desk.view(request), database))
        raise not_found()

    async def disks(self, request: Request) -> Response:
        account, view = self._desk.one(self._state.accounts, request), self._desk.view(request)
        found = [d for d in self._state.databases_in(account.id) if d.disk_id is not None]
        return self._desk.many(request, "disks", found, lambda d: present_databases.disk(view, d))

    def _wanted_image(self, body: Mapping[str, Any]) -> DatabaseImage:
        images = self._state.database_images
        type_ = body.get("type")
        wanted = linked_id(body.get("database_image_id") or body.get("database_image"))
        if wanted is not None:
            image = images.get(wanted)
            if image is None or type_ not in (None, image.type):
                raise unprocessable("Database image must exist and be of the type")
            return image
        found = [i for i in images.values() if i.type == type_ and i.default]
        if not found:
            raise unprocessable("Type is not included in the list")
        return found[0]

    def _show(self, request: Request, database: Database, status: int = 200) -> Response:
        return hal(present_databases.database(self._desk.view(request), database), status)

    def _page(self, request: Request, found: list[Database]) -> Response:
        view = self._desk.view(request)
        return self._desk.many(
            request, "databases", found, lambda d: present_databases.database(view, d)
        )
