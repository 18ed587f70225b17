"""Which apps are there, how are they, and who and what hangs on them?

Shapes: Platform API schema (app, app-feature, collaborator, log-drain, app-webhook), version 3;
fields of `3.sdk` only when that version is asked for.
"""

import time

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from providers.sandbox.heroku.context import Context
from providers.sandbox.heroku.front import needs, sdk_version
from providers.sandbox.heroku.replies import (
    Json,
    Refusal,
    body_of,
    reply,
    stable_id,
    stamp,
)
from providers.sandbox.heroku.state import App, Webhook

PERMISSIONS = ("deploy", "manage", "operate", "view")
CHANGEABLE = {"maintenance", "name", "build_stack"}


def routes(context: Context) -> list[Route]:
    """Routes of this subject."""
    account = context.account

    async def listing(request: Request) -> Response:
        sdk = sdk_version(request)
        shown = [shape(app, sdk) for app in account.apps]
        return context.pager.list(request, shown, ("id", "name", "updated_at"))

    async def chosen(request: Request) -> Response:
        wanted = (await body_of(request)).get("in")
        keys = [key for values in (wanted or {}).values() for key in values]
        found_apps = [app for app in account.apps if app.id in keys or app.name in keys]
        return context.pager.list(request, [shape(app) for app in found_apps])

    async def show(request: Request) -> Response:
        return reply(shape(context.app(request), sdk_version(request)))

    async def update(request: Request) -> Response:
        app = context.app(request)
        wanted = await body_of(request)
        unknown = set(wanted) - CHANGEABLE
        if unknown:
            raise Refusal(422, "invalid_params", f"Unknown fields: {', '.join(sorted(unknown))}.")
        if "maintenance" in wanted:
            if not isinstance(wanted["maintenance"], bool):
                raise Refusal(422, "invalid_params", "maintenance must be true or false.")
            app.maintenance = wanted["maintenance"]
            context.note("maintenance", app=app.name, on=app.maintenance)
        app.updated = time.time()
        return reply(shape(app, sdk_version(request)))

    async def collaborators(request: Request) -> Response:
        app = context.app(request)
        return context.pager.list(request, _collaborators(app), ("id", "updated_at"))

    async def features(request: Request) -> Response:
        app = context.app(request)
        shown = [_feature(app, name) for name in sorted(app.features)]
        return context.pager.list(request, shown, ("id", "name"))

    async def update_feature(request: Request) -> Response:
        app = context.app(request)
        name = request.path_params["feature"]
        if name not in app.features:
            raise Refusal(404, "not_found", "Couldn't find that app feature.")
        enabled = (await body_of(request)).get("enabled")
        if not isinstance(enabled, bool):
            raise Refusal(422, "invalid_params", "enabled must be true or false.")
        app.features[name] = enabled
        context.note("feature", app=app.name, feature=name, on=enabled)
        return reply(_feature(app, name))

    async def drains(request: Request) -> Response:
        return context.pager.list(request, _drains(context, context.app(request)))

    async def webhooks(request: Request) -> Response:
        app = context.app(request)
        return context.pager.list(request, [_webhook(app, hook) for hook in app.webhooks])

    async def team_collaborators(request: Request) -> Response:
        app = context.app(request)
        if app.team is None:
            raise Refusal(404, "not_found", "Couldn't find that team app.")
        return context.pager.list(request, _collaborators(app), ("id", "updated_at"))

    one = "/apps/{app}"
    return [
        Route("/apps", needs("read", listing)),
        Route("/users/{user}/apps", needs("read", listing)),
        Route("/filters/apps", needs("read", chosen), methods=["POST"]),
        Route(one, needs("read", show)),
        Route(one, needs("write", update), methods=["PATCH"]),
        Route(one + "/collaborators", needs("read", collaborators)),
        Route("/teams/apps/{app}/collaborators", needs("read", team_collaborators)),
        Route(one + "/features", needs("read", features)),
        Route(one + "/features/{feature}", needs("write", update_feature), methods=["PATCH"]),
        Route(one + "/log-drains", needs("read", drains)),
        Route(one + "/webhooks", needs("read", webhooks)),
    ]


def reference(app: App) -> Json:
    """How other records name an app."""
    return {"id": app.id, "name": app.name}


def shape(app: App, sdk: bool = False) -> Json:
    """The whole app record."""
    stack = {"id": stable_id("stack", app.stack), "name": app.stack}
    current = app.current
    slug = current.slug if current else None
    shown: Json = {
        "acm": app.acm,
        "archived_at": None,
        "build_stack": stack,
        "buildpack_provided_description": slug.buildpack if slug else None,
        # Not in the schema, but the official client reads it.
        "create_status": "complete",
        "created_at": stamp(app.created),
        "generation": {"id": stable_id("generation", "cedar"), "name": "cedar"},
        "git_url": f"https://git.heroku.com/{app.name}.git",
        "id": app.id,
        "internal_routing": None,
        "maintenance": app.maintenance,
        "name": app.name,
        "organization": None,
        "owner": {"email": app.owner.email, "id": app.owner.id},
        "region": {"id": stable_id("region", app.region), "name": app.region},
        "released_at": stamp(current.created) if current else None,
        "repo_size": slug.size if slug else None,
        "slug_size": slug.size if slug else None,
        "space": None,
        "stack": stack,
        "team": None,
        "updated_at": stamp(app.updated),
        "web_url": f"https://{app.default_host}/",
    }
    if sdk:
        shown |= {
            "base_image_name": None,
            "buildpacks": [{"name": name, "url": url} for name, url in app.buildpacks],
            "current_build_architecture": [],
            "process_tier": "production",
        }
    return shown


def _collaborators(app: App) -> list[Json]:
    people = [(app.owner, "owner")]
    people += [
        (user, "collaborator") for user in app.collaborators if user.email != app.owner.email
    ]
    return [
        {
            "app": reference(app),
            "created_at": stamp(app.created),
            "id": stable_id("collaborator", app.id, user.id),
            "permissions": [
                {"name": name, "description": f"Can {name} the app"} for name in PERMISSIONS
            ],
            "role": role,
            "updated_at": stamp(app.created),
            "user": {"email": user.email, "federated": False, "id": user.id},
        }
        for user, role in people
    ]


def _feature(app: App, name: str) -> Json:
    return {
        "created_at": stamp(app.created),
        "description": f"{name.replace('-', ' ').capitalize()} of this app",
        "display_name": name.replace("-", " ").title(),
        "doc_url": f"https://devcenter.heroku.com/articles/{name}",
        "enabled": app.features[name],
        "feedback_email": "feedback@heroku.com",
        "id": stable_id("feature", app.id, name),
        "name": name,
        "state": "general",
        "updated_at": stamp(app.updated),
    }


def _maker(context: Context, name: str | None) -> Json | None:
    """The add-on that made a drain."""
    addon = context.account.addon(name) if name else None
    return {"id": addon.id, "name": addon.name} if addon else None


def _drains(context: Context, app: App) -> list[Json]:
    return [
        {
            "addon": _maker(context, addon),
            "app": reference(app),
            "created_at": stamp(app.created),
            "id": stable_id("drain", app.id, token),
            "token": token,
            "updated_at": stamp(app.created),
            "url": url,
        }
        for url, token, addon in app.drains
    ]


def _webhook(app: App, hook: Webhook) -> Json:
    return {
        "app": reference(app),
        "created_at": stamp(app.created),
        "id": hook.id,
        "include": hook.include,
        "level": "notify",
        "updated_at": stamp(app.created),
        "url": hook.url,
    }
