"""What does this machine itself say about names: its hosts file, and the resolvers it uses?"""

import ipaddress
import os
import sys
from collections.abc import Mapping
from pathlib import Path

import dns.exception
import dns.resolver

from wizard.safety.network import Network

# Their operators' public pages; asked only when a person wants it.
PUBLIC_RESOLVERS = ("1.1.1.1", "8.8.8.8", "9.9.9.9", "208.67.222.222")
_LARGEST = 1_000_000


def hosts_path(environ: Mapping[str, str] = os.environ) -> Path:
    """Where this system keeps its hosts file."""
    if sys.platform == "win32":
        root = environ.get("SystemRoot", r"C:\Windows")
        return Path(root, "System32", "drivers", "etc", "hosts")
    return Path("/etc/hosts")


def hosts_file(path: Path) -> dict[str, str]:
    """Host name (lower case) → the address it says first; empty when it cannot be read."""
    found: dict[str, str] = {}
    try:
        with path.open("rb") as file:
            text = file.read(_LARGEST).decode("utf-8", "replace")
    except OSError:
        return found
    for line in text.splitlines():
        address, *names = line.partition("#")[0].split() or [""]
        try:
            ipaddress.ip_address(address.partition("%")[0])
        except ValueError:
            continue
        for name in names:
            found.setdefault(name.rstrip(".").lower(), address)
    return found


def own_resolvers(network: Network) -> tuple[str, ...]:
    """Addresses of the resolvers this machine uses; none that lead out of a closed network."""
    if network.resolvers or network.dns_roots:
        return network.resolvers
    try:
        nameservers = dns.resolver.Resolver().nameservers
    except (dns.exception.DNSException, OSError):
        return ()
    return tuple(str(address) for address in nameservers)
