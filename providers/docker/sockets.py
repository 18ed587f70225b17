"""Which addresses does a container listen on? Read from its kernel's tables (proc_net_tcp(5))."""

import ipaddress

_LISTEN = "0A"


def listening_addresses(table: str) -> tuple[str, ...]:
    """`host:port` of every listening socket in /proc/net/tcp and tcp6, sorted, each once."""
    found = set()
    for line in table.splitlines():
        words = line.split()
        if len(words) > 3 and words[3] == _LISTEN:
            address, _, port = words[1].partition(":")
            try:
                found.add(f"{_host(address)}:{int(port, 16)}")
            except ValueError:
                continue
    return tuple(sorted(found))


def _host(address: str) -> str:
    """The kernel writes each group of four bytes as one number in the machine's (little) order."""
    raw = bytes.fromhex(address)
    ordered = b"".join(raw[at : at + 4][::-1] for at in range(0, len(raw), 4))
    host = ipaddress.ip_address(ordered)
    return f"[{host}]" if host.version == 6 else str(host)
