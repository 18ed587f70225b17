"""Does a web server's plain port only send visitors to https://? As nginx and Caddy are set up."""

import re
from collections.abc import Iterator, Mapping

from providers.containers.proxy_files import filled

_PLAIN = re.compile(r"\blisten\s+(?:[^;\s]*:)?80(?=[\s;])(?![^;]*\bssl\b)")
_SENDS = re.compile(r"\breturn\s+30[1278]\s+https://")
_IF = re.compile(r"\bif\s*\([^{}]*\)\s*\{[^{}]*\}")
_SITE = re.compile(r"(?m)^(?![ \t#(@{])(?P<addresses>[^{}\n#]+?)\s*\{\s*$")
_NAMED = re.compile(r"(?:https://)?[A-Za-z0-9*](?:[A-Za-z0-9.*-]*[A-Za-z0-9])?(?::443)?")
_CADDYS = re.compile(r"(?m)^\s*(?:reverse_proxy|file_server|php(?:_server|_fastcgi)?|respond)\b")
_KEEPS_PLAIN = re.compile(r"\bauto_https\s+(?:off|disable_redirects)\b")


def only_to_https(text: str, given: Mapping[str, str]) -> bool:
    """Whether visitors who come to port 80 are all sent on; `given` are its own variables."""
    plain = re.sub(r"(?m)(?:^|\s)#.*$", "", filled(text, given))
    servers = [block for block in _servers(plain) if _PLAIN.search(block)]
    if servers:
        return all(_SENDS.search(_IF.sub("", block)) for block in servers)
    return _caddy(plain)


def _servers(text: str) -> Iterator[str]:
    """The inside of every server block of nginx."""
    for found in re.finditer(r"(?:^|(?<=[\s{;}]))server\s*\{", text):
        depth, at = 1, found.end()
        while at < len(text) and depth:
            depth += {"{": 1, "}": -1}.get(text[at], 0)
            at += 1
        yield text[found.end() : at]


def _caddy(text: str) -> bool:
    """A site of Caddy that is a bare name has TLS, and its port 80 leads there."""
    if _KEEPS_PLAIN.search(text) or not _CADDYS.search(text) or re.search(r"(?m);\s*$", text):
        return False
    sites = [found["addresses"] for found in _SITE.finditer(text)]
    words = [word for site in sites for word in site.replace(",", " ").split()]
    catches_all = any(word in (":80", "http://", "http://:80") for word in words)
    return not catches_all and any(_NAMED.fullmatch(word) for word in words)
