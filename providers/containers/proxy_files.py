"""Where do the configurations of proxies lead? nginx, Caddy and Traefik, host by host."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import yaml

_USUAL = (80, 443)
_FILLED = re.compile(r"\{\$(\w+)(?::([^{}]*))?\}|\$\{(\w+)\}")
_HOST_NAME = re.compile(r"^(?:\*\.)?[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9-]+)*$")


@dataclass(frozen=True)
class Led:
    """One way through a proxy. `hosts` () where every name counts; `path` "/" for the whole site.

    `to` is "" for names that lead to nothing but another name. `outside` is the port that visitors
    use, None for the usual ones. `speaks`: the protocol that is spoken to it, "" for HTTP.
    """

    to: str
    port: int | None
    path: str = "/"
    hosts: tuple[str, ...] = ()
    outside: int | None = None
    speaks: str = ""


def led_by(text: str, given: Mapping[str, str]) -> tuple[Led, ...]:
    """Every way that a configuration names; `given` are variables of the proxy itself."""
    whole = filled(text, given)
    found = [*_nginx(whole), *_caddy(whole), *_traefik(whole)]
    return tuple(dict.fromkeys(found))


def filled(text: str, given: Mapping[str, str]) -> str:
    """A configuration with the values of variables in their places, as far as they are known."""
    return _FILLED.sub(lambda m: given.get(m[1] or m[3], m[2] or m[0]), text)


_PORTAL = re.compile(r"(?:[^\s,@]*@)?([A-Za-z0-9*.-]+)(/[^\s,]*)?\s*->\s*([^\s,#]+)")


def led_by_portal(domains: str) -> tuple[Led, ...]:
    """The ways of https-portal's DOMAINS: `name -> http://service:port`, between commas."""
    return tuple(
        Led(*_address(upstream), path or "/", public_names([name]))
        for name, path, upstreams in _PORTAL.findall(domains)
        for upstream in upstreams.split("|")
    )


def public_names(words: list[str]) -> tuple[str, ...]:
    """Those of the words that are names which visitors can use."""
    local = ("localhost", ".localhost", ".local", ".test", ".internal")
    names = [re.sub(r"^https?://", "", word.strip(",;")).partition(":")[0] for word in words]
    good = [n for n in names if _HOST_NAME.match(n) and "." in n and not n.endswith(local)]
    return tuple(dict.fromkeys(n for n in good if not re.fullmatch(r"[\d.]+", n)))


_SCHEME_PORTS = {"": 80, "http": 80, "h2c": 80, "https": 443}
"""What a proxy asks where an address has no port; other schemes have none of their own."""


def _address(written: str, schemes: Mapping[str, int] = _SCHEME_PORTS) -> tuple[str, int | None]:
    scheme, sign, rest = written.strip("\"'").partition("://")
    host, _, port = (rest if sign else scheme).partition("/")[0].partition(":")
    usual = schemes.get(scheme.lower() if sign else "")
    return host, int(port) if port.isdigit() and len(port) <= 5 else usual


_UPSTREAM = re.compile(r"upstream\s+([A-Za-z0-9_.-]+)\s*\{([^}]*)\}")
_MEMBER = re.compile(r"server\s+([A-Za-z0-9_.-]+)(?::(\d+))?")
_NGINX = re.compile(
    r"(?m)(?:^|(?<=[{;}]))[ \t]*(?:(?P<server>server)\s*\{|server_name\s+(?P<names>[^;]+);"
    r"|location\s+(?:[=~^*]+\s+)?(?P<path>\S+)\s*\{|set\s+\$(?P<set>\w+)\s+(?P<value>[^;\s]+);"
    r"|(?P<kind>proxy|uwsgi|fastcgi|scgi|grpc)_pass\s+(?P<to>[^;\s]+))"
)


_SPOKEN = {"fastcgi": "FastCGI", "uwsgi": "uwsgi", "scgi": "SCGI", "grpc": "gRPC"}


