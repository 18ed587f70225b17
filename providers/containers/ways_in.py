"""Which ways lead into a project? Its ports, its host names, and what stands behind a proxy."""

import re
from collections.abc import Mapping

from providers.containers import environment, hosts
from providers.containers.files import ProjectFiles
from providers.containers.references import Names
from providers.containers.roles import Roles
from wizard.formats.compose.service import Service
from wizard.model.containers import Entry
from wizard.model.inventory import Domain

_LOOPBACK = ("127.", "::1", "localhost")


class WaysIn:
    """`services` are those that become parts of apps, `names` tells what leads to which service."""

    def __init__(
        self,
        roles: Roles,
        files: ProjectFiles,
        services: Mapping[str, Service],
        names: Names,
    ) -> None:
        self._roles, self._files = roles, files
        self._services, self._names = services, names
        found = hosts.routes(services)
        self._routes = [r for r in found if r.led or not hosts.only_local(r.name)]
        self._server_names: list[str] = []
        self._fronts = self._behind_proxies()

    @property
    def public(self) -> frozenset[str]:
        """The services that visitors reach."""
        return frozenset(
            {route.service for route in self._routes}
            | {service for service, _ in self._fronts}
            | {service.name for service in self._services.values() if service.ports}
        )

    def _behind_proxies(self) -> list[tuple[str, int | None]]:
        """Services behind a proxy that is set up by a file, or that depends on them."""
        found: list[tuple[str, int | None]] = []
        for proxy in self._roles.named("proxy"):
            texts = [self._files.text(m.source) or "" for m in proxy.mounts if m.kind == "bind"]
            for used in proxy.configs:
                top = self._roles.project.configs.get(used.name)
                texts += [self._files.text(top.file) or ""] if top and top.file else []
                texts += [top.content.value] if top and top.content else []
            if proxy.build:
                texts += [self._files.text(p) or "" for p in self._copied(proxy)]
            led = [
                (name, port)
                for text in texts
                for name, port in hosts.behind(text)
                if name in self._services
            ]
            self._server_names += [n for text in texts for n in hosts.server_names(text)]
            told = environment.of_service(proxy, self._files)
            led += [
                (to, port)
                for variable, one in told.items()
                if one.value is not None
                for to, kind, port in self._names.inside(variable, one.value.get_secret_value())
                if kind == "app"
            ]
            if not led and proxy.ports:
                led = [(name, None) for name in proxy.depends_on if name in self._services]
            found += led
        named = {route.service for route in self._routes}
        found += [
            (name, hosts.routed_port(service))
            for name, service in self._services.items()
            if name not in named and hosts.routed(service)
        ]
        return list(dict.fromkeys(found))

    def _copied(self, proxy: Service) -> list[str]:
        context = proxy.build.context if proxy.build else "."
        copied = re.findall(r"(?im)^\s*COPY\s+(\S+\.conf)\b", self._roles.dockerfile(proxy))
        return [f"{context}/{name}" for name in copied]

    def entries(self, app_of: Mapping[str, str]) -> list[Entry]:
        """One per port that something outside a service leads to; `app_of`: service → app."""
        found: dict[tuple[str, int | None, str], Entry] = {}
        for service in self._services.values():
            for line in service.ports:
                entry = Entry(
                    process=service.name,
                    app=app_of[service.name],
                    port=line.target,
                    published=line.published,
                    protocol=line.protocol,
                    local=line.address.startswith(_LOOPBACK),
                    where=str(line.place),
                )
                before = found.get((service.name, line.target, line.protocol))
                if before is None or before.local:
                    found[service.name, line.target, line.protocol] = entry
        led = dict(self._fronts)
        for name, port in led.items():
            service = self._services[name]
            inside = port or self._port_of(service)
            if inside is None and any(r.service == name for r in self._routes):
                continue
            before = found.get((name, inside, "tcp"))
            if before is None or before.local:
                found[name, inside, "tcp"] = Entry(
                    process=name,
                    app=app_of[name],
                    port=inside,
                    where=f"{service.place}, behind the proxy",
                )
        return list(found.values())

    def _port_of(self, service: Service) -> int | None:
        if service.ports:
            return service.ports[0].target
        exposed = next((port for port in service.expose if port.isdigit()), "")
        found = re.search(r"(?im)^\s*EXPOSE\s+(\d+)", self._roles.dockerfile(service))
        told = int(exposed or (found[1] if found else 0))
        return told or self._port_by_variables(service)

    def _port_by_variables(self, service: Service) -> int | None:
        """Its own PORT, or else the one at which other services ask for it, if that is one."""
        own = environment.of_service(service, self._files).get("PORT")
        text = own.value.get_secret_value().strip() if own and own.value else ""
        if text.isascii() and text.isdigit() and 0 < int(text) < 65_536:
            return int(text)
        ports = {
            port
            for other in self._services.values()
            if other.name != service.name
            for variable, one in environment.of_service(other, self._files).items()
            if one.value is not None
            for to, _, port in self._names.inside(variable, one.value.get_secret_value())
            if to == service.name and port is not None
        }
        return ports.pop() if len(ports) == 1 else None

    def domains(self, app_of: Mapping[str, str]) -> list[Domain]:
        """One per host name that leads to a service; `app_of`: service → app."""
        found = []
        for route in self._routes:
            service = self._services[route.service]
            found.append(
                Domain(
                    hostname=route.name or " ".join(f"${name}" for name in route.unset),
                    kind="custom",
                    app=app_of[route.service],
                    process=route.service,
                    port=route.port or self._port_of(service),
                    where=route.where,
                )
            )
        if self._server_names and self._fronts:
            name, port = self._fronts[0]
            for host in dict.fromkeys(self._server_names):
                found.append(
                    Domain(
                        hostname=host,
                        kind="custom",
                        app=app_of[name],
                        process=name,
                        port=port or self._port_of(self._services[name]),
                        where="the proxy's configuration",
                    )
                )
        return found
