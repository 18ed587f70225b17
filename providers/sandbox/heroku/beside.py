"""What changes an app by itself: the metrics host's scaling rules and the GitHub host's links.

Both are other hosts on the real service and not documented; shapes are those that the official
client's `ps:autoscale` and `pipelines` commands read and write. One port serves them here.
"""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from providers.sandbox.heroku.context import Context
from providers.sandbox.heroku.front import needs
from providers.sandbox.heroku.replies import Json, Refusal, body_of, found, reply
from providers.sandbox.heroku.state import App, Monitor


def routes(context: Context) -> list[Route]:
    """Routes of this subject. The troubles `heroku.autoscaler` and `heroku.auto-deploy` switch on
    what an app has."""

    async def monitors(request: Request) -> Response:
        app = context.app(request)
        return reply([_monitor(context, app.monitor)] if app.monitor else [])

    async def change_monitor(request: Request) -> Response:
        app = context.app(request)
        match = app.monitor if app.monitor and app.monitor.id == _id(request) else None
        _apply(found(match, "monitor", "monitor"), await body_of(request))
        context.note("autoscaler", app=app.name, on=match.active if match else False)
        return reply(_monitor(context, found(match, "monitor", "monitor")))

    async def add_monitor(request: Request) -> Response:
        app = context.app(request)
        app.monitor = Monitor(1, 1, active=True)
        _apply(app.monitor, await body_of(request))
        context.note("autoscaler", app=app.name, on=app.monitor.active)
        return reply(_monitor(context, app.monitor), 201)

    async def github(request: Request) -> Response:
        return reply(_link(context, context.app(request)))

    one = "/apps/{app}/formation/{type}/monitors"
    return [
        Route(one, needs("read", monitors)),
        Route(one, needs("write", add_monitor), methods=["POST"]),
        Route(one + "/{monitor}", needs("write", change_monitor), methods=["PATCH"]),
        Route("/apps/{app}/github", needs("read", github)),
    ]


def _id(request: Request) -> str:
    return str(request.path_params["monitor"])


def _apply(monitor: Monitor, wanted: Json) -> None:
    monitor.minimum = int(wanted.get("min_quantity", monitor.minimum))
    monitor.maximum = int(wanted.get("max_quantity", monitor.maximum))
    monitor.active = bool(wanted.get("is_active", monitor.active))


def _monitor(context: Context, monitor: Monitor) -> Json:
    return {
        "action_type": "scale",
        "id": monitor.id,
        "is_active": monitor.active or context.standing("autoscaler") is not None,
        "max_quantity": monitor.maximum,
        "min_quantity": monitor.minimum,
        "name": "LATENCY_SCALE",
        "notification_channels": [],
        "notification_period": 1440,
        "op": "GREATER_OR_EQUAL",
        "period": 1,
        "value": 1000,
    }


def _link(context: Context, app: App) -> Json:
    if app.github is None:
        raise Refusal(404, "not_found", "Couldn't find that GitHub link.")
    return {
        "app_id": app.id,
        "auto_deploy": app.github.auto_deploy or context.standing("auto-deploy") is not None,
        "branch": app.github.branch,
        "repo": app.github.repository,
        "wait_for_ci": False,
    }
