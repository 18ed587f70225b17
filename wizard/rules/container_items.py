"""What a container platform's own things become: apps, ports, hosts, volumes, files, wishes."""

from collections.abc import Iterator

from wizard.model.mapping import MappedItem
from wizard.rules.container_apps import app_items
from wizard.rules.container_conflicts import conflict_items
from wizard.rules.container_differs import differs_items
from wizard.rules.container_files import file_items
from wizard.rules.container_health import health_items
from wizard.rules.container_hosts import host_items
from wizard.rules.container_inside import inside_items
from wizard.rules.container_lost_hosts import lost_host_items
from wizard.rules.container_ports import port_items
from wizard.rules.container_registries import registry_items
from wizard.rules.container_unnamed import unnamed_items
from wizard.rules.container_volumes import volume_items
from wizard.rules.container_wishes import wish_items
from wizard.rules.mapping_facts import MappingFacts


def container_items(facts: MappingFacts) -> Iterator[MappedItem]:
    """One item per thing; nothing for a source that has no containers of its own making."""
    yield from app_items(facts)
    yield from registry_items(facts)
    yield from conflict_items(facts)
    yield from port_items(facts)
    yield from health_items(facts)
    yield from differs_items(facts)
    yield from host_items(facts)
    yield from inside_items(facts)
    yield from unnamed_items(facts)
    yield from lost_host_items(facts)
    yield from volume_items(facts)
    yield from file_items(facts)
    yield from wish_items(facts)
