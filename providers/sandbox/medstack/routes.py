"""The calls of the API: what a token of one company can see and change.

Seen: companies/current, clusters, services (list and PATCH), secrets (POST), refresh_image. The
rest (one service, lists of secrets, configs and nodes) follows from them by convention and can be
switched off.
"""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from providers.sandbox.medstack import shapes
from providers.sandbox.medstack.changes import apply, changed, check_domains
from providers.sandbox.medstack.context import Context
from providers.sandbox.medstack.replies import Json, Refusal, body_of, listed, reply
from providers.sandbox.medstack.state import Cluster, Secret, Service

_CLUSTER = "/companies/{company}/clusters/{cluster}"
_SERVICE = _CLUSTER + "/services/{service}"


def routes(context: Context) -> list[Route]:
    """All of them."""
    return [*_reading(context), *_changing(context)]


def _reading(context: Context) -> list[Route]:
    switches = context.switches

    async def current(request: Request) -> Response:
        return reply(shapes.company(context.company))

    async def clusters(request: Request) -> Response:
        context.own(request)
        return _list(context, [shapes.cluster(each) for each in context.company.clusters])

    async def services(request: Request) -> Response:
        found = context.cluster(request).services
        if switches.thin_list:
            return _list(context, [{"id": each.id, "object": "service"} for each in found])
        return _list(context, [_shown(context, each) for each in found])

    async def service(request: Request) -> Response:
        _offered(context, "service")
        _, found = context.service(request)
        return reply(_shown(context, found))

    async def secrets(request: Request) -> Response:
        _offered(context, "secrets")
        found = context.cluster(request).secrets
        return _list(context, [shapes.secret(each, swarm=switches.swarm) for each in found])

    async def configs(request: Request) -> Response:
        _offered(context, "configs")
        found = context.cluster(request).configs
        return _list(context, [shapes.config(each, swarm=switches.swarm) for each in found])

    async def nodes(request: Request) -> Response:
        _offered(context, "nodes")
        return _list(context, [shapes.node(each) for each in context.cluster(request).nodes])

    return [
        Route("/companies/current", current),
        Route("/companies/{company}/clusters", clusters),
        Route(_CLUSTER + "/services", services),
        Route(_SERVICE, service),
        Route(_CLUSTER + "/secrets", secrets),
        Route(_CLUSTER + "/configs", configs),
        Route(_CLUSTER + "/nodes", nodes),
    ]


def _changing(context: Context) -> list[Route]:
    async def new_secret(request: Request) -> Response:
        cluster, wanted = context.cluster(request), await body_of(request)
        name, data = wanted.get("name"), wanted.get("data")
        known = {each.name for each in cluster.secrets}
        if not isinstance(name, str) or not isinstance(data, str) or not name or name in known:
            raise Refusal(context.switches.refused_change, "name (a new one) and data are needed.")
        made = Secret(name, data)
        cluster.secrets.append(made)
        context.ledger.note("medstack", "secret", name=name)
        return reply({"id": made.id, "object": "secret", "name": name}, 201)

    async def new_service(request: Request) -> Response:
        cluster, wanted = context.cluster(request), await body_of(request)
        bare = Service(name=str(wanted.get("name", "")), image=str(wanted.get("image", "")))
        if not bare.name or any(each.name == bare.name for each in cluster.services):
            raise Refusal(context.switches.refused_change, "name is needed, a new one.")
        made = await _checked(context, cluster, bare, wanted)
        cluster.services.append(made)
        context.ledger.note("medstack", "service", name=made.name)
        context.changed()
        return reply(_shown(context, made), 201)

    async def change(request: Request) -> Response:
        cluster, before = context.service(request)
        after = await _checked(context, cluster, before, await body_of(request))
        apply(cluster, before, after, context.ledger)
        context.changed()
        return reply(_shown(context, after))

    async def refresh(request: Request) -> Response:
        cluster, found = context.service(request)
        refused = context.switches.refused_change
        await check_domains(cluster, found.domains, context.resolve, refused)
        found.pulled += 1
        context.ledger.note("medstack", "refresh", service=found.name)
        context.changed()
        return reply(_shown(context, found))

    async def remove_secret(request: Request) -> Response:
        cluster = context.cluster(request)
        if "delete-secret" in context.switches.not_offered:
            raise Refusal(405, "Method not allowed.")
        identity = request.path_params["secret"]
        found = next((each for each in cluster.secrets if each.id == identity), None)
        if found is None:
            raise Refusal(404, "Not found.")
        used = [s.name for s in cluster.services if any(u.name == found.name for u in s.secrets)]
        if used:
            raise Refusal(409, f"{found.name} is used by {', '.join(used)}.")
        cluster.secrets.remove(found)
        context.ledger.note("medstack", "secret-removed", name=found.name)
        return Response(status_code=204)

    return [
        Route(_CLUSTER + "/secrets", new_secret, methods=["POST"]),
        Route(_CLUSTER + "/secrets/{secret}", remove_secret, methods=["DELETE"]),
        Route(_CLUSTER + "/services", new_service, methods=["POST"]),
        Route(_SERVICE, change, methods=["PATCH"]),
        Route(_SERVICE + "/refresh_image", refresh, methods=["POST"]),
    ]


async def _checked(context: Context, cluster: Cluster, before: Service, wanted: Json) -> Service:
    refused = context.switches.refused_change
    try:
        return await changed(cluster, before, wanted, context.resolve, refused)
    except Refusal as refusal:
        context.ledger.note("medstack", "refused", service=before.name, why=refusal.message)
        raise


def _shown(context: Context, service: Service) -> Json:
    switches = context.switches
    shown = shapes.service(service, swarm=switches.swarm, leave_out=switches.leave_out)
    if switches.running:
        count = context.running(service)
        key = "ServiceStatus" if switches.swarm else "running_replicas"
        shown[key] = {"RunningTasks": count} if switches.swarm else count
    return shown


def _list(context: Context, things: list[Json]) -> Response:
    return listed(things, bare=context.switches.bare_lists)


def _offered(context: Context, call: str) -> None:
    if call in context.switches.not_offered:
        raise Refusal(404, "Not found.")
