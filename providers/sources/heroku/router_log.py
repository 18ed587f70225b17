"""Counts what the router of an app let through, by host; lines are read, counted and forgotten.

`path` and `fwd` may be personal data: nothing of a line is kept but its host and a hash of the
network it came from, in memory. Form of a line: Dev Center, "HTTP Routing", "Router log format".
Log sessions: Platform API reference; that `source`, `dyno` and `tail` choose as they do here is
taken from the official client's `logs` command (11.10). Which scope a log session needs, and that a
caller's request id comes back in the line, was not tried on the real service.
"""

import hashlib
import ipaddress
import re
import secrets
from datetime import UTC, datetime

from wizard.model.dns import PROBE_REQUEST_ID
from wizard.model.dns_report import HostTraffic
from wizard.safety.clean import clean

_LINE = re.compile(r"\A(?:data: ?)?(\S+) heroku\[router\]: (.*)\Z")
_FIELD = re.compile(r'(\w+)=("[^"]*"|\S*)')
_MOST_HOSTS = 1_000
_MOST_NETWORKS = 100_000


class RouterCount:
    """Feed it lines; `hosts` says what they came to. Lines from before `since` do not count."""

    def __init__(self, since: datetime | None) -> None:
        self._since = since
        self._salt = secrets.token_bytes(16)
        self._requests: dict[str, int] = {}
        self._networks: dict[str, set[bytes]] = {}

    def take(self, line: str) -> None:
        """Count one line of the log; anything but a visitor's request is passed over."""
        match = _LINE.match(line.strip())
        if match is None or _before(match[1], self._since):
            return
        fields = {name: value.strip('"') for name, value in _FIELD.findall(match[2])}
        host = clean(fields.get("host", "").partition(":")[0].lower(), 300)
        if not host or fields.get("request_id", "").startswith(PROBE_REQUEST_ID):
            return
        if host not in self._requests and len(self._requests) >= _MOST_HOSTS:
            return
        self._requests[host] = self._requests.get(host, 0) + 1
        networks = self._networks.setdefault(host, set())
        network = _network(fields.get("fwd", ""))
        if network and len(networks) < _MOST_NETWORKS:
            networks.add(hashlib.sha256(self._salt + network.encode()).digest()[:8])

    @property
    def hosts(self) -> tuple[HostTraffic, ...]:
        """Per host, the busiest first."""
        rows = [
            HostTraffic(host=host, requests=count, networks=len(self._networks[host]))
            for host, count in self._requests.items()
        ]
        return tuple(sorted(rows, key=lambda row: (-row.requests, row.host)))


def _before(stamp: str, since: datetime | None) -> bool:
    """Whether a line is older than the session; one whose time cannot be read is not."""
    if since is None:
        return False
    try:
        at = datetime.fromisoformat(stamp)
    except ValueError:
        return False
    return (at if at.tzinfo else at.replace(tzinfo=UTC)) < since


def _network(forwarded: str) -> str:
    """The caller's network: of several addresses the last, the others are what callers claim."""
    try:
        address = ipaddress.ip_address(forwarded.rsplit(",", maxsplit=1)[-1].strip())
    except ValueError:
        return ""
    bits = 24 if address.version == 4 else 48
    return str(ipaddress.ip_network(f"{address}/{bits}", strict=False))
