"""Operations over HTTP: create, poll, cancel, read logs in two steps, sign in to the portal."""

import re
import secrets
from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from providers.sandbox.aptible import present_operations
from providers.sandbox.aptible.configuration import check
from providers.sandbox.aptible.desk import Call, Desk
from providers.sandbox.aptible.hal import ApiError, hal, not_found
from providers.sandbox.aptible.portal_sign_in import PortalSignIn
from providers.sandbox.aptible.records import Operation


class OperationRoutes:
    """`POST /{kind}/{id}/operations` for each kind of resource that has operations."""

    def __init__(self, desk: Desk, sign_in: PortalSignIn) -> None:
        self._desk = desk
        self._state = desk.state
        self._sign_in = sign_in
        self._presigned: dict[str, int] = {}
        self._tables: dict[str, Mapping[int, Any]] = {
            "apps": self._state.apps,
            "services": self._state.services,
            "databases": self._state.databases,
            "database_credentials": self._state.database_credentials,
            "vhosts": self._state.vhosts,
            "backups": self._state.backups,
        }

    def routes(self) -> list[Route]:
        route = self._desk.route
        connections = "/operations/{id}/ssh_portal_connections"
        return [
            *(
                route(
                    f"/{kind}/{{id}}/operations",
                    get=self._lister(kind),
                    post=self._creator(kind),
                )
                for kind in self._tables
            ),
            route("/operations", get=self.operations),
            route("/accounts/{id}/operations", get=self.of_account),
            route("/operations/{id}", get=self.operation, put=self.cancel, patch=self.cancel),
            route("/operations/{id}/logs", get=self.logs),
            # Presigned: the address itself is the permission.
            Route("/presigned/{key}", self.presigned),
            route(connections, get=self.connections, post=self.connect),
            route("/operations/{id}/ephemeral_sessions", get=self.nothing),
            route("/ssh_portal_connections/{key}", get=self.connection),
        ]

    def _creator(self, kind: str) -> Call:
        async def create(request: Request) -> Response:
            record = self._desk.one(self._tables[kind], request)
            body = await self._desk.body(request)
            check(body)
            operation = self._desk.runner.create(
                kind, record.id, self._account_id(kind, record), body, self._lock(kind, record)
            )
            return hal(self._desk.view(request).operation(operation), 201)

        return create

    def _lister(self, kind: str) -> Call:
        async def list_them(request: Request) -> Response:
            record = self._desk.one(self._tables[kind], request)
            found = self._state.operations_of(kind, record.id)
            if kind == "apps" and request.query_params.get("with_services") == "true":
                for service in self._state.services_of(record.id):
                    found += self._state.operations_of("services", service.id)
                found.sort(key=lambda o: o.id, reverse=True)
            return self._page(request, found)

        return list_them

    async def operations(self, request: Request) -> Response:
        return self._page(request, list(self._state.operations.values())[::-1])

    async def of_account(self, request: Request) -> Response:
        account = self._desk.one(self._state.accounts, request)
        found = [o for o in self._state.operations.values() if o.account_id == account.id]
        return self._page(request, found[::-1])

    async def operation(self, request: Request) -> Response:
        found = self._desk.one(self._state.operations, request)
        return hal(self._desk.view(request).operation(found))

    async def cancel(self, request: Request) -> Response:
        operation = self._desk.one(self._state.operations, request)
        if (await self._desk.body(request)).get("cancelled"):
            operation.cancelled = True
        return hal(self._desk.view(request).operation(operation))

    async def logs(self, request: Request) -> Response:
        operation = self._desk.one(self._state.operations, request)
        if not operation.final:
            raise not_found("The operation has not ended yet")
        platform = self._desk.platform
        key = secrets.token_urlsafe(24)
        self._presigned[key] = operation.id
        base = platform.tls_url if platform.switches.logs_over_tls else platform.api_url
        return PlainTextResponse(f"{base}/presigned/{key}?X-Amz-Expires=3600")

    async def presigned(self, request: Request) -> Response:
        if "authorization" in request.headers:
            return PlainTextResponse("Only one auth mechanism allowed", 400)
        wanted = self._presigned.get(request.path_params["key"], 0)
        operation = self._state.operations.get(wanted)
        if operation is None:
            return PlainTextResponse("Access denied", 403)
        whole = "".join(f"{line}\n" for line in operation.log).encode()
        # As an object store does: "bytes=-N" is the last N bytes.
        asked = re.fullmatch(r"bytes=-(\d+)", request.headers.get("range", ""))
        if asked is None:
            return PlainTextResponse(whole)
        return PlainTextResponse(whole[-int(asked[1]) :], 206 if whole else 416)

    async def connections(self, request: Request) -> Response:
        operation, view = self._desk.one(self._state.operations, request), self._desk.view(request)
        found = [c for c in self._state.connections.values() if c.operation is operation]
        return self._desk.many(
            request,
            "ssh_portal_connections",
            found,
            lambda c: present_operations.connection(view, c),
        )

    async def connect(self, request: Request) -> Response:
        operation = self._desk.one(self._state.operations, request)
        public = str((await self._desk.body(request)).get("ssh_public_key") or "")
        made = self._sign_in.connect(operation, public)
        return hal(present_operations.connection(self._desk.view(request), made), 201)

    async def connection(self, request: Request) -> Response:
        found = self._state.connections.get(request.path_params["key"])
        if found is None:
            raise not_found()
        return hal(present_operations.connection(self._desk.view(request), found))

    async def nothing(self, request: Request) -> Response:
        self._desk.one(self._state.operations, request)
        nobody: list[Operation] = []
        return self._page(request, nobody)

    def _page(self, request: Request, found: list[Operation]) -> Response:
        for name in ("type", "status"):
            wanted = request.query_params.get(name)
            if wanted:
                found = [o for o in found if getattr(o, name) == wanted]
        return self._desk.many(request, "operations", found, self._desk.view(request).operation)

    def _account_id(self, kind: str, record: Any) -> int:
        if kind == "database_credentials":
            return self._state.databases[record.database_id].account_id
        if kind == "vhosts":
            return self._state.services[record.service_id].account_id
        account_id: int = record.account_id
        return account_id

    def _lock(self, kind: str, record: Any) -> str:
        """What waits for each other: everything on one app, everything on one database."""
        service = record if kind == "services" else None
        if kind == "vhosts":
            service = self._state.services.get(record.service_id)
        if service is not None and service.app_id is not None:
            return f"apps-{service.app_id}"
        if kind == "database_credentials":
            return f"databases-{record.database_id}"
        if kind not in self._tables:
            raise ApiError(422, "unprocessable_entity", f"{kind} have no operations")
        return f"{kind}-{record.id}"
