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


_JOB_WORDS = re.compile(
    r"migrat|init|setup|seed|bootstrap|createbucket|install|job|prepare|upgrade|collectstatic"
    r"|provision|once|backfill|perms|chown|mkdir"
)
_JOB_NAME = re.compile(
    r"migrat|(?:^|[-_.])init(?:$|[-_.])|setup|seed|bootstrap|create-?buckets?|prepare|collectstatic"
    r"|provision|backfill|perms|permissions?|fixer|chown"
)
_ENDING = frozenset(
    {"chown", "chmod", "mkdir", "cp", "mv", "rm", "ln", "mc", "exit", "true", "echo", "createdb"}
)
"""Programs that do one thing and end."""
_LASTS = re.compile(
    r"\b(?:start|serve|server|runserver|worker|watch|dev|daemon|listen|infinity|tail|gunicorn|uvicorn"
    r"|nginx|java|puma)\b"
)


def ends(service: Service) -> bool:
    """Whether a service that is not started again is one that ends, by what it runs."""
    words = f"{service.name} {service.command} {service.entrypoint}".lower()
    return bool(_JOB_WORDS.search(words))


def surely_ends(service: Service) -> bool:
    """Whether the last thing that it runs is a program that does one thing and ends."""
    words = _last_words(service)
    return bool(words) and words[0] in _ENDING


def called_like_a_job(service: Service) -> bool:
    """Whether its name says that it runs once, and its command does not say otherwise."""
    lasts = _LASTS.search(" ".join(_last_words(service)).lower())
    return bool(_JOB_NAME.search(service.name.lower())) and not lasts


def _last_words(service: Service) -> list[str]:
    """The words of the last command of a script, or of the only one; its program without folder."""
    line = f"{service.entrypoint} {service.command}".strip()
    parts = [part.strip(" '\"") for part in re.split(r"&&|;|\n", line)]
    words: list[str] = next((part.split() for part in reversed(parts) if part), [])
    return [words[0].rpartition("/")[2], *words[1:]] if words else []
