"""What runs now? The current release, the slug or image behind it, its commands and its commit."""

from collections.abc import Mapping
from dataclasses import dataclass

from providers.sources.heroku.client import ACCEPT_SDK, HerokuApi, segment
from providers.sources.heroku.gaps import Gaps
from providers.sources.heroku.parsing import Read
from providers.sources.heroku.shapes import Build, DynoSize, Formation
from providers.sources.heroku.shapes import Release as ReleaseShape
from wizard.model.inventory import Process
from wizard.model.platform_facts import Release


@dataclass(frozen=True)
class Size:
    """Memory and price of one dyno of a size; None when Heroku does not tell (contracts)."""

    memory_mb: int | None
    monthly_cents: int | None


NEWEST = "version ..; max=10, order=desc"

# Dev Center "Dyno types" (June 2024), MB; only for when Heroku's own list cannot be read.
_MEMORY = {
    "free": 512,
    "hobby": 512,
    "eco": 512,
    "basic": 512,
    "standard-1x": 512,
    "standard-2x": 1024,
    "private-s": 1024,
    "shield-s": 1024,
    "m": 2560,
    "l": 14336,
    "l-ram": 30720,
    "xl": 63488,
    "2xl": 129024,
}


def current(releases: list[ReleaseShape]) -> ReleaseShape | None:
    """The release in force: the one marked current, else the newest that succeeded."""
    newest_first = sorted(releases, key=lambda release: release.version, reverse=True)
    marked = next((release for release in newest_first if release.current), None)
    return marked or next((r for r in newest_first if r.status == "succeeded"), None)


def build_path(app: str, release: ReleaseShape) -> str:
    """Where to read what the release runs; "" for a release without code."""
    artifacts = {artifact.type: artifact.id for artifact in release.artifacts or ()}
    slug = release.slug.id if release.slug else artifacts.get("slug", "")
    if slug:
        return f"/apps/{segment(app)}/slugs/{segment(slug)}"
    image = release.oci_image.id if release.oci_image else artifacts.get("oci-image", "")
    return f"/apps/{segment(app)}/oci-images/{segment(image)}" if image else ""


async def _build(api: HerokuApi, path: str) -> Read[Build]:
    headers = {"Accept": ACCEPT_SDK} if "/oci-images/" in path else None
    return await api.one_or_list(Build, path, headers)


async def read_release(api: HerokuApi, app: str, gaps: Gaps) -> tuple[Release | None, Build, str]:
    """The current release, its build, and where the build was read."""
    path = f"/apps/{segment(app)}/releases"
    releases = await gaps.some("release", api.some(ReleaseShape, path, first=NEWEST))
    running = current(releases)
    if running is None:
        if not gaps.has("release"):
            gaps.add("release", "the app was never deployed")
        return None, Build(), ""
    gaps.tell(f"release v{running.version}")
    where = build_path(app, running)
    builds = await gaps.some("deployed code", _build(api, where)) if where else []
    build = builds[0] if builds else Build()
    if not where:
        gaps.add("deployed code", f"release v{running.version} names no slug and no image")
    elif builds and not build.commit:
        gaps.add("commit", "Heroku does not say which commit is deployed")
    release = Release(
        version=running.version,
        commit=build.commit or "",
        description=running.description or "",
        created_at=running.created_at,
    )
    return release, build, f"GET {where}" if where else ""


def processes(
    formation: list[Formation],
    build: Build,
    where_formation: str,
    where_build: str,
    sizes: Mapping[str, Size],
) -> tuple[Process, ...]:
    """Every process type, with the deployed command; also those that are only in the build."""
    deployed = build.process_types or {}
    found = [
        Process(
            name=each.type,
            command=deployed.get(each.type) or each.command or "",
            quantity=each.quantity,
            size=each.size_name,
            memory_mb=memory_of(each.size_name, sizes),
            monthly_cents=_cost(each, sizes),
            where=where_formation,
        )
        for each in formation
    ]
    known = {process.name for process in found}
    found += [
        Process(name=name, command=command, quantity=0, size="", where=where_build)
        for name, command in deployed.items()
        if name not in known
    ]
    return tuple(sorted(found, key=lambda process: process.name))


def sizes_of(listed: list[DynoSize]) -> dict[str, Size]:
    """Size name in lower case → what Heroku's own list says of it."""
    return {
        size.name.lower(): Size(
            round(size.memory * 1024) if size.memory else None,
            size.cost.monthly_cents if size.cost else None,
        )
        for size in listed
    }


def memory_of(size: str, listed: Mapping[str, Size]) -> int | None:
    """MB of a dyno size; None when nobody knows."""
    name = size.lower()
    short = name.removeprefix("performance-").removeprefix("private-").removeprefix("shield-")
    known = listed.get(name)
    return (known.memory_mb if known else None) or _MEMORY.get(name) or _MEMORY.get(short)


def _cost(process: Formation, listed: Mapping[str, Size]) -> int | None:
    """Cents a month for all dynos of a type; none for a type at zero."""
    size = listed.get(process.size_name.lower())
    # Eco dynos are billed by a pool of hours of the whole account.
    if size is None or size.monthly_cents is None or process.size_name.lower() == "eco":
        return None
    return size.monthly_cents * process.quantity
