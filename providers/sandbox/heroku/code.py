"""What was built and released? Releases, slugs, builds and buildpacks.

Shapes: Platform API schema (release, slug, build, buildpack-installation), version 3.
"""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from providers.sandbox.heroku.apps import reference
from providers.sandbox.heroku.context import Context
from providers.sandbox.heroku.front import needs
from providers.sandbox.heroku.replies import Json, found, reply, stable_id, stamp
from providers.sandbox.heroku.state import App, Release, Slug


def routes(context: Context) -> list[Route]:
    """Routes of this subject."""

    async def releases(request: Request) -> Response:
        app = context.app(request)
        shown = [_release(context, app, release) for release in app.releases]
        return context.pager.list(request, shown, ("id", "version"))

    async def release(request: Request) -> Response:
        app = context.app(request)
        wanted = request.path_params["release"].removeprefix("v")
        if wanted == "current":
            match = app.current
        else:
            match = next((r for r in app.releases if wanted in (str(r.version), r.id)), None)
        return reply(_release(context, app, found(match, "release", "release")))

    async def slug(request: Request) -> Response:
        app = context.app(request)
        wanted = request.path_params["slug"]
        slugs = (r.slug for r in app.releases if r.slug is not None and r.slug.id == wanted)
        return reply(_slug(app, found(next(slugs, None), "slug", "slug")))

    async def builds(request: Request) -> Response:
        app = context.app(request)
        return context.pager.list(request, _builds(context, app))

    async def buildpacks(request: Request) -> Response:
        # Sent whole, because the order carries meaning and an app has few.
        app = context.app(request)
        return reply(
            [
                {"ordinal": ordinal, "buildpack": {"name": name, "url": url}}
                for ordinal, (name, url) in enumerate(app.buildpacks)
            ]
        )

    one = "/apps/{app}"
    return [
        Route(one + "/releases", needs("read", releases)),
        Route(one + "/releases/{release}", needs("read", release)),
        Route(one + "/slugs/{slug}", needs("read", slug)),
        Route(one + "/builds", needs("read", builds)),
        Route(one + "/buildpack-installations", needs("read", buildpacks)),
    ]


def _release(context: Context, app: App, release: Release) -> Json:
    user = release.user or context.account.user
    billed = [addon.plan_name for addon in context.account.addons if addon.app == app.name]
    return {
        "addon_plan_names": billed,
        "app": reference(app),
        "artifacts": [{"type": "slug", "id": release.slug.id}] if release.slug else [],
        "created_at": stamp(release.created),
        "current": release is app.current,
        "description": release.description,
        "eligible_for_rollback": release.status == "succeeded",
        "id": release.id,
        "oci_image": None,
        "output_stream_url": None,
        "slug": {"id": release.slug.id} if release.slug else None,
        "status": release.status,
        "updated_at": stamp(release.created),
        "user": {"email": user.email, "id": user.id},
        "version": release.version,
    }


def _slug(app: App, slug: Slug) -> Json:
    return {
        "blob": {"method": "GET", "url": f"https://slugs.invalid/{slug.id}.tgz"},
        "buildpack_provided_description": slug.buildpack,
        "checksum": None,
        "commit": slug.commit,
        "commit_description": slug.commit_description or None,
        "created_at": stamp(slug.created),
        "deleted_at": None,
        "id": slug.id,
        "process_types": slug.process_types,
        "size": slug.size,
        "stack": {"id": stable_id("stack", app.stack), "name": app.stack},
        "updated_at": stamp(slug.created),
    }


def _builds(context: Context, app: App) -> list[Json]:
    """One build for each slug, under the first release that used it."""
    first: dict[str, tuple[Slug, Release]] = {}
    for release in app.releases:
        if release.slug is not None:
            first.setdefault(release.slug.id, (release.slug, release))
    return [
        {
            "app": {"id": app.id},
            "buildpacks": [{"name": name, "url": url} for name, url in app.buildpacks],
            "created_at": stamp(slug.created),
            "id": stable_id("build", slug.id),
            "output_stream_url": f"https://build-output.invalid/{slug.id}",
            "release": {"id": release.id},
            "slug": {"id": slug.id},
            "source_blob": {
                "checksum": None,
                "url": "",
                "version": slug.commit,
                "version_description": None,
            },
            "stack": app.stack,
            "status": "succeeded",
            "updated_at": stamp(slug.created),
            "user": {"email": context.account.user.email, "id": context.account.user.id},
        }
        for slug, release in first.values()
    ]
