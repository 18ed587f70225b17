"""What a registry wants before it answers: the WWW-Authenticate header, read.

Docker's token authentication: `Bearer realm="https://…",service="…",scope="…"`; or `Basic`.
"""

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

_PART = re.compile(r'([A-Za-z_]+)="([^"]*)"')


@dataclass(frozen=True)
class Challenge:
    """`kind` is "bearer", "basic" or "". For the first: where tokens are made, and for what."""

    kind: str
    base: str = ""
    path: str = ""
    parameters: tuple[tuple[str, str], ...] = ()


def read_challenge(header: str, repository: str) -> Challenge:
    """The header's first challenge. A realm that is no address counts as none."""
    kind, _, rest = header.strip().partition(" ")
    if kind.lower() == "basic":
        return Challenge("basic")
    if kind.lower() != "bearer":
        return Challenge("")
    parts = dict(_PART.findall(rest))
    try:
        realm = urlsplit(parts.get("realm", ""))
        _ = realm.port
    except ValueError:
        return Challenge("")
    if not realm.netloc:
        return Challenge("")
    asked = dict(parse_qsl(realm.query))
    if parts.get("service"):
        asked["service"] = parts["service"]
    asked["scope"] = parts.get("scope") or f"repository:{repository}:pull"
    return Challenge(
        "bearer", f"{realm.scheme}://{realm.netloc}", realm.path or "/", tuple(asked.items())
    )
