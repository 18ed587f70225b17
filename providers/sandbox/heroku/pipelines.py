"""Which apps belong together, and in which stages?

Shapes: Platform API schema (pipeline, pipeline-coupling), version 3.
"""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from providers.sandbox.heroku.context import Context
from providers.sandbox.heroku.front import needs
from providers.sandbox.heroku.replies import Json, found, reply, stable_id, stamp
from providers.sandbox.heroku.state import Account, App


def routes(context: Context) -> list[Route]:
    """Routes of this subject."""
    account = context.account

    async def coupling(request: Request) -> Response:
        app = context.app(request)
        shown = _coupling(account, app) if app.pipeline else None
        return reply(found(shown, "pipeline_coupling", "pipeline coupling"))

    async def pipelines(request: Request) -> Response:
        name = request.query_params.get("eq[name]")
        keys = [key for key, own in account.pipelines.items() if name in (None, own)]
        shown = [_pipeline(account, key) for key in keys]
        return context.pager.list(request, shown, ("id", "name"))

    async def pipeline(request: Request) -> Response:
        return reply(_pipeline(account, _pipeline_id(account, request)))

    async def pipeline_couplings(request: Request) -> Response:
        name = account.pipelines[_pipeline_id(account, request)]
        members = [_coupling(account, app) for app in account.apps if app.pipeline == name]
        return context.pager.list(request, members)

    async def couplings(request: Request) -> Response:
        members = [_coupling(account, app) for app in account.apps if app.pipeline]
        return context.pager.list(request, members)

    return [
        Route("/apps/{app}/pipeline-couplings", needs("read", coupling)),
        Route("/pipelines", needs("read", pipelines)),
        Route("/pipelines/{pipeline}", needs("read", pipeline)),
        Route("/pipelines/{pipeline}/pipeline-couplings", needs("read", pipeline_couplings)),
        Route("/pipeline-couplings", needs("read", couplings)),
    ]


def _pipeline_id(account: Account, request: Request) -> str:
    wanted = request.path_params["pipeline"]
    matches = (key for key, name in account.pipelines.items() if wanted in (key, name))
    return found(next(matches, None), "pipeline", "pipeline")


def _pipeline(account: Account, key: str) -> Json:
    born = stamp(account.apps[0].created if account.apps else 0)
    return {
        "created_at": born,
        "generation": {"id": stable_id("generation", "cedar"), "name": "cedar"},
        "id": key,
        "name": account.pipelines[key],
        "owner": {"id": account.user.id, "type": "user"},
        "updated_at": born,
    }


def _coupling(account: Account, app: App) -> Json:
    key = next(key for key, name in account.pipelines.items() if name == app.pipeline)
    return {
        "app": {"id": app.id},
        "created_at": stamp(app.created),
        "id": stable_id("coupling", app.id, key),
        "pipeline": {"id": key, "name": account.pipelines[key]},
        "stage": app.stage,
        "updated_at": stamp(app.created),
    }