def _nginx(text: str) -> Iterator[Led]:
    plain = re.sub(r"(?m)#.*$", "", text)
    upstreams = {
        name: [(host, int(port) if port else None) for host, port in _MEMBER.findall(body)]
        for name, body in _UPSTREAM.findall(plain)
    }
    names: tuple[str, ...] = ()
    path, held = "/", list[Led]()
    values: dict[str, str] = {}
    for found in _NGINX.finditer(plain):
        if found["server"]:
            yield from _of_block(names, held)
            names, path, held = (), "/", []
        elif found["names"]:
            names = (*names, *public_names(found["names"].split()))
        elif found["path"]:
            path = found["path"]
        elif found["set"]:
            values[found["set"]] = found["value"]
        elif found["to"]:
            to = re.sub(r"^\$\{?(\w+)\}?", lambda m: values.get(m[1], m[0]), found["to"])
            speaks = _SPOKEN.get(found["kind"], "")
            host, port = _address(to, {} if speaks else _SCHEME_PORTS)
            usual = None if speaks else 80
            members = [(h, p or usual) for h, p in upstreams.get(host, ())] or [(host, port)]
            held += [Led(h, p, path, speaks=speaks) for h, p in members]
    yield from _of_block(names, held)


def _of_block(names: tuple[str, ...], held: list[Led]) -> Iterator[Led]:
    yield from (replace(led, hosts=names) for led in held)
    if names and not held:
        yield Led("", None, "/", names)


_PATHS = re.compile(r"^(?:handle|handle_path|route)\s+(/\S*)\s*\{")
_PROXIED = re.compile(r"^reverse_proxy\s+(?:(/\S*|@\S+|\*)\s+)?([^\s{]+(?:\s+[^\s{]+)*)")


def _caddy(text: str) -> Iterator[Led]:
    if "reverse_proxy" not in text:
        return
    hosts: tuple[str, ...] = ()
    paths: list[str] = []
    for row in text.splitlines():
        line = row.partition("#")[0].strip()
        if not paths and line.endswith("{"):
            hosts = public_names(line.rstrip("{").replace(",", " ").split())
        inner = _PATHS.match(line)
        proxied = _PROXIED.match(line)
        if proxied:
            matched = proxied[1] or ""
            path = matched if matched.startswith("/") else next((p for p in paths[::-1] if p), "/")
            for upstream in proxied[2].split():
                to, port = _address(upstream)
                yield Led(to, port, path, hosts)
        opened = line.count("{") - line.count("}")
        paths += [inner[1] if inner else ""] * max(opened, 0)
        del paths[len(paths) + min(opened, 0) :]


def _traefik(text: str) -> Iterator[Led]:
    if "routers" not in text or "loadBalancer" not in text:
        return
    try:
        read = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError):
        return
    http = _part(read, "http")
    ports = {
        name: _entry_port(_part(point, "address"))
        for name, point in _all(_part(read, "entryPoints"))
    }
    services = dict(_all(_part(http, "services")))
    for _, router in _all(_part(http, "routers")):
        rule = str(_part(router, "rule") or "")
        names = [n for part in re.findall(r"Host\(([^)]*)\)", rule) for n in _quoted(part)]
        paths = [n for part in re.findall(r"PathPrefix\(([^)]*)\)", rule) for n in _quoted(part)]
        points = _part(router, "entryPoints")
        outside = {ports.get(str(point)) for point in points if isinstance(points, list)}
        servers = _part(
            _part(services.get(str(_part(router, "service"))), "loadBalancer"), "servers"
        )
        for server in servers if isinstance(servers, list) else ():
            to, port = _address(str(_part(server, "url") or ""))
            usual = not outside or None in outside or bool(outside & {*_USUAL})
            own = None if usual else min(p for p in outside if p is not None)
            for path in paths or ["/"]:
                yield Led(to, port, path, public_names(names), own)


def _part(tree: Any, key: str) -> Any:
    return tree.get(key) if isinstance(tree, dict) else None


def _all(tree: Any) -> Iterator[tuple[str, Any]]:
    for key, value in tree.items() if isinstance(tree, dict) else ():
        yield str(key), value


def _quoted(text: str) -> list[str]:
    return re.findall(r"[`\"']([^`\"']*)[`\"']", text)


def _entry_port(address: Any) -> int | None:
    found = re.search(r":(\d{1,5})(?:/tcp)?$", str(address or ""))
    return int(found[1]) if found else None
