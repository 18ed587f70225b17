"""How many of what run, and at what size? Formation, dynos and dyno sizes.

Shapes: Platform API schema (formation, dyno, dyno-size), version 3; quantities may be relative
strings such as `+1`, as the official client sends them.
"""

import re
import time

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from providers.sandbox.heroku.apps import reference
from providers.sandbox.heroku.context import Context
from providers.sandbox.heroku.dynos import Dyno
from providers.sandbox.heroku.front import needs
from providers.sandbox.heroku.replies import Json, Refusal, body_of, found, reply, stable_id, stamp
from providers.sandbox.heroku.state import App, ProcessType

BORN = 1_577_836_800.0
# Name, memory in GB, monthly cents, dedicated; Dev Center, "Dyno Types".
SIZES = (
    ("Eco", 0.5, 500, False),
    ("Basic", 0.5, 700, False),
    ("Standard-1X", 0.5, 2500, False),
    ("Standard-2X", 1.0, 5000, False),
    ("Performance-M", 2.5, 25000, True),
    ("Performance-L", 14.0, 50000, True),
)
QUANTITY = re.compile(r"^([+-]?)(\d+)$")


def routes(context: Context) -> list[Route]:
    """Routes of this subject."""

    async def formation(request: Request) -> Response:
        app = context.app(request)
        shown = [_formation(app, process) for process in app.formation.values()]
        return context.pager.list(request, shown, ("id", "type"))

    async def one_formation(request: Request) -> Response:
        app = context.app(request)
        return reply(_formation(app, _process(app, request.path_params["type"])))

    async def scale(request: Request) -> Response:
        app = context.app(request)
        updates = (await body_of(request)).get("updates")
        if not isinstance(updates, list) or not updates:
            raise Refusal(422, "invalid_params", "updates must be a list.")
        changed = _scaled(context, app, updates)
        return reply([_formation(app, process) for process in changed])

    async def scale_one(request: Request) -> Response:
        app = context.app(request)
        update = {**await body_of(request), "type": request.path_params["type"]}
        return reply(_formation(app, _scaled(context, app, [update])[0]))

    async def dynos(request: Request) -> Response:
        app = context.app(request)
        shown = [_dyno(app, dyno) for dyno in context.dynos.of(app)]
        return context.pager.list(request, shown, ("id", "name"))

    async def run(request: Request) -> Response:
        app = context.app(request)
        wanted = await body_of(request)
        command, size = wanted.get("command"), str(wanted.get("size") or "Standard-1X")
        release = app.current
        if not isinstance(command, str) or not command or release is None:
            raise Refusal(422, "invalid_params", "Name a command; the app must have a release.")
        if wanted.get("attach"):
            raise Refusal(422, "invalid_params", "The sandbox runs detached dynos only.")
        dyno = context.dynos.start_one_off(app, release, command, _size_name(size))
        return reply(_dyno(app, dyno), 201)

    async def one_dyno(request: Request) -> Response:
        app = context.app(request)
        return reply(_dyno(app, _found_dyno(context, app, request)))

    async def stop_dyno(request: Request) -> Response:
        app = context.app(request)
        dyno = _found_dyno(context, app, request)
        context.note("dyno-stop", app=app.name, dyno=dyno.name)
        context.in_background(context.dynos.stop_dyno(app, dyno))
        return reply({}, 202)

    async def restart_all(request: Request) -> Response:
        app = context.app(request)
        context.note("dyno-restart", app=app.name)
        context.in_background(context.dynos.restart(app))
        return reply({}, 202)

    async def sizes(request: Request) -> Response:
        return context.pager.list(request, [_size(*row) for row in SIZES], ("id", "name"))

    one = "/apps/{app}"
    return [
        Route(one + "/formation", needs("read", formation)),
        Route(one + "/formation", needs("write", scale), methods=["PATCH"]),
        Route(one + "/formation/{type}", needs("read", one_formation)),
        Route(one + "/formation/{type}", needs("write", scale_one), methods=["PATCH"]),
        Route(one + "/dynos", needs("read", dynos)),
        Route(one + "/dynos", needs("write", run), methods=["POST"]),
        Route(one + "/dynos", needs("write", restart_all), methods=["DELETE"]),
        Route(one + "/dynos/{dyno}", needs("read", one_dyno)),
        Route(one + "/dynos/{dyno}", needs("write", stop_dyno), methods=["DELETE"]),
        Route(one + "/dynos/{dyno}/actions/stop", needs("write", stop_dyno), methods=["POST"]),
        Route("/dyno-sizes", needs("read", sizes)),
    ]


