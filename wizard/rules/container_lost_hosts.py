"""Names of hosts that lead nowhere on the new side: told in one item, never kept silently."""

from collections.abc import Iterator, Mapping

from wizard.model.containers import Left
from wizard.model.mapping import MappedItem
from wizard.rules.mapping_facts import MappingFacts

RULES = {"H20": "on the new side nothing has this name: what is kept as it is leads nowhere"}
_WHY: Mapping[Left, str] = {
    "": "no service of these files: one of another file or stack?",
    "tool": "a tool, which is left behind",
    "profile": "its profile is not chosen",
    "none": "left behind, its label says so",
    "tls": "it made certificates, which Aptible does",
}


def lost_host_items(facts: MappingFacts) -> Iterator[MappedItem]:
    """One item for all of them; nothing where every name leads somewhere."""
    inventory = facts.inventory
    if not inventory.lost_hosts:
        return
    by_host: dict[tuple[str, Left], dict[str, list[str]]] = {}
    for each in inventory.lost_hosts:
        places = by_host.setdefault((each.host, each.left), {})
        places.setdefault(each.variable, []).append(each.app)
    several = len(inventory.apps) > 1
    said = []
    for (host, left), places in by_host.items():
        named = (
            f"{variable} of {', '.join(apps)}" if several else variable
            for variable, apps in places.items()
        )
        said.append(f"{', '.join(named)} → {host} ({_WHY[left]})")
    yield MappedItem(
        group="hosts",
        name="names that lead nowhere",
        app=inventory.apps[0].name if len(inventory.apps) == 1 else "",
        today="; ".join(said),
        becomes="told",
        target="an address that the new side reaches, or without it; read the file that has the"
        " service too (--file, --profile), or carry it over: the label moveday.role: app",
        because="H20",
        reason=RULES["H20"],
    )
