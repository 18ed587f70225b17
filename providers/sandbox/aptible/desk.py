"""What does every request handler need? Sign-in, the reader's wishes, look-ups, pages."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, TypeVar

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from providers.sandbox.aptible.hal import ApiError, Json, json_body, not_found, page, wishes
from providers.sandbox.aptible.platform import Platform
from providers.sandbox.aptible.present import View
from providers.sandbox.aptible.runner import Runner
from providers.sandbox.aptible.tokens import WRITE_SCOPES

Item = TypeVar("Item")
Call = Callable[[Request], Awaitable[Response]]
_READS = ("GET", "HEAD")


class Desk:
    """Shared by the route classes of all subjects."""

    def __init__(self, platform: Platform, runner: Runner) -> None:
        self.platform = platform
        self.state = platform.state
        self.runner = runner

    def route(self, path: str, **calls: Call) -> Route:
        """A route that wants a good token, e.g. `route("/apps/{id}", get=…, put=…)`."""
        by_method = {method.upper(): call for method, call in calls.items()}

        async def endpoint(request: Request) -> Response:
            header = request.headers.get("authorization", "")
            token = self.platform.auth.tokens.judge_header(header)
            method = "GET" if request.method == "HEAD" else request.method
            if method not in _READS and token.scope not in WRITE_SCOPES:
                raise ApiError(403, "forbidden", "The token's scope does not allow this")
            return await by_method[method](request)

        return Route(path, endpoint, methods=list(by_method))

    def view(self, request: Request) -> View:
        """The view of this reader."""
        asked = wishes(request, self.platform.switches.sensitive_without_prefer)
        return View(self.platform, asked)

    def one(self, table: Mapping[int, Item], request: Request) -> Item:
        """The record named in the path; raises ApiError 404."""
        wanted = request.path_params["id"]
        record = table.get(int(wanted)) if str(wanted).isdigit() else None
        if record is None:
            raise not_found()
        return record

    def many(
        self,
        request: Request,
        relation: str,
        items: Sequence[Item],
        render: Callable[[Item], Mapping[str, Any]],
    ) -> Response:
        """A page of records."""
        href = f"{self.platform.api_url}{request.url.path}"
        return page(request, href, relation, items, render, self.platform.switches.page_size)

    async def body(self, request: Request) -> Json:
        """The request's JSON object."""
        return await json_body(request)


def linked_id(value: object) -> int | None:
    """The id in a number, a text of digits or an address; None when there is none."""
    text = str(value if value is not None else "").rstrip("/").rpartition("/")[2]
    return int(text) if text.isdigit() else None