def _process(app: App, kind: object) -> ProcessType:
    match = next((p for p in app.formation.values() if kind in (p.type, p.id)), None)
    return found(match, "formation", "process type")


def _scaled(context: Context, app: App, updates: list[Json]) -> list[ProcessType]:
    """Check every update first, then apply all of them and let the dynos follow."""
    planned = []
    for update in updates:
        process = _process(app, update.get("type"))
        quantity = _quantity(process, update.get("quantity"))
        size = update.get("dyno_size") or update.get("size")
        name = size.get("name", process.size) if isinstance(size, dict) else size
        planned.append((process, quantity, _size_name(name) if name else process.size))
    for process, quantity, size_name in planned:
        before = process.quantity
        process.quantity, process.size = quantity, size_name
        process.updated = time.time()
        context.note("formation", app=app.name, type=process.type, quantity=quantity, was=before)
    context.in_background(context.dynos.reconcile(app))
    return [process for process, _, _ in planned]


def _quantity(process: ProcessType, wanted: object) -> int:
    """The new quantity; a leading sign counts from the present one."""
    if wanted is None:
        return process.quantity
    match = QUANTITY.match(str(wanted)) if isinstance(wanted, int | str) else None
    # Only a string can be relative: a number below zero is just wrong.
    wrong = isinstance(wanted, bool) or (isinstance(wanted, int) and wanted < 0)
    if match is None or wrong:
        raise Refusal(422, "invalid_params", f"Invalid quantity for {process.type}.")
    amount = int(match[2])
    if match[1]:
        amount = process.quantity + (amount if match[1] == "+" else -amount)
    if not 0 <= amount <= 100:
        raise Refusal(422, "invalid_params", f"Cannot scale {process.type} to {amount}.")
    return amount


def _size_name(wanted: str) -> str:
    for name, *_ in SIZES:
        if wanted.lower() in (name.lower(), stable_id("dyno-size", name)):
            return name
    raise Refusal(422, "invalid_params", f"No such dyno size: {wanted}.")


def _formation(app: App, process: ProcessType) -> Json:
    return {
        "app": reference(app),
        "command": process.command,
        "created_at": stamp(process.created),
        "dyno_size": {"id": stable_id("dyno-size", process.size), "name": process.size},
        "id": process.id,
        "quantity": process.quantity,
        "size": process.size,
        "type": process.type,
        "updated_at": stamp(process.updated),
    }


def _found_dyno(context: Context, app: App, request: Request) -> Dyno:
    wanted = request.path_params["dyno"]
    match = (dyno for dyno in context.dynos.of(app) if wanted in (dyno.name, dyno.id))
    return found(next(match, None), "dyno", "dyno")


def _dyno(app: App, dyno: Dyno) -> Json:
    return {
        "app": reference(app),
        "attach_url": None,
        "command": dyno.command,
        "created_at": stamp(dyno.created),
        "id": dyno.id,
        "name": dyno.name,
        "release": {"id": dyno.release.id, "version": dyno.release.version},
        "size": dyno.size,
        "state": dyno.shown_state,
        "type": dyno.type,
        "updated_at": stamp(dyno.updated),
    }


def _size(name: str, memory: float, cents: int, dedicated: bool) -> Json:
    return {
        "architecture": "amd64",
        "compute": 8 if dedicated else 1,
        "cost": {"cents": cents, "unit": "month"},
        "dedicated": dedicated,
        "generation": {"id": stable_id("generation", "cedar"), "name": "cedar"},
        "id": stable_id("dyno-size", name),
        "memory": memory,
        "name": name,
        "precise_dyno_units": 1.0,
        "private_space_only": False,
    }
