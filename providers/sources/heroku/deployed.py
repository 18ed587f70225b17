"""What runs now? The current release, the slug or image behind it, its commands and its commit."""

from providers.sources.heroku.client import ACCEPT_SDK, HerokuApi, segment
from providers.sources.heroku.gaps import Gaps
from providers.sources.heroku.shapes import Build, DynoSize, Formation
from providers.sources.heroku.shapes import Release as ReleaseShape
from wizard.model.inventory import Process, Release

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


async def build_of(api: HerokuApi, app: str, release: ReleaseShape) -> tuple[Build, str]:
    """What the release runs, and where that was read; empty for a release without code."""
    artifacts = {artifact.type: artifact.id for artifact in release.artifacts or ()}
    slug = release.slug.id if release.slug else artifacts.get("slug", "")
    if slug:
        path = f"/apps/{segment(app)}/slugs/{segment(slug)}"
        return await api.get(Build, path), f"GET {path}"
    image = release.oci_image.id if release.oci_image else artifacts.get("oci-image", "")
    if image:
        path = f"/apps/{segment(app)}/oci-images/{segment(image)}"
        return await api.get(Build, path, {"Accept": ACCEPT_SDK}), f"GET {path}"
    return Build(), ""


async def read_release(api: HerokuApi, app: str, gaps: Gaps) -> tuple[Release | None, Build, str]:
    """The current release, its build, and where the build was read."""
    path = f"/apps/{segment(app)}/releases"
    releases = await gaps.read("release", api.list(ReleaseShape, path, first=NEWEST), [])
    running = current(releases)
    if running is None:
        if not gaps.has("release"):
            gaps.add("release", "the app was never deployed")
        return None, Build(), ""
    gaps.tell(f"release v{running.version}")
    build, where = await gaps.read("deployed code", build_of(api, app, running), (Build(), ""))
    if not where and not gaps.has("deployed code"):
        gaps.add("deployed code", f"release v{running.version} names no slug and no image")
    elif where and not build.commit:
        gaps.add("commit", "Heroku does not say which commit is deployed")
    release = Release(
        version=running.version,
        commit=build.commit or "",
        description=running.description or "",
        created_at=running.created_at,
    )
    return release, build, where


def processes(
    formation: list[Formation],
    build: Build,
    where_formation: str,
    where_build: str,
    memory: dict[str, int],
) -> tuple[Process, ...]:
    """Every process type, with the deployed command; also those that are only in the build."""
    deployed = build.process_types or {}
    found = [
        Process(
            name=each.type,
            command=deployed.get(each.type) or each.command or "",
            quantity=each.quantity,
            size=each.size_name,
            memory_mb=memory_of(each.size_name, memory),
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


def sizes(listed: list[DynoSize]) -> dict[str, int]:
    """Size name in lower case → MB, from Heroku's own list."""
    return {size.name.lower(): round(size.memory * 1024) for size in listed if size.memory}


def memory_of(size: str, listed: dict[str, int]) -> int | None:
    """MB of a dyno size; None when nobody knows."""
    name = size.lower()
    short = name.removeprefix("performance-").removeprefix("private-").removeprefix("shield-")
    return listed.get(name) or _MEMORY.get(name) or _MEMORY.get(short)
