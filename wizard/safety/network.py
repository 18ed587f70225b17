"""How to reach the outside when it is not the Internet: MOVEDAY_NETWORK names a JSON file.

Used on the sandbox and in closed networks. The file holds
`{"dns_roots": ["10.0.0.1"], "endpoints": {"10.0.0.1:53": "127.0.0.1:40001"},
"ca_file": "/…/ca.pem"}`:
DNS walks start at `dns_roots` instead of the public root servers; a connection to an address and
port listed in `endpoints` goes to the given one instead; `ca_file` replaces the certificate store;
`resolvers` (addresses) stand for those that this machine uses.
Without the variable everything is the public Internet.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from wizard.errors import UsageError

VARIABLE = "MOVEDAY_NETWORK"


@dataclass(frozen=True)
class Network:
    """`dns_roots` empty means the public root servers; `ca_file` "" the system's store.

    `resolvers` empty means this machine's own.
    """

    dns_roots: tuple[str, ...] = ()
    endpoints: dict[tuple[str, int], tuple[str, int]] = field(default_factory=dict)
    ca_file: str = ""
    resolvers: tuple[str, ...] = ()

    def reach(self, address: str, port: int) -> tuple[str, int]:
        """Where a connection to `address`:`port` really goes."""
        return self.endpoints.get((address, port), (address, port))


def load_network(environ: Mapping[str, str] = os.environ) -> Network:
    """The network this process lives in."""
    path = environ.get(VARIABLE)
    if not path:
        return Network()
    try:
        raw = json.loads(Path(path).read_text())
        return Network(
            dns_roots=tuple(raw.get("dns_roots", ())),
            endpoints={_pair(k): _pair(v) for k, v in raw.get("endpoints", {}).items()},
            ca_file=raw.get("ca_file", ""),
            resolvers=tuple(raw.get("resolvers", ())),
        )
    except (OSError, ValueError, AttributeError) as error:
        raise UsageError(
            f"{VARIABLE} names a file that cannot be used: {path}",
            str(error),
            "unset it, or point it at the file that the sandbox wrote",
        ) from error


def _pair(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    return host, int(port)
