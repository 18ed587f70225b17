"""What a service's command and health check tell beside their words."""

import re

from wizard.formats.compose.parts import Health
from wizard.formats.compose.service import Service

_INTERVAL, _RETRIES = 30.0, 3
"""Docker's own, where nothing is said (Dockerfile reference, HEALTHCHECK)."""


def without_passwords(command: str) -> str:
    """A command whose passwords are not shown: those in addresses, and behind options."""
    hidden = re.sub(r"(://[^\s:@/]*:)[^\s@/]+(?=@)", r"\1•••", command)
    return re.sub(r"(?i)(pass(?:word|wd)?[= ])[^\s$]\S*", r"\1•••", hidden)


def well_after(health: Health | None) -> float | None:
    """Seconds until a container that never answers is taken for ill; None when nothing is said."""
    if health is None or health.off:
        return None
    said = (health.start_seconds, health.interval_seconds, health.retries)
    if not any(said):
        return None
    interval = health.interval_seconds or _INTERVAL
    return (health.start_seconds or 0.0) + interval * (health.retries or _RETRIES)


def ends(service: Service) -> bool:
    """Whether a service that is not started again is one that ends, by what it runs."""
    words = f"{service.name} {service.command} {service.entrypoint}".lower()
    return bool(
        re.search(
            r"migrat|init|setup|seed|bootstrap|createbucket|install|job|prepare|upgrade|collectstatic"
            r"|provision|once|backfill|perms|chown|mkdir",
            words,
        )
    )
