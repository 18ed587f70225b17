"""Which host names lead to which service, as labels and variables tell."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from wizard.formats.compose.service import Service
from wizard.formats.compose.tree import Text

_HOST = re.compile(r"(?:^|[^A-Za-z])Host\(([^)]*)\)")
_PATH = re.compile(r"(?:^|[^A-Za-z!])Path(?:Prefix)?\(\s*[`\"']([^`\"']+)")
_TICKED = re.compile(r"[`\"']([^`\"']*)[`\"']")
_NAME = re.compile(r"^(?:\*\.)?[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9-]+)*$")
_LOCAL = (".localhost", ".local", ".test", ".internal")


@dataclass(frozen=True)
class Route:
    """A name that is served; `name` "" when it is a variable without a value, named in `unset`.

    `led`: its platform itself leads visitors there; `path` is what of the name's site it serves.
    """

    name: str
    service: str
    port: int | None
    unset: tuple[str, ...]
    where: str
    led: bool = False
    path: str = "/"


def routes(services: Mapping[str, Service], proxied: bool = False) -> Iterator[Route]:
    """Every name that a platform, labels or variables tell of services.

    With a proxy beside them (`proxied`), a VIRTUAL_HOST that is left to be filled in is one too.
    """
    for service in services.values():
        for own in service.served:
            yield Route(own.name, service.name, own.port, (), str(own.place), led=True)
        labels = {**service.labels, **service.deploy_labels}
        if labels.get("traefik.enable") and labels["traefik.enable"].value.lower() == "false":
            continue
        yield from _traefik(service, labels)
        yield from _caddy(service, labels)
        yield from _virtual_host(service, proxied)


def _traefik(service: Service, labels: Mapping[str, Text]) -> Iterator[Route]:
    port = _port(labels)
    seen: set[str] = set()
    for key, value in labels.items():
        lower = key.lower()
        if re.match(r"^traefik\.(?:http|tcp)\.routers\.[^.]+\.rule$", lower):
            names = [n for part in _HOST.findall(value.value) for n in _TICKED.findall(part)]
            below = _PATH.search(value.value)
            for route in _each(service, names, port, value, seen, "Host" in value.value):
                yield replace(route, path=below[1]) if below else route
        elif re.match(r"^traefik(?:\.[^.]+)?\.frontend\.rule$", lower):
            for rule in value.value.split(";"):
                head, _, rest = rule.partition(":")
                if head.strip() == "Host":
                    names = [name.strip() for name in rest.split(",")]
                    yield from _each(service, names, port, value, seen, True)


def _port(labels: Mapping[str, Text]) -> int | None:
    for key, value in labels.items():
        lower = key.lower()
        tells = lower == "traefik.port" or lower.endswith(".loadbalancer.server.port")
        if tells and value.value.strip().isdigit():
            return int(value.value)
    return None


def _caddy(service: Service, labels: Mapping[str, Text]) -> Iterator[Route]:
    upstream = labels.get("caddy.reverse_proxy")
    found = re.search(r"(\d+)\s*}*\s*$", upstream.value) if upstream else None
    for key, value in labels.items():
        if re.match(r"^caddy(?:_\d+)?$", key):
            names = [re.sub(r"^https?://", "", name.strip()) for name in value.value.split()]
            yield from _each(service, names, int(found[1]) if found else None, value, set(), True)


def _virtual_host(service: Service, proxied: bool) -> Iterator[Route]:
    env = {value.name: value for value in service.environment}
    host = env.get("VIRTUAL_HOST")
    if host is None:
        return
    port = env.get("VIRTUAL_PORT")
    written = port.value.get_secret_value() if port and port.value else ""
    number = int(written) if written.isdigit() else None
    if host.value is None:
        yield Route("", service.name, number, host.unset or ("VIRTUAL_HOST",), str(host.place))
        return
    written = host.value.get_secret_value().strip()
    if proxied and not written:
        unset = (f"VIRTUAL_HOST of {service.name}",)
        yield Route("", service.name, number, unset, str(host.place))
    for name in written.split(","):
        if _NAME.match(name.strip()):
            yield Route(name.strip(), service.name, number, (), str(host.place))


def _each(
    service: Service,
    names: list[str],
    port: int | None,
    value: Text,
    seen: set[str],
    hosts: bool,
) -> Iterator[Route]:
    good = [n.strip() for n in names if _NAME.match(n.strip()) and not value.unset]
    for name in good:
        if name.lower() not in seen:
            seen.add(name.lower())
            yield Route(name, service.name, port, (), str(value.place))
    if value.unset and hosts and "" not in seen:
        seen.add("")
        yield Route("", service.name, port, value.unset, str(value.place))


def routed(service: Service) -> bool:
    """Whether Traefik leads requests to it by a rule, whatever the host."""
    labels = {**service.labels, **service.deploy_labels}
    off = labels.get("traefik.enable")
    rule = any(re.match(r"^traefik\..*\.rule$", key.lower()) for key in labels)
    return rule and not (off and off.value.lower() == "false")


def routed_port(service: Service) -> int | None:
    """The port that Traefik's labels tell for it."""
    return _port({**service.labels, **service.deploy_labels})


def only_local(name: str) -> bool:
    """Whether a name is for this machine or a test only."""
    return name == "localhost" or name.endswith(_LOCAL)
