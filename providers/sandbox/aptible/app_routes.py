"""Apps, configurations, settings and services over HTTP."""

from typing import TypeVar

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from providers.sandbox.aptible.account_routes import checked_handle
from providers.sandbox.aptible.desk import Desk
from providers.sandbox.aptible.hal import (
    ApiError,
    Json,
    hal,
    not_found,
    unprocessable,
    whole_number,
)
from providers.sandbox.aptible.records import App
from providers.sandbox.aptible.state import State

Found = TypeVar("Found")
_SERVICE_SETTINGS = ("force_zero_downtime", "naive_health_check", "restart_free_scaling")


class AppRoutes:
    """Records only: what runs is changed by operations."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._state = desk.state

    def routes(self) -> list[Route]:
        route = self._desk.route
        nothing = ["deployments", "service_definitions", "prerelease_commands"]
        return [
            route("/apps", get=self.apps),
            route("/apps/{id}", get=self.app, put=self.change, patch=self.change),
            route("/accounts/{id}/apps", get=self.of_account, post=self.create),
            route("/find/app", get=self.find),
            route("/apps/{id}/configurations", get=self.configurations),
            route("/apps/{id}/settings", get=self.settings),
            route("/apps/{id}/images", get=self.images),
            route("/apps/{id}/services", get=self.services),
            *(route(f"/apps/{{id}}/{name}", get=self.nothing) for name in nothing),
            route("/accounts/{id}/services", get=self.services_of_account),
            route("/services", get=self.all_services),
            route(
                "/services/{id}",
                get=self.service,
                put=self.change_service,
                patch=self.change_service,
            ),
            route("/configurations/{id}", get=self.configuration),
            route("/settings/{id}", get=self.setting),
            route("/images/{id}", get=self.image),
        ]

    async def apps(self, request: Request) -> Response:
        found = list(self._state.apps.values())
        return self._desk.many(request, "apps", found, self._desk.view(request).app)

    async def of_account(self, request: Request) -> Response:
        account = self._desk.one(self._state.accounts, request)
        found = self._state.apps_in(account.id)
        return self._desk.many(request, "apps", found, self._desk.view(request).app)

    async def app(self, request: Request) -> Response:
        return hal(self._desk.view(request).app(self._desk.one(self._state.apps, request)))

    async def find(self, request: Request) -> Response:
        account_ids = found_accounts(self._state, request)
        wanted = request.query_params.get("handle")
        found = [
            a
            for a in self._state.apps.values()
            if a.handle == wanted and a.account_id in account_ids
        ]
        return hal(self._desk.view(request).app(only_one(found)))

    async def create(self, request: Request) -> Response:
        account = self._desk.one(self._state.accounts, request)
        handle = checked_handle((await self._desk.body(request)).get("handle"))
        if any(a.handle == handle for a in self._state.apps_in(account.id)):
            raise unprocessable("Handle has already been taken")
        app = App(id=self._state.next_id(), handle=handle, account_id=account.id)
        self._state.apps[app.id] = app
        self._desk.platform.note("app", handle=handle, id=app.id)
        return hal(self._desk.view(request).app(app), 201)

    async def change(self, request: Request) -> Response:
        app = self._desk.one(self._state.apps, request)
        body = await self._desk.body(request)
        if "handle" in body:
            app.handle = checked_handle(body["handle"])
        self._state.touch(app)
        return hal(self._desk.view(request).app(app))

    async def configurations(self, request: Request) -> Response:
        app = self._desk.one(self._state.apps, request)
        found = [
            c
            for c in self._state.configurations.values()
            if c.resource_kind == "apps" and c.resource_id == app.id
        ]
        view = self._desk.view(request)
        return self._desk.many(request, "configurations", found, view.configuration)

    async def settings(self, request: Request) -> Response:
        app = self._desk.one(self._state.apps, request)
        found = [self._state.settings[app.setting_id]] if app.setting_id is not None else []
        return self._desk.many(request, "settings", found, self._desk.view(request).setting)

    async def images(self, request: Request) -> Response:
        app = self._desk.one(self._state.apps, request)
        found = [i for i in self._state.images.values() if i.app_id == app.id]
        return self._desk.many(request, "images", found, self._desk.view(request).image)

    async def services(self, request: Request) -> Response:
        app = self._desk.one(self._state.apps, request)
        found = self._state.services_of(app.id)
        return self._desk.many(request, "services", found, self._desk.view(request).service)

    async def services_of_account(self, request: Request) -> Response:
        account = self._desk.one(self._state.accounts, request)
        found = [s for s in self._state.services.values() if s.account_id == account.id]
        return self._desk.many(request, "services", found, self._desk.view(request).service)

    async def all_services(self, request: Request) -> Response:
        found = list(self._state.services.values())
        return self._desk.many(request, "services", found, self._desk.view(request).service)

    async def nothing(self, request: Request) -> Response:
        self._desk.one(self._state.apps, request)
        relation = request.url.path.rpartition("/")[2]
        nobody: list[Json] = []
        return self._desk.many(request, relation, nobody, lambda item: item)

    async def service(self, request: Request) -> Response:
        service = self._desk.one(self._state.services, request)
        return hal(self._desk.view(request).service(service))

    async def change_service(self, request: Request) -> Response:
        service = self._desk.one(self._state.services, request)
        body = await self._desk.body(request)
        for name in _SERVICE_SETTINGS:
            if body.get(name) is not None:
                setattr(service, name, bool(body[name]))
        if body.get("stop_timeout") is not None:
            service.stop_timeout = whole_number(body["stop_timeout"], "Stop timeout")
        self._state.touch(service)
        return hal(self._desk.view(request).service(service))

    async def configuration(self, request: Request) -> Response:
        found = self._desk.one(self._state.configurations, request)
        return hal(self._desk.view(request).configuration(found))

    async def setting(self, request: Request) -> Response:
        found = self._desk.one(self._state.settings, request)
        return hal(self._desk.view(request).setting(found))

    async def image(self, request: Request) -> Response:
        return hal(self._desk.view(request).image(self._desk.one(self._state.images, request)))


def found_accounts(state: State, request: Request) -> set[int]:
    """The environments a look-up by handle is about; raises ApiError 404."""
    handle = request.query_params.get("environment")
    if handle is None:
        return set(state.accounts)
    account = state.account_by_handle(handle)
    if account is None:
        raise not_found()
    return {account.id}


def only_one(found: list[Found]) -> Found:
    """The single match; raises ApiError 404 or `multiple_resources_found`."""
    if not found:
        raise not_found()
    if len(found) > 1:
        raise ApiError(
            400, "multiple_resources_found", "Several environments have one; name the environment"
        )
    return found[0]
