"""What a container's own health check tells of the web server that it asks."""

import re

_ASKS = re.compile(r"\b(?:curl|wget|https?)\b", re.IGNORECASE)
_OF_ITSELF = re.compile(r"(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1\]):(\d{2,5})(?!\d)")


def checked_port(check: str) -> int | None:
    """The port at which it asks its own container by HTTP; None when it does not, or at several."""
    ports = {int(port) for port in _OF_ITSELF.findall(check) if 0 < int(port) < 65_536}
    return ports.pop() if len(ports) == 1 and _ASKS.search(check) else None
