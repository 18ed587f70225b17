"""What surrounds the app: buildpacks, drains, people, features, webhooks, outbound addresses."""

from urllib.parse import SplitResult, urlsplit

from providers.sources.heroku.client import ACCEPT_SDK, ACCEPT_WEBHOOKS, HerokuApi, segment
from providers.sources.heroku.gaps import Gaps
from providers.sources.heroku.shapes import App
from providers.sources.heroku.shapes_around import (
    BuildpackInstallation,
    Nat,
    TelemetryDrain,
)
from providers.sources.heroku.shapes_around import Collaborator as CollaboratorShape
from providers.sources.heroku.shapes_around import Drain as DrainShape
from providers.sources.heroku.shapes_around import Feature as FeatureShape
from providers.sources.heroku.shapes_around import Webhook as WebhookShape
from wizard.model.platform_facts import Buildpack, Collaborator, Drain, Feature, Webhook
from wizard.safety.redact import REDACTOR

_TEAM_ITSELF = "@herokumanager.com"
"""The address under which Heroku keeps a team as owner of its apps: nobody's."""


async def read_buildpacks(api: HerokuApi, base: str, gaps: Gaps) -> tuple[Buildpack, ...]:
    """In the order they run."""
    path = f"{base}/buildpack-installations"
    found = await gaps.some("buildpacks", api.some(BuildpackInstallation, path))
    gaps.tell(f"{len(found)} buildpacks")
    facts = [
        Buildpack(
            ordinal=each.ordinal,
            name=each.buildpack.name or without_secrets(each.buildpack.url),
            url=without_secrets(each.buildpack.url),
            where=f"GET {path}",
        )
        for each in found
    ]
    return tuple(sorted(facts, key=lambda pack: pack.ordinal))


async def read_drains(api: HerokuApi, base: str, about: App, gaps: Gaps) -> tuple[Drain, ...]:
    """Log drains, and telemetry drains on the Fir generation: host and scheme only."""
    path = f"{base}/log-drains"
    drains = await gaps.some("drains", api.some(DrainShape, path))
    facts = []
    for each in drains:
        REDACTOR.learn(each.url, each.token)
        addon = each.addon.name or each.addon.id if each.addon else ""
        facts.append(_drain(each.url, addon, f"GET {path}"))
    if about.generation is not None and about.generation.name == "fir":
        path = f"{base}/telemetry-drains"
        more = await gaps.some("drains", api.some(TelemetryDrain, path, {"Accept": ACCEPT_SDK}))
        for found in more:
            REDACTOR.learn(found.exporter.endpoint)
            facts.append(_drain(found.exporter.endpoint, "", f"GET {path}"))
    gaps.tell(f"{len(facts)} drains")
    return tuple(sorted(facts, key=lambda drain: (drain.host, drain.scheme, drain.addon)))


def _drain(url: str, addon: str, where: str) -> Drain:
    parts = _split(url)
    host, scheme = (parts.hostname or "", parts.scheme) if parts else ("", "")
    return Drain(host=host, scheme=scheme, addon=addon, where=where)


async def read_people(
    api: HerokuApi, base: str, about: App, gaps: Gaps
) -> tuple[Collaborator, ...]:
    """Everybody with access, by address; for a team's app the team's own list."""
    path = f"{base}/collaborators"
    if about.team_name:
        path = f"/teams/apps/{segment(about.name)}/collaborators"
    found = await gaps.some("collaborators", api.some(CollaboratorShape, path))
    facts = {
        Collaborator(email=each.user.email, role=each.role, where=f"GET {path}")
        for each in found
        if not each.user.email.endswith(_TEAM_ITSELF)
    }
    gaps.tell(f"{len(facts)} people with access")
    return tuple(sorted(facts, key=lambda person: (person.email, person.role)))


async def read_features(api: HerokuApi, base: str, gaps: Gaps) -> tuple[Feature, ...]:
    """Every switch of the platform, on or off, by name."""
    path = f"{base}/features"
    found = await gaps.some("features", api.some(FeatureShape, path))
    gaps.tell(f"{sum(each.enabled for each in found)} of {len(found)} features on")
    facts = [Feature(name=f.name, enabled=f.enabled, where=f"GET {path}") for f in found]
    return tuple(sorted(facts, key=lambda feature: feature.name))


async def read_webhooks(api: HerokuApi, base: str, gaps: Gaps) -> tuple[Webhook, ...]:
    """Who is told of what: the host only."""
    path = f"{base}/webhooks"
    reading = api.some(WebhookShape, path, {"Accept": ACCEPT_WEBHOOKS})
    found = await gaps.some("webhooks", reading)
    facts = []
    for each in found:
        REDACTOR.learn(each.url)
        parts = _split(each.url)
        events = tuple(sorted(set(each.include)))
        host = (parts.hostname or "") if parts else ""
        facts.append(Webhook(host=host, events=events, where=f"GET {path}"))
    gaps.tell(f"{len(facts)} webhooks")
    return tuple(sorted(facts, key=lambda webhook: (webhook.host, webhook.events)))


async def read_outbound(api: HerokuApi, about: App, gaps: Gaps) -> tuple[str, ...]:
    """Addresses from which a Private Space calls out; none in the common runtime."""
    if about.space is None:
        return ()
    path = f"/spaces/{segment(about.space.name or about.space.id)}/nat"
    found = await gaps.some("outbound addresses", api.one(Nat, path))
    gaps.tell(f"{sum(len(nat.sources) for nat in found)} outbound addresses")
    return tuple(sorted({address for nat in found for address in nat.sources}))


def without_secrets(url: str) -> str:
    """An address without user, password and query; the fragment may name a branch."""
    parts = _split(url)
    if parts is None:
        return ""
    if parts.username or parts.password or parts.query:
        REDACTOR.learn(url)
    place = parts.netloc.rpartition("@")[2]
    return SplitResult(parts.scheme, place, parts.path, "", parts.fragment).geturl()


def _split(url: str) -> SplitResult | None:
    """None for what is no address; asking its parts raises nothing any more."""
    try:
        parts = urlsplit(url)
        _ = parts.hostname, parts.port
    except ValueError:
        return None
    return parts
