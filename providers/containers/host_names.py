"""By which host names a project's services reach each other, and what each name leads to."""

from collections.abc import Mapping

from providers.containers.references import Names
from wizard.formats.compose.service import Service
from wizard.model.containers import LedTo

_KINDS: Mapping[str, LedTo] = {
    "app": "app",
    "database": "database",
    "proxy": "proxy",
    "mail": "mail",
}
"""A service's role → what a name of it leads to."""


def services_by_name(services: Mapping[str, Service]) -> dict[str, str]:
    """Every name by which a service of the project is reached → the service."""
    found = {name: name for name in services}
    for name, service in services.items():
        for alias in service.aliases:
            found.setdefault(alias, name)
    return found


def names_in(
    services: Mapping[str, Service],
    roles: Mapping[str, str],
    elsewhere: Mapping[str, tuple[str, LedTo]],
) -> Names:
    """What each name leads to; `elsewhere` are hosts outside the project that are known."""
    leads: dict[str, tuple[str, LedTo]] = dict(elsewhere)
    for name, service in services.items():
        kind = _KINDS.get(roles[name])
        if kind is not None:
            for each in (name, *service.aliases):
                leads.setdefault(each, (name, kind))
    for service in services.values():
        for link in service.links:
            name, _, alias = link.partition(":")
            if alias and name in leads:
                leads.setdefault(alias, leads[name])
    return Names(leads)
