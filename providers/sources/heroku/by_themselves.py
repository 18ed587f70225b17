"""What changes a frozen app by itself: autoscaling and deploys from GitHub.

Neither host is documented (facts: the official client's `ps:autoscale` and `pipelines` commands).
That 404 on the GitHub host means "not connected" is how the official client takes it; it was not
verified against the real service, nor was it what either host answers to a token of little scope.
"""

from collections.abc import Awaitable, Sequence
from typing import TypeVar

from pydantic import BaseModel

from providers.http import HttpRefused
from providers.sources.heroku.client import HerokuApi, segment
from providers.sources.heroku.gaps import Gaps
from providers.sources.heroku.parsing import Read, unknown_shape
from providers.sources.heroku.shapes import App
from providers.sources.heroku.shapes_around import GithubLink, Monitor
from wizard.model.platform_facts import AutoDeploy, Autoscaler

S = TypeVar("S", bound=BaseModel)


async def autoscalers(api: HerokuApi, about: App) -> tuple[Autoscaler, ...]:
    """Heroku's own rules for `web`. Raises OutsideError when they cannot be read or understood."""
    path = _monitors_path(about)
    read = await _or_none(api.monitors(Monitor, path))
    if read.strange:
        raise unknown_shape(f"GET {path}", read.strange)
    return _scalers(read.found, path)


async def auto_deploys(api: HerokuApi, about: App) -> tuple[AutoDeploy, ...]:
    """The app's repository, if any. Raises OutsideError when it is not told what a push does."""
    path = _github_path(about)
    read = await _or_none(api.github(GithubLink, path))
    if any(link.auto_deploy is None for link in read.found):
        raise unknown_shape(f"GET {path}", ["auto_deploy"])
    return tuple(_deploy(link, path) for link in read.found)


async def read_autoscalers(
    api: HerokuApi, about: App, sizes: Sequence[str], gaps: Gaps
) -> tuple[Autoscaler, ...]:
    """The same for an inventory, where trouble is a gap. `sizes` are those in use."""
    path = _monitors_path(about)
    found = await gaps.some("autoscalers", _or_none(api.monitors(Monitor, path)))
    if gaps.has("autoscalers") and any(size_autoscales(size) for size in sizes):
        gaps.add("autoscalers", "these sizes can have one: look at the dashboard, Resources")
    facts = _scalers(found, path)
    gaps.tell(f"{sum(each.active for each in facts)} active autoscalers")
    return facts


async def read_auto_deploys(api: HerokuApi, about: App, gaps: Gaps) -> tuple[AutoDeploy, ...]:
    """The same for an inventory, where trouble is a gap, and so is what is not told."""
    path = _github_path(about)
    found = await gaps.some("auto-deploys", _or_none(api.github(GithubLink, path)))
    for link in found:
        if link.auto_deploy is None:
            gaps.add(
                "auto-deploys",
                f"connected to {link.repository or 'a repository'}, but not told whether a push"
                " deploys by itself: look at the dashboard, Deploy",
            )
    facts = tuple(_deploy(link, path) for link in found if link.auto_deploy is not None)
    gaps.tell(f"{sum(each.active for each in facts)} active auto-deploys")
    return facts


def _monitors_path(about: App) -> str:
    return f"/apps/{segment(about.id)}/formation/web/monitors"


def _github_path(about: App) -> str:
    return f"/apps/{segment(about.id)}/github"


def _scalers(found: Sequence[Monitor], path: str) -> tuple[Autoscaler, ...]:
    """Those that scale, of all monitors; `web` is the only type that has any."""
    facts = [
        Autoscaler(
            process="web",
            minimum=each.min_quantity,
            maximum=each.max_quantity,
            active=each.is_active,
            where=f"GET {path} (metrics host)",
        )
        for each in found
        if each.action_type == "scale"
    ]
    return tuple(sorted(facts, key=lambda each: (each.process, each.minimum, each.maximum)))


def _deploy(link: GithubLink, path: str) -> AutoDeploy:
    return AutoDeploy(
        repository=link.repository,
        branch=link.branch,
        active=bool(link.auto_deploy),
        where=f"GET {path} (GitHub host)",
    )


async def _or_none(reading: Awaitable[Read[S]]) -> Read[S]:
    """Nothing for a 404."""
    try:
        return await reading
    except HttpRefused as refused:
        if refused.status == 404:
            return Read()
        raise


def size_autoscales(size: str) -> bool:
    """Whether Heroku's own autoscaling exists for a dyno size (Dev Center, dyno tiers)."""
    return size.lower().startswith(("performance-", "private-", "shield-"))
