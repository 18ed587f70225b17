"""Stacks, environments, permissions, plans and prices over HTTP."""

import re

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from providers.sandbox.aptible import catalog, present_databases, present_endpoints
from providers.sandbox.aptible.certificates import read_certificate
from providers.sandbox.aptible.desk import Desk, linked_id
from providers.sandbox.aptible.hal import ApiError, Json, hal, links, not_found, unprocessable
from providers.sandbox.aptible.records import Account, Permission

_HANDLE = re.compile(r"^[0-9a-z._-]{1,64}$")
_SCOPES = (
    "read",
    "basic_read",
    "admin",
    "observability",
    "deploy",
    "sensitive",
    "tunnel",
    "destroy",
)


def checked_handle(value: object) -> str:
    """A handle that Aptible takes; raises ApiError 422."""
    handle = str(value or "")
    if not _HANDLE.match(handle):
        raise unprocessable("Handle must be 1 to 64 of a-z 0-9 . _ -")
    return handle


class AccountRoutes:
    """`accounts` is Aptible's API word for environments."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._state = desk.state

    def routes(self) -> list[Route]:
        route = self._desk.route
        nothing = ["log_drains", "metric_drains", "backup_retention_policies"]
        return [
            route("/stacks", get=self.stacks),
            route("/stacks/{id}", get=self.stack),
            route("/stacks/{id}/accounts", get=self.of_stack),
            route("/accounts", get=self.accounts, post=self.create),
            route(
                "/accounts/{id}",
                get=self.account,
                put=self.change,
                patch=self.change,
                delete=self.delete,
            ),
            route("/find/account", get=self.find),
            route("/accounts/{id}/permissions", get=self.permissions, post=self.permit),
            route("/permissions/{id}", get=self.permission, delete=self.forbid),
            route("/accounts/{id}/certificates", get=self.certificates, post=self.add_certificate),
            route("/certificates/{id}", get=self.certificate),
            route("/accounts/{id}/backups", get=self.backups),
            *(route(f"/accounts/{{id}}/{name}", get=self.nothing) for name in nothing),
            route("/plans", get=self.plans),
            route("/plans/1", get=self.plan),
            route("/active_plans", get=self.active_plans),
            route("/costs/{organization}/rates", get=self.rates),
        ]

    async def stacks(self, request: Request) -> Response:
        view = self._desk.view(request)
        return self._desk.many(request, "stacks", list(self._state.stacks.values()), view.stack)

    async def stack(self, request: Request) -> Response:
        return hal(self._desk.view(request).stack(self._desk.one(self._state.stacks, request)))

    async def of_stack(self, request: Request) -> Response:
        stack = self._desk.one(self._state.stacks, request)
        found = [a for a in self._state.accounts.values() if a.stack_id == stack.id]
        return self._desk.many(request, "accounts", found, self._desk.view(request).account)

    async def accounts(self, request: Request) -> Response:
        found = list(self._state.accounts.values())
        return self._desk.many(request, "accounts", found, self._desk.view(request).account)

    async def account(self, request: Request) -> Response:
        account = self._desk.one(self._state.accounts, request)
        return hal(self._desk.view(request).account(account))

    async def find(self, request: Request) -> Response:
        account = self._state.account_by_handle(request.query_params.get("handle", ""))
        if account is None:
            raise not_found()
        return hal(self._desk.view(request).account(account))

    async def create(self, request: Request) -> Response:
        body, platform = await self._desk.body(request), self._desk.platform
        handle = checked_handle(body.get("handle"))
        if self._state.account_by_handle(handle) is not None:
            raise unprocessable("Handle has already been taken")
        organization = body.get("organization_id") or body.get("organization") or ""
        if str(organization).rpartition("/")[2] != platform.auth.organization_id:
            raise unprocessable("Organization must exist")
        stack_id = linked_id(body.get("stack_id") or body.get("stack"))
        if stack_id is None:
            stack_id = next(s.id for s in self._state.stacks.values() if not s.dedicated)
        if stack_id not in self._state.stacks:
            raise unprocessable("Stack must exist")
        account = Account(
            id=self._state.next_id(),
            handle=handle,
            type=str(body.get("type") or "development"),
            stack_id=stack_id,
            organization_id=platform.auth.organization_id,
            activated=platform.switches.environments_activated,
            onboarding_status=body.get("onboarding_status"),
        )
        self._state.accounts[account.id] = account
        platform.note("environment", handle=handle, id=account.id)
        return hal(self._desk.view(request).account(account), 201)

    async def change(self, request: Request) -> Response:
        account = self._desk.one(self._state.accounts, request)
        body = await self._desk.body(request)
        if "handle" in body:
            handle = checked_handle(body["handle"])
            taken = self._state.account_by_handle(handle)
            if taken is not None and taken is not account:
                raise unprocessable("Handle has already been taken")
            account.handle = handle
        account.onboarding_status = body.get("onboarding_status", account.onboarding_status)
        self._state.touch(account)
        return hal(self._desk.view(request).account(account))

    async def delete(self, request: Request) -> Response:
        account = self._desk.one(self._state.accounts, request)
        inside = {
            "apps": self._state.apps_in(account.id),
            "databases": self._state.databases_in(account.id),
            "backups": [b for b in self._state.backups.values() if b.account_id == account.id],
        }
        left = [name for name, records in inside.items() if records]
        if left:
            raise unprocessable(f"The environment still has {', '.join(left)}")
        del self._state.accounts[account.id]
        self._desk.platform.note("environment-gone", handle=account.handle, id=account.id)
        return Response(status_code=204)

    async def permissions(self, request: Request) -> Response:
        account = self._desk.one(self._state.accounts, request)
        found = [p for p in self._state.permissions.values() if p.account_id == account.id]
        return self._desk.many(request, "permissions", found, self._desk.view(request).permission)

    async def permit(self, request: Request) -> Response:
        account = self._desk.one(self._state.accounts, request)
        body, auth = await self._desk.body(request), self._desk.platform.auth
        if body.get("scope") not in _SCOPES:
            raise unprocessable("Scope is not included in the list")
        if str(body.get("role") or "").rpartition("/")[2] != auth.role_id:
            raise unprocessable("Role must exist")
        made = Permission(
            id=self._state.next_id(),
            account_id=account.id,
            role=f"{auth.url}/roles/{auth.role_id}",
            scope=body["scope"],
        )
        self._state.permissions[made.id] = made
        return hal(self._desk.view(request).permission(made), 201)

    async def permission(self, request: Request) -> Response:
        found = self._desk.one(self._state.permissions, request)
        return hal(self._desk.view(request).permission(found))

    async def forbid(self, request: Request) -> Response:
        del self._state.permissions[self._desk.one(self._state.permissions, request).id]
        return Response(status_code=204)

    async def certificates(self, request: Request) -> Response:
        account, view = self._desk.one(self._state.accounts, request), self._desk.view(request)
        found = [c for c in self._state.certificates.values() if c.account_id == account.id]
        return self._desk.many(
            request, "certificates", found, lambda c: present_endpoints.certificate(view, c)
        )

    async def add_certificate(self, request: Request) -> Response:
        account = self._desk.one(self._state.accounts, request)
        body = await self._desk.body(request)
        made = read_certificate(
            self._state.next_id(),
            account.id,
            str(body.get("certificate_body") or ""),
            str(body.get("private_key") or ""),
        )
        self._state.certificates[made.id] = made
        return hal(present_endpoints.certificate(self._desk.view(request), made), 201)

    async def certificate(self, request: Request) -> Response:
        found = self._desk.one(self._state.certificates, request)
        return hal(present_endpoints.certificate(self._desk.view(request), found))

    async def backups(self, request: Request) -> Response:
        account, view = self._desk.one(self._state.accounts, request), self._desk.view(request)
        found = [b for b in self._state.backups.values() if b.account_id == account.id]
        if request.query_params.get("orphaned") == "true":
            found = [b for b in found if b.database_id not in self._state.databases]
        return self._desk.many(
            request, "backups", found, lambda b: present_databases.backup(view, b)
        )

    async def nothing(self, request: Request) -> Response:
        self._desk.one(self._state.accounts, request)
        relation = request.url.path.rpartition("/")[2]
        nobody: list[Json] = []
        return self._desk.many(request, relation, nobody, lambda item: item)

    async def plans(self, request: Request) -> Response:
        return self._desk.many(request, "plans", [self._plan()], lambda item: item)

    async def plan(self, _: Request) -> Response:
        return hal(self._plan())

    async def active_plans(self, request: Request) -> Response:
        auth = self._desk.platform.auth
        wanted = request.query_params.get("organization_id")
        if wanted not in (None, auth.organization_id):
            raise not_found()
        shown: Json = {
            **catalog.plan(),
            "_type": "active_plan",
            "organization_id": auth.organization_id,
            "available_plans": ["production", "enterprise"],
            "_links": links(
                self=f"{self._desk.platform.api_url}/active_plans/1",
                plan=f"{self._desk.platform.api_url}/plans/1",
                organization=f"{auth.url}/organizations/{auth.organization_id}",
            ),
        }
        return self._desk.many(request, "active_plans", [shown], lambda item: item)

    async def rates(self, request: Request) -> Response:
        if request.path_params["organization"] != self._desk.platform.auth.organization_id:
            raise ApiError(404, "not_found", "Not Found")
        return hal(catalog.rates())

    def _plan(self) -> Json:
        href = f"{self._desk.platform.api_url}/plans/1"
        return {**catalog.plan(), "_links": links(self=href)}
