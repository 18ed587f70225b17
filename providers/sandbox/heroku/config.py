"""What is the app configured with? A change makes a release, runs the release phase, restarts.

Dev Center, "Configuration and Config Vars" and "Release Phase"; the settings list is in the wider
schema only (`version=3.sdk`).
"""

import re
import time

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from providers.sandbox.heroku.context import Context
from providers.sandbox.heroku.front import needs, sdk_version
from providers.sandbox.heroku.replies import Json, Refusal, body_of, found, reply, stamp
from providers.sandbox.heroku.state import App, Release

NAME = re.compile(r"^(?!__)[A-Za-z0-9_]+$")


def routes(context: Context) -> list[Route]:
    """Routes of this subject."""

    async def show(request: Request) -> Response:
        app = context.app(request)
        return reply(_visible(context, app, app.config))

    async def of_release(request: Request) -> Response:
        app = context.app(request)
        wanted = request.path_params["release"].removeprefix("v")
        match = (r for r in app.releases if wanted in (str(r.version), r.id))
        release = found(next(match, None), "release", "release")
        return reply(_visible(context, app, release.config))

    async def change(request: Request) -> Response:
        app = context.app(request)
        await _apply(context, app, await body_of(request))
        return reply(_visible(context, app, app.config))

    async def settings(request: Request) -> Response:
        app = context.app(request)
        _settings_served(context, request)
        return reply([_setting(context, app, name) for name in sorted(app.config)])

    async def change_settings(request: Request) -> Response:
        app = context.app(request)
        _settings_served(context, request)
        wanted = (await body_of(request)).get("config")
        if not isinstance(wanted, list):
            raise Refusal(422, "invalid_params", "config must be a list.")
        for entry in wanted:
            if entry.get("masked"):
                app.masked.add(entry["key"])
        await _apply(context, app, {e["key"]: e["value"] for e in wanted if "value" in e})
        return reply([_setting(context, app, name) for name in sorted(app.config)])

    one = "/apps/{app}"
    return [
        Route(one + "/config-vars", needs("read-protected", show)),
        Route(one + "/config-vars", needs("write-protected", change), methods=["PATCH"]),
        Route(one + "/releases/{release}/config-vars", needs("read-protected", of_release)),
        Route(one + "/config-vars-settings", needs("read-protected", settings)),
        Route(
            one + "/config-vars-settings",
            needs("write-protected", change_settings),
            methods=["PATCH"],
        ),
    ]


async def go_live(context: Context, app: App, release: Release) -> None:
    """Run the release phase, one release at a time; then restart, or keep the old release.

    That the config goes back with a failed release is inferred, not read.
    """
    async with app.release_lock:
        before = app.current
        if await context.dynos.run_release_phase(app, release):
            release.status = "succeeded"
            context.note("release", app=app.name, version=release.version)
            await context.dynos.restart(app)
            return
        release.status = "failed"
        context.note("release-failed", app=app.name, version=release.version)
        if before is not None:
            app.config = dict(before.config)


async def _apply(context: Context, app: App, wanted: Json) -> None:
    """Set and remove variables, then make the release. Values are strings; null removes."""
    owned = {name for item in context.account.attached(app) for name in item.config_vars}
    for name, value in wanted.items():
        if not NAME.match(name) or not (value is None or isinstance(value, str)):
            raise Refusal(422, "invalid_params", f"Invalid config var: {name}")
        if name in owned:
            raise Refusal(
                422,
                "invalid_params",
                f"Cannot overwrite attachment values {name}.",
            )
    changed = sorted(
        name
        for name, value in wanted.items()
        if app.config.get(name) != value and not (value is None and name not in app.config)
    )
    if not changed:
        return
    for name in changed:
        if wanted[name] is None:
            del app.config[name]
            app.masked.discard(name)
        else:
            app.config[name] = wanted[name]
    app.updated = time.time()
    gone = [name for name in changed if wanted[name] is None]
    verb = "Remove" if gone == changed else "Set"
    description = f"{verb} {', '.join(changed)} config vars"
    release = app.add_release(description, context.account.user)
    context.note("config", app=app.name, names=changed, version=release.version)
    context.in_background(go_live(context, app, release))


def _visible(context: Context, app: App, config: dict[str, str]) -> Json:
    """The plain list; what it says of a masked variable is not known, hence a switch."""
    shown: Json = dict(config)
    for name in _masked(context, app) & set(config):
        variant = context.switches.masked_reply
        if variant == "missing":
            del shown[name]
        else:
            shown[name] = None if variant == "null" else "*" * 8
    return shown


def _masked(context: Context, app: App) -> set[str]:
    """Masked variables; the trouble `heroku.masked-variable` {"variable"} masks one more."""
    more = context.standing("masked-variable") or {}
    return app.masked | {str(more["variable"])} if "variable" in more else app.masked


def _settings_served(context: Context, request: Request) -> None:
    if not context.switches.config_settings or not sdk_version(request):
        raise Refusal(404, "not_found", "The requested API endpoint was not found.")


def _setting(context: Context, app: App, name: str) -> Json:
    owners = [item for item in context.account.attached(app) if name in item.config_vars]
    masked = name in _masked(context, app)
    return {
        "attachment": {"id": owners[0].id} if owners else None,
        "key": name,
        "masked": masked,
        "masking_supported": not owners,
        "value": None if masked else app.config[name],
        "value_updated_at": stamp(app.updated),
    }
