"""Does a name lead to a proxy that hides where it really leads?"""

import ipaddress
from collections.abc import Iterable

# https://www.cloudflare.com/ips-v4: the addresses of Cloudflare's proxy, unchanged for years.
_CLOUDFLARE = tuple(
    ipaddress.IPv4Network(text)
    for text in (
        "173.245.48.0/20",
        "103.21.244.0/22",
        "103.22.200.0/22",
        "103.31.4.0/22",
        "141.101.64.0/18",
        "108.162.192.0/18",
        "190.93.240.0/20",
        "188.114.96.0/20",
        "197.234.240.0/22",
        "198.41.128.0/17",
        "162.158.0.0/15",
        "104.16.0.0/13",
        "104.24.0.0/14",
        "172.64.0.0/13",
        "131.0.72.0/22",
    )
)


def proxied_by(addresses: Iterable[str]) -> str:
    """The proxy that all these addresses belong to ("Cloudflare"); "" when it is none we know."""
    found = []
    for text in addresses:
        try:
            address = ipaddress.IPv4Address(text)
        except ValueError:
            return ""
        found.append(any(address in network for network in _CLOUDFLARE))
    return "Cloudflare" if found and all(found) else ""
