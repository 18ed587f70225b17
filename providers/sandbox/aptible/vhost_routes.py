"""Endpoints over HTTP: records; opening one is an operation."""

import ipaddress
from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from providers.sandbox.aptible import present_endpoints
from providers.sandbox.aptible.desk import Desk, linked_id
from providers.sandbox.aptible.hal import Json, hal, unprocessable, whole_number
from providers.sandbox.aptible.records import Service, Vhost

_TYPES = ("http", "http_proxy_protocol", "tcp", "tls", "grpc")
_MOST_ADDRESSES = 50


class VhostRoutes:
    """`vhosts` is Aptible's API word for endpoints."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._state = desk.state

    def routes(self) -> list[Route]:
        route = self._desk.route
        return [
            route("/services/{id}/vhosts", get=self.of_service, post=self.create),
            route("/services/{id}/releases", get=self.nothing),
            route("/services/{id}/settings", get=self.nothing),
            route("/services/{id}/service_sizing_policies", get=self.nothing),
            route("/apps/{id}/vhosts", get=self.of_app),
            route("/accounts/{id}/vhosts", get=self.of_account),
            route("/vhosts", get=self.vhosts),
            route("/vhosts/{id}", get=self.vhost, put=self.change, patch=self.change),
            route("/vhosts/{id}/settings", get=self.settings),
        ]

    async def vhosts(self, request: Request) -> Response:
        return self._page(request, list(self._state.vhosts.values()))

    async def of_service(self, request: Request) -> Response:
        service = self._desk.one(self._state.services, request)
        return self._page(request, self._state.vhosts_of({service.id}))

    async def of_app(self, request: Request) -> Response:
        app = self._desk.one(self._state.apps, request)
        services = {s.id for s in self._state.services_of(app.id)}
        return self._page(request, self._state.vhosts_of(services))

    async def of_account(self, request: Request) -> Response:
        account = self._desk.one(self._state.accounts, request)
        services = {s.id for s in self._state.services.values() if s.account_id == account.id}
        return self._page(request, self._state.vhosts_of(services))

    async def vhost(self, request: Request) -> Response:
        return self._show(request, self._desk.one(self._state.vhosts, request))

    async def settings(self, request: Request) -> Response:
        vhost = self._desk.one(self._state.vhosts, request)
        found = [self._state.settings[vhost.setting_id]] if vhost.setting_id is not None else []
        return self._desk.many(request, "settings", found, self._desk.view(request).setting)

    async def nothing(self, request: Request) -> Response:
        self._desk.one(self._state.services, request)
        nobody: list[Json] = []
        relation = request.url.path.rpartition("/")[2]
        return self._desk.many(request, relation, nobody, lambda item: item)

    async def create(self, request: Request) -> Response:
        service = self._desk.one(self._state.services, request)
        body = await self._desk.body(request)
        if body.get("type") not in _TYPES:
            raise unprocessable("Type is not included in the list")
        vhost = Vhost(
            id=self._state.next_id(),
            service_id=service.id,
            type=body["type"],
            platform=str(body.get("platform") or "alb"),
            default=bool(body.get("default")),
            internal=bool(body.get("internal")),
            acme=bool(body.get("acme")),
            user_domain=body.get("user_domain") or None,
        )
        self._check(vhost, service)
        self._apply(vhost, body)
        self._state.vhosts[vhost.id] = vhost
        self._desk.platform.note("endpoint-record", id=vhost.id, service=service.process_type)
        return self._show(request, vhost, 201)

    async def change(self, request: Request) -> Response:
        vhost = self._desk.one(self._state.vhosts, request)
        self._apply(vhost, await self._desk.body(request))
        self._state.touch(vhost)
        return self._show(request, vhost)

    def _check(self, vhost: Vhost, service: Service) -> None:
        if vhost.default and (vhost.acme or vhost.user_domain):
            raise unprocessable("A default domain excludes a custom one and managed TLS")
        if vhost.acme and not vhost.user_domain:
            raise unprocessable("User domain can't be blank with managed TLS")
        if vhost.shared and "*" in (vhost.user_domain or ""):
            raise unprocessable("A shared endpoint takes no wildcard")
        siblings = {s.id for s in self._state.services_of(service.app_id or 0)}
        if vhost.default and any(v.default for v in self._state.vhosts_of(siblings)):
            raise unprocessable("Default: this app has an endpoint with the default domain already")

    def _apply(self, vhost: Vhost, body: Mapping[str, Any]) -> None:
        if body.get("ip_whitelist") is not None:
            listed = [str(entry) for entry in body["ip_whitelist"]]
            try:
                for entry in listed:
                    ipaddress.IPv4Network(entry, strict=False)
            except ValueError:
                raise unprocessable("Ip whitelist takes IPv4 addresses and CIDRs") from None
            if len(listed) > _MOST_ADDRESSES:
                raise unprocessable(f"Ip whitelist takes {_MOST_ADDRESSES} entries at most")
            vhost.ip_whitelist = tuple(listed)
        if body.get("certificate") is not None:
            wanted = linked_id(body["certificate"])
            if wanted is None or wanted not in self._state.certificates:
                raise unprocessable("Certificate must exist")
            vhost.certificate_id = wanted
        if body.get("container_port") is not None:
            vhost.container_port = whole_number(body["container_port"], "Container port")
        if body.get("container_ports") is not None:
            vhost.container_ports = tuple(
                whole_number(port, "Container port") for port in body["container_ports"]
            )
        vhost.shared = bool(body.get("shared", vhost.shared))
        algorithm = body.get("load_balancing_algorithm_type")
        vhost.load_balancing_algorithm_type = algorithm or vhost.load_balancing_algorithm_type
        vhost.token_header = body.get("token_header", vhost.token_header)

    def _show(self, request: Request, vhost: Vhost, status: int = 200) -> Response:
        return hal(present_endpoints.vhost(self._desk.view(request), vhost), status)

    def _page(self, request: Request, found: list[Vhost]) -> Response:
        view = self._desk.view(request)
        return self._desk.many(request, "vhosts", found, lambda v: present_endpoints.vhost(view, v))
