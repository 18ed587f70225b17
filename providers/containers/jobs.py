"""Which services of a project run once and end: their commands become hooks."""

from collections.abc import Collection

from providers.containers.commands import called_like_a_job, ends, surely_ends
from wizard.formats.compose.service import Service

_NO_RESTART = ("no", "none", "false")
_STARTED_AGAIN = ("always", "unless-stopped")


def jobs(own: Collection[Service], project: Collection[Service]) -> frozenset[str]:
    """Names of those of `own` that end by themselves; `project` are all that may wait for one.

    Compose starts nothing again unless it is told to: where others are to be started again, and
    one that is called like a job is not, or on failure only, it is one.
    """
    waited = {
        name
        for service in project
        for name, condition in service.depends_on.items()
        if condition == "service_completed_successfully"
    }
    others_last = any(service.restart in _STARTED_AGAIN for service in own)
    return frozenset(
        s.name
        for s in own
        if s.name in waited
        or s.mode.endswith("-job")
        or (s.restart in _NO_RESTART and not s.ports and ends(s))
        or (_may_end(s) and not s.ports and surely_ends(s))
        or (_may_end(s) and others_last and not s.ports and called_like_a_job(s))
    )


def _may_end(service: Service) -> bool:
    """Whether it stays away once it has ended well. Compose starts nothing again by itself; a swarm
    does."""
    if service.mode or "restart" in service.untold:
        return False
    return service.restart == "" or service.restart.startswith("on-failure")
