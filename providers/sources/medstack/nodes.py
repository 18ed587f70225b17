"""The machines of a cluster: their fixed addresses, and the manager's, where domains must lead.

Seen: every node has one fixed address; a domain that does not lead to the manager's is refused.
The call is a preview of MedStack's, its fields were not seen; several likely names are read.
"""

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass

from wizard.formats.compose.tree import Fields, Tree
from wizard.formats.compose.values import text_of

_ADDRESS = ("ip_address", "public_ip", "public_ip_address", "static_ip", "ip", "address")
_INSIDE = tuple(
    ipaddress.ip_network(each) for each in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")
)


@dataclass(frozen=True)
class Nodes:
    """Addresses seen from outside, in the API's order; `manager` "" when none is told as such."""

    addresses: tuple[str, ...] = ()
    manager: str = ""


def nodes_in(things: Iterable[Tree]) -> Nodes:
    """The nodes whose address is told."""
    addresses, managers = [], []
    for thing in things:
        if not isinstance(thing, Fields):
            continue
        status = thing.get("Status")
        inner = text_of(status.get("Addr")) if isinstance(status, Fields) else ""
        told = next((text_of(thing.get(key)) for key in _ADDRESS if text_of(thing.get(key))), inner)
        address = _from_outside(told)
        if not address:
            continue
        addresses.append(address)
        if _manages(thing):
            managers.append(address)
    return Nodes(tuple(dict.fromkeys(addresses)), managers[0] if len(managers) == 1 else "")


def _manages(thing: Fields) -> bool:
    if any(text_of(thing.get(key)) == "true" for key in ("manager", "is_manager")):
        return True
    leads = thing.get("ManagerStatus")
    if isinstance(leads, Fields):
        return text_of(leads.get("Leader")) == "true"
    return text_of(thing.get("role")).lower() == "manager"


def _from_outside(text: str) -> str:
    """The address, unless it is one that only the cluster's own network knows."""
    try:
        address = ipaddress.ip_address(text.strip())
    except ValueError:
        return ""
    inside = address.is_loopback or address.is_link_local or address.is_unspecified
    if address.version == 4:
        inside = inside or any(address in network for network in _INSIDE)
    return "" if inside else str(address)
