"""static.json: how the static buildpack served a site."""

import re
from typing import Any

from wizard.formats.errors import FormatError
from wizard.formats.json_text import key_pattern, read_json_object, table, words
from wizard.formats.text_lines import find_line
from wizard.model.frozen import Frozen

_SAFE = re.compile(r"[^\x00-\x1f\x7f]*")
_PATH = re.compile(r"[\w./~*@%+-]{1,200}")


class StaticRoute(Frozen):
    """A pattern of paths (`*` within a name, `**` over folders) and the file that answers it."""

    pattern: str
    target: str
    line: int


class StaticRedirect(Frozen):
    """A path that is answered by another address."""

    path: str
    url: str
    status: int
    line: int


class StaticHeader(Frozen):
    """A header for the paths of a pattern."""

    pattern: str
    name: str
    value: str
    line: int


class StaticJson(Frozen):
    """`unread` are keys that nothing here acts on, with their lines; `proxies` are paths."""

    root: str = "public_html"
    root_line: int = 0
    clean_urls: bool = False
    https_only: bool = False
    https_line: int = 0
    access_log: bool = True
    encoding: str = "UTF-8"
    error_page: str = ""
    error_line: int = 0
    routes: tuple[StaticRoute, ...] = ()
    redirects: tuple[StaticRedirect, ...] = ()
    headers: tuple[StaticHeader, ...] = ()
    proxies: tuple[str, ...] = ()
    proxies_line: int = 0
    unread: tuple[tuple[str, int], ...] = ()


_KNOWN = frozenset({
    "root", "clean_urls", "https_only", "error_page", "routes", "redirects", "headers", "proxies",
    "logging", "encoding", "debug", "name", "headers_via_proxies",
})  # fmt: skip


def read_static_json(text: str, path: str = "static.json") -> StaticJson:
    """Read the file. Raises FormatError, also for what could not stand in a server's settings."""
    document = read_json_object(text, path)
    line = {key: find_line(text, key_pattern(key)) for key in document}
    proxies = table(document, "proxies")
    return StaticJson(
        root=_path(document, "root", "public_html", line, path),
        root_line=line.get("root", 0),
        clean_urls=_flag(document, "clean_urls", line, path),
        https_only=_flag(document, "https_only", line, path),
        https_line=line.get("https_only", 0),
        access_log=table(document, "logging").get("access", True) is not False,
        encoding=_path(document, "encoding", "UTF-8", line, path),
        error_page=_path(document, "error_page", "", line, path),
        error_line=line.get("error_page", 0),
        routes=tuple(
            StaticRoute(
                pattern=_checked(pattern, path, at),
                target=_checked(target, path, at),
                line=at,
            )
            for pattern, target in words(document, "routes", text, path).items()
            for at in (find_line(text, key_pattern("routes"), key_pattern(pattern)),)
        ),
        redirects=tuple(_redirects(document, text, path)),
        headers=tuple(_headers(document, text, path)),
        proxies=tuple(proxies),
        proxies_line=line.get("proxies", 0),
        unread=tuple((key, line[key]) for key in document if key not in _KNOWN),
    )


def _flag(document: dict[str, Any], key: str, line: dict[str, int], path: str) -> bool:
    found = document.get(key, False)
    if not isinstance(found, bool):
        raise FormatError(path, line[key], f"“{key}” must be true or false")
    return found


def _path(document: dict[str, Any], key: str, default: str, line: dict[str, int], path: str) -> str:
    found = document.get(key, default)
    if not isinstance(found, str):
        raise FormatError(path, line[key], f"“{key}” must be text")
    bare = found.strip().removeprefix("./").strip("/")
    if bare and (not _PATH.fullmatch(bare) or ".." in bare.split("/")):
        raise FormatError(path, line.get(key, 0), f"“{key}” is no path inside the repository")
    return bare


def _checked(text: str, path: str, line: int) -> str:
    if not text.strip() or not _PATH.fullmatch(text.strip()):
        raise FormatError(path, line, f"“{text[:60]}” is no path that can be served")
    return text.strip()


def _redirects(document: dict[str, Any], text: str, path: str) -> list[StaticRedirect]:
    found = []
    for source, rule in table(document, "redirects").items():
        at = find_line(text, key_pattern("redirects"), key_pattern(source))
        url = rule.get("url") if isinstance(rule, dict) else None
        status = rule.get("status", 301) if isinstance(rule, dict) else 301
        if not isinstance(url, str) or not _value(url) or re.search(r"\s", url):
            raise FormatError(path, at, f"the redirect of “{source[:60]}” has no usable url")
        if status not in (301, 302, 303, 307, 308):
            raise FormatError(path, at, f"“{status}” is no status of a redirect")
        target = _checked(source, path, at)
        found.append(StaticRedirect(path=target, url=url, status=status, line=at))
    return found


def _headers(document: dict[str, Any], text: str, path: str) -> list[StaticHeader]:
    found = []
    for pattern, pairs in table(document, "headers").items():
        at = find_line(text, key_pattern("headers"), key_pattern(pattern))
        if not isinstance(pairs, dict):
            raise FormatError(path, at, f"the headers of “{pattern[:60]}” must be an object")
        for name, value in pairs.items():
            here = find_line(text, key_pattern("headers"), key_pattern(pattern), key_pattern(name))
            if not re.fullmatch(r"[A-Za-z0-9-]{1,80}", name):
                raise FormatError(path, here or at, f"“{name[:60]}” is no name of a header")
            if not isinstance(value, str) or not _value(value):
                raise FormatError(path, here or at, f"the value of “{name}” cannot be sent")
            found.append(
                StaticHeader(
                    pattern=_checked(pattern, path, at), name=name, value=value, line=here or at
                )
            )
    return found


def _value(text: str) -> bool:
    """Whether a text can stand in a server's settings: no control characters, no variables."""
    return _SAFE.fullmatch(text) is not None and "$" not in text
