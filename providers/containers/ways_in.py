"""Which ways lead into a project? Its ports, its host names, and what stands behind a proxy."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from providers.containers import environment, hosts
from providers.containers.files import ProjectFiles
from providers.containers.proxy_files import Led, led_by, led_by_portal
from providers.containers.proxy_folders import served_paths
from providers.containers.references import Names
from providers.containers.roles import Roles
from providers.containers.to_https import only_to_https
from wizard.formats.compose.service import Service
from wizard.formats.health_check import checked_port
from wizard.formats.image_name import read_image
from wizard.model.containers import Entry
from wizard.model.inventory import Domain

_LOOPBACK = ("127.", "::1", "localhost")
NO_HTTP = ("FastCGI", "uwsgi", "SCGI")
"""What a web server speaks to the app beside it, and nothing else does."""
_FPM = re.compile(r"(?:^|-)fpm(?:-|$)")
ELSEWHERE = "the proxy beside the project"


class WaysIn:
    """`services` are those that become parts of apps, `names` tells what leads to which service.

    `by_path` holds the proxies that lead to several services below one name, with their ways;
    `in_words` those that speak another protocol than HTTP to a service, as "FastCGI to app";
    `serving` the paths whose files a proxy serves itself.
    """

    def __init__(
        self,
        roles: Roles,
        files: ProjectFiles,
        services: Mapping[str, Service],
        names: Names,
    ) -> None:
        self._roles, self._files = roles, files
        self._services, self._names = services, names
        found = hosts.routes(services, any(roles.named("proxy")))
        self._routes = [r for r in found if r.led or not hosts.only_local(r.name)]
        self._called = {a: s.name for s in roles.project.services.values() for a in s.aliases}
        self._called |= {name: name for name in roles.project.services}
        self.by_path: dict[str, tuple[Led, ...]] = {}
        self.in_words: dict[str, str] = {}
        self.serving: dict[str, tuple[str, ...]] = {}
        self._redirected: list[str] = []
        self._fronts = [*self._behind_proxies(), *self._below_shared_names()]

    @property
    def public(self) -> frozenset[str]:
        """The services that visitors reach."""
        return frozenset(
            {route.service for route in self._routes}
            | {led.to for led in self._fronts}
            | {service.name for service in self._services.values() if service.ports}
        )

    def _behind_proxies(self) -> list[Led]:
        """Ways to services behind a proxy that is set up by a file, or that depends on them."""
        found: list[Led] = []
        for proxy in self._roles.named("proxy"):
            told = environment.of_service(proxy, self._files)
            given = {n: o.value.get_secret_value() for n, o in told.items() if o.value is not None}
            texts = tuple(self._roles.set_up_by(proxy))
            written = [led for text in texts for led in led_by(text, given)]
            self.serving[proxy.name] = served_paths(proxy, texts)
            written += led_by_portal(given.get("DOMAINS", ""))
            named = [_to(led, self._called[led.to]) for led in written if led.to in self._called]
            self._redirected += [name for led in written if not led.to for name in led.hosts]
            self._note_paths(proxy.name, named)
            led = [each for each in named if each.to in self._services]
            self._note_words(proxy, led)
            ports = {each.to for each in led}
            led += [
                Led(to, port)
                for variable, text in given.items()
                for to, kind, port in self._names.inside(variable, text)
                if kind == "app" and to not in ports
            ]
            if not led and proxy.ports:
                led = [self._unseen(name) for name in proxy.depends_on if name in self._services]
                self._note_words(proxy, led)
            found += led
        named_already = {route.service for route in self._routes}
        found += [
            Led(name, hosts.routed_port(service))
            for name, service in self._services.items()
            if name not in named_already and hosts.routed(service)
        ]
        return list(dict.fromkeys(found))

    def _below_shared_names(self) -> Iterator[Led]:
        """What labels lead to below a name whose whole site is another service's: no second one."""
        sites: dict[str, list[hosts.Route]] = {}
        for route in self._routes:
            if route.name:
                sites.setdefault(route.name.lower(), []).append(route)
        for name, routes in sites.items():
            first = min(routes, key=lambda route: (route.path != "/", len(route.path)))
            if all(route.service == first.service for route in routes):
                continue
            ways = [Led(r.service, r.port, r.path, (name,)) for r in routes]
            proxies = (service.name for service in self._roles.named("proxy"))
            self._note_paths(next(proxies, ELSEWHERE), ways)
            others = [r for r in routes if r.service != first.service]
            self._routes = [r for r in self._routes if r not in others]
            yield from (Led(r.service, r.port, r.path) for r in others)

    def _unseen(self, name: str) -> Led:
        """The way to a service through a proxy whose own file is not there."""
        fpm = _FPM.search(read_image(self._roles.images[name]).tag)
        return Led(name, None, speaks="FastCGI" if fpm else "")

    def _note_words(self, proxy: Service, ways: Iterable[Led]) -> None:
        said = dict.fromkeys(f"{w.speaks} to {w.to}" for w in ways if w.speaks in NO_HTTP)
        if said:
            self.in_words[proxy.name] = ", ".join(said)

    def _note_paths(self, proxy: str, ways: Iterable[Led]) -> None:
        sites: dict[tuple[tuple[str, ...], int | None], list[Led]] = {}
        for led in ways:
            if self._roles.of[led.to] in ("app", "database"):
                sites.setdefault((led.hosts, led.outside), []).append(led)
        split = [led for site in sites.values() if len({w.to for w in site}) > 1 for led in site]
        if split:
            before = self.by_path.get(proxy, ())
            self.by_path[proxy] = tuple(dict.fromkeys((*before, *split)))

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
                    to_https=self._only_to_https(service, line.target),
                    where=str(line.place),
                )
                before = found.get((service.name, line.target, line.protocol))
                if before is None or before.local:
                    found[service.name, line.target, line.protocol] = entry
        led: dict[str, int | None] = {}
        spoken: dict[str, str] = {}
        plain = {way.to for way in self._fronts if not way.speaks}
        for way in self._fronts:
            if way.speaks and way.to in plain:
                continue
            led[way.to] = led.get(way.to) or way.port
            spoken[way.to] = way.speaks
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
                    proxied=True,
                    speaks=spoken[name],
                    where=f"{service.place}, behind the proxy",
                )
        return list(found.values())

    def _only_to_https(self, service: Service, port: int | None) -> bool:
        """Whether its port 80 only leads to its own TLS, by a file for a web server."""
        if port != 80 or not any(line.target in (443, 8443) for line in service.ports):
            return False
        told = environment.of_service(service, self._files)
        given = {n: o.value.get_secret_value() for n, o in told.items() if o.value is not None}
        return any(
            only_to_https(text, given)
            for path, text in self._roles.files_setting_up(service)
            if not path.endswith((".yml", ".yaml", ".toml"))
        )

    def _port_of(self, service: Service) -> int | None:
        if service.ports:
            return service.ports[0].target
        exposed = next((port for port in service.expose if port.isdigit()), "")
        found = re.search(r"(?im)^\s*EXPOSE\s+(\d+)", self._roles.dockerfile(service))
        told = int(exposed or (found[1] if found else 0))
        checked = checked_port(service.health.test) if service.health else None
        return told or self._port_by_variables(service) or checked

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
        taken = {domain.hostname for domain in found}
        for host, way in self._hosts_of_proxies():
            if host not in taken:
                found.append(
                    Domain(
                        hostname=host,
                        kind="custom",
                        app=app_of[way.to],
                        process=way.to,
                        port=None
                        if way.speaks in NO_HTTP
                        else way.port or self._port_of(self._services[way.to]),
                        where="the proxy's configuration",
                    )
                )
        return found

    def _hosts_of_proxies(self) -> Iterator[tuple[str, Led]]:
        """Each name once, with what the whole site leads to."""
        usual = [way for way in self._fronts if way.outside is None]
        whole = sorted(usual, key=lambda way: way.path != "/")
        names = dict.fromkeys(host for way in usual for host in way.hosts)
        for host in dict.fromkeys((*names, *self._redirected)):
            own = [way for way in whole if host in way.hosts]
            if own or whole:
                yield host, (own or whole)[0]


def _to(led: Led, service: str) -> Led:
    return replace(led, to=service)
