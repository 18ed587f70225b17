"""What static.json says, as lines for nginx."""

import re

from wizard.formats.static_json import StaticJson
from wizard.generate.nginx_conf import quoted
from wizard.generate.recipe import APP
from wizard.model.files import Evidence, Line

MANIFEST = "static.json"


def server_lines(site: StaticJson, place: Evidence) -> list[Line]:
    """The server's own lines: root, redirects, pages, fallbacks."""
    found = _server_lines(site, place)
    if place.path == MANIFEST:
        return found
    # Nothing here stands in a static.json: the place that named the folder is the reason.
    return [line.model_copy(update={"rule": "F59", "evidence": (place,)}) for line in found]


def _server_lines(site: StaticJson, place: Evidence) -> list[Line]:
    lines = [
        _line(f"root {quoted(f'{APP}/{site.root}'.rstrip('/'))};", place),
        _line("index index.html;", place),
        _line(f"charset {site.encoding.lower()};", place),
    ]
    if site.https_only:
        at = _at(site.https_line, "https_only")
        lines += [
            _line('if ($http_x_forwarded_proto = "http") {', at),
            _line("    return 301 https://$host$request_uri;", at),
            _line("}", at),
        ]
    if site.error_page:
        at = _at(site.error_line, f"error_page {site.error_page}")
        lines.append(_line(f"error_page 404 500 /{site.error_page};", at))
    for name in dict.fromkeys(header.name for header in site.headers):
        at = next(_at(h.line, h.name) for h in site.headers if h.name == name)
        lines.append(_line(f"add_header {name} ${_variable(name)} always;", at))
    for redirect in site.redirects:
        at = _at(redirect.line, f"redirects {redirect.path}")
        lines += _block(
            _where(redirect.path), f"return {redirect.status} {quoted(redirect.url)};", at
        )
    tries = "$uri $uri.html" if site.clean_urls else "$uri"
    whole = next((r for r in site.routes if r.pattern in ("/**", "/*", "**")), None)
    for route in site.routes:
        if route is whole:
            continue
        at = _at(route.line, f"routes {route.pattern}")
        target = quoted("/" + route.target.lstrip("/"))
        lines += _block(f"~ {_regex(route.pattern)}", f"try_files {tries} $uri/ {target};", at)
    at = _at(whole.line, f"routes {whole.pattern}") if whole else place
    last = quoted("/" + whole.target.lstrip("/")) if whole else "=404"
    return [*lines, *_block("/", f"try_files {tries} $uri/ {last};", at)]


def header_maps(site: StaticJson) -> list[Line]:
    """One map per header: which value, by the path that was asked for; the last rule wins."""
    if not site.headers:
        return []
    first = _at(site.headers[0].line, "headers")
    lines = [
        _line("map $request_uri $asked_path {", first),
        _line('    "~^(?<asked_bare>[^?]*)" $asked_bare;', first),
        _line("}", first),
    ]
    for name in dict.fromkeys(header.name for header in site.headers):
        rules = [header for header in site.headers if header.name == name]
        place = _at(rules[0].line, name)
        lines.append(_line(f"map $asked_path ${_variable(name)} {{", place))
        # nginx takes the first pattern that fits, the buildpack the last.
        for rule in reversed(rules):
            text = f'    "~{_regex(rule.pattern)}" {quoted(rule.value)};'
            lines.append(_line(text, _at(rule.line, rule.name)))
        lines += [_line('    default "";', place), _line("}", place)]
    return lines


def _line(text: str, place: Evidence) -> Line:
    return Line(text=text, rule="F58", evidence=(place,))


def _block(where: str, inner: str, place: Evidence) -> list[Line]:
    return [
        _line(f"location {where} {{", place),
        _line(f"    {inner}", place),
        _line("}", place),
    ]


def _at(line: int, fact: str) -> Evidence:
    return Evidence(path=MANIFEST, line=line, fact=fact[:80])


def _variable(name: str) -> str:
    return "header_" + name.lower().replace("-", "_")


def _where(pattern: str) -> str:
    return f"~ {_regex(pattern)}" if "*" in pattern else f"= /{pattern.lstrip('/')}"


def _regex(pattern: str) -> str:
    """`*` is within one name, `**` over folders, as the buildpack read them."""
    parts = re.split(r"(\*\*|\*)", "/" + pattern.lstrip("/"))
    kinds = {"**": ".*", "*": "[^/]*"}
    return "^" + "".join(kinds.get(part, re.escape(part)) for part in parts) + "$"
