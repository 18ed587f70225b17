"""MedStack's web interface, as far as a person needs it here: services, their logs, secrets.

No part of the API: a person makes and removes services here, and moveday never speaks to it.
"""

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from providers.sandbox.apps.supervisor import Supervisor
from providers.sandbox.aptible.serving import Served
from providers.sandbox.ledger import Ledger
from providers.sandbox.medstack.cluster_life import ClusterLife
from providers.sandbox.medstack.replies import Refusal, body_of
from providers.sandbox.medstack.shell import typed
from providers.sandbox.medstack.state import MountedSecret, Service


class Console:
    """GET and POST /services {"name", "image", "command", "env", "secrets"} · DELETE
    /services/NAME · GET /services/NAME/log · POST /services/NAME/shell {"line"} · GET /secrets ·
    DELETE /secrets/NAME."""

    def __init__(self, life: ClusterLife, supervisor: Supervisor, ledger: Ledger) -> None:
        self._life, self._supervisor, self._ledger = life, supervisor, ledger
        routes = [
            Route("/services", self._list, methods=["GET"]),
            Route("/services", self._create, methods=["POST"]),
            Route("/services/{name}", self._remove, methods=["DELETE"]),
            Route("/services/{name}/log", self._log),
            Route("/services/{name}/shell", self._shell, methods=["POST"]),
            Route("/secrets", self._secrets),
            Route("/secrets/{name}", self._forget, methods=["DELETE"]),
        ]
        self._served = Served(Starlette(routes=routes, exception_handlers={Refusal: _refused}))

    @property
    def url(self) -> str:
        """Where it is, after `start`."""
        return f"http://127.0.0.1:{self._served.port}"

    async def start(self) -> None:
        """Serve on a free loopback port."""
        await self._served.start()

    async def stop(self) -> None:
        """End it."""
        await self._served.stop()

    async def _list(self, _: Request) -> Response:
        shown = [
            {
                "name": each.name,
                "image": each.image,
                "replicas": each.replicas,
                "running": len(self._supervisor.running(self._life.owner(each.name))),
                "secrets": [used.name for used in each.secrets],
            }
            for each in self._life.cluster.services
        ]
        return JSONResponse({"services": shown})

    async def _create(self, request: Request) -> Response:
        wanted, cluster = await body_of(request), self._life.cluster
        name, image, command = (wanted.get(key) for key in ("name", "image", "command"))
        known = {each.name for each in cluster.secrets}
        used = wanted.get("secrets") or []
        if not name or not image or any(each.name == name for each in cluster.services):
            raise Refusal(422, "name (a new one) and image are needed.")
        if not isinstance(used, list) or not set(used) <= known:
            raise Refusal(422, "secrets must name secrets of this cluster.")
        made = Service(
            name=str(name),
            image=str(image),
            command=[str(word) for word in command or []],
            env={str(key): str(value) for key, value in (wanted.get("env") or {}).items()},
            secrets=[MountedSecret(each, each) for each in used],
        )
        cluster.services.append(made)
        self._ledger.note("medstack", "service-by-hand", name=made.name)
        self._life.changed()
        return JSONResponse({"id": made.id, "name": made.name}, 201)

    async def _remove(self, request: Request) -> Response:
        service = self._service(request)
        self._life.cluster.services.remove(service)
        self._ledger.note("medstack", "service-removed", name=service.name)
        self._life.changed()
        return JSONResponse({"secrets": [used.name for used in service.secrets]})

    async def _log(self, request: Request) -> Response:
        file = self._supervisor.log_file(self._life.owner(request.path_params["name"]))
        return PlainTextResponse(file.read_text(errors="replace") if file.exists() else "")

    async def _shell(self, request: Request) -> Response:
        service, wanted = self._service(request), await body_of(request)
        root, image = self._life.root(service.name), self._life.image(service)
        if root is None or image is None:
            raise Refusal(422, f"No container of {service.name} runs.")
        env = {**image.env, **service.env}
        code, text = await typed(self._supervisor, root, env, str(wanted.get("line", "")))
        return PlainTextResponse(text, 200 if code == 0 else 422)

    async def _secrets(self, _: Request) -> Response:
        return JSONResponse({"secrets": [each.name for each in self._life.cluster.secrets]})

    async def _forget(self, request: Request) -> Response:
        cluster, name = self._life.cluster, request.path_params["name"]
        secret = next((each for each in cluster.secrets if each.name == name), None)
        if secret is None:
            raise Refusal(404, "Not found.")
        using = [s.name for s in cluster.services if any(u.name == name for u in s.secrets)]
        if using:
            raise Refusal(422, f"{name} is used by {', '.join(using)}.")
        cluster.secrets.remove(secret)
        self._ledger.note("medstack", "secret-removed", name=name)
        return JSONResponse({})

    def _service(self, request: Request) -> Service:
        name = request.path_params["name"]
        found = next((s for s in self._life.cluster.services if s.name == name), None)
        if found is None:
            raise Refusal(404, "Not found.")
        return found


async def _refused(_: Request, refusal: Exception) -> Response:
    assert isinstance(refusal, Refusal)
    return refusal.response()
