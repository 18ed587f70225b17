"""The sandboxed MedStack on a port of its own; nothing else of the sandbox has to run."""

from collections.abc import Callable
from typing import Any, cast

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount

from providers.sandbox.aptible.serving import Served
from providers.sandbox.faults import Faults
from providers.sandbox.ledger import Ledger
from providers.sandbox.medstack.changes import Resolve
from providers.sandbox.medstack.context import Context, Running, Switches
from providers.sandbox.medstack.front import BASE, Front
from providers.sandbox.medstack.replies import Refusal
from providers.sandbox.medstack.routes import routes
from providers.sandbox.medstack.state import Company


class MedStackSandbox:
    """One company, served. `resolve` answers for the platform's resolver: the sandbox's DNS, or a
    table; `running` for what runs containers, `changed` hears of changed services. `switches`
    choose between what is possible."""

    def __init__(
        self,
        company: Company,
        resolve: Resolve,
        *,
        faults: Faults | None = None,
        ledger: Ledger | None = None,
        switches: Switches | None = None,
        running: Running = lambda service: service.replicas,
        changed: Callable[[], None] | None = None,
    ) -> None:
        self.company = company
        self.faults = faults or Faults()
        self.ledger = ledger or Ledger()
        self.switches = switches or Switches()
        self.context = context = Context(
            company, self.faults, self.ledger, resolve, running, self.switches
        )
        if changed is not None:
            context.changed = changed
        handlers = {Refusal: _refused, HTTPException: _no_such_call}
        # The handlers belong to the inner application: a mounted path has left the outer one.
        inner = Starlette(routes=routes(context), exception_handlers=handlers)
        outer = Starlette(routes=[Mount(BASE, inner)], exception_handlers=handlers)
        self._served = Served(Front(outer, context))

    @property
    def url(self) -> str:
        """The API's base address."""
        return f"http://127.0.0.1:{self._served.port}{BASE}"

    def environment(self) -> dict[str, str]:
        """What points moveday at this sandbox, with the company's first token."""
        token = self.company.tokens[0]
        return {
            "MEDSTACK_API_URL": self.url,
            "MEDSTACK_TOKEN_KEY": token.key,
            "MEDSTACK_TOKEN_VALUE": token.value,
        }

    async def start(self) -> None:
        """Listen; returns when calls are answered."""
        await self._served.start()

    async def stop(self) -> None:
        """End it with its connections."""
        await self._served.stop()


async def _refused(request: Request, refusal: Any) -> Response:
    return cast(Refusal, refusal).response()


async def _no_such_call(request: Request, error: Any) -> Response:
    return Refusal(404, "Not found.").response()
