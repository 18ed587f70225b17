"""How does Aptible write resources, collections and errors? HAL: links, embedded parts, pages."""

import datetime
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

Json = dict[str, Any]
Item = TypeVar("Item")


class ApiError(Exception):
    """An answer of the form {"code", "error", "message"}; `context` as `exception_context`."""

    def __init__(self, status: int, error: str, message: str, context: Json | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.error = error
        self.message = message
        self.context = context

    def response(self) -> Response:
        body: Json = {"code": self.status, "error": self.error, "message": self.message}
        if self.context is not None:
            body["exception_context"] = self.context
        return hal(body, self.status)


def not_found(message: str = "Not Found") -> ApiError:
    """404: no such resource."""
    return ApiError(404, "not_found", message)


def unprocessable(message: str) -> ApiError:
    """422: the body is not acceptable."""
    return ApiError(422, "unprocessable_entity", message)


def hal(body: Json, status: int = 200) -> Response:
    """A HAL answer."""
    return Response(json.dumps(body), status, media_type="application/hal+json")


def iso(seconds: float) -> str:
    """A time as Aptible writes it, e.g. 2026-05-01T09:30:00.000Z."""
    moment = datetime.datetime.fromtimestamp(seconds, datetime.UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def links(**hrefs: str | None) -> Json:
    """A `_links` object of those that exist."""
    return {name: {"href": href} for name, href in hrefs.items() if href is not None}


def whole_number(value: object, name: str) -> int:
    """A whole number out of a body; raises ApiError 422."""
    try:
        return int(str(value))
    except ValueError:
        raise unprocessable(f"{name} is not a number") from None


async def json_body(request: Request) -> Json:
    """The request's JSON object, of either content type that the official clients send."""
    raw = await request.body()
    if not raw:
        return {}
    try:
        body = json.loads(raw)
    except ValueError:
        raise ApiError(400, "bad_request", "The request body is not JSON") from None
    if not isinstance(body, dict):
        raise ApiError(400, "bad_request", "The request body is not an object")
    return body


@dataclass(frozen=True)
class Wishes:
    """What a reader asked for: secrets and sensitive extras, embedded parts."""

    sensitive: bool
    embed: bool


def wishes(request: Request, sensitive_without_prefer: bool) -> Wishes:
    """Read `Prefer: no_sensitive_extras=…` and `?no_embed=true`."""
    sensitive = sensitive_without_prefer
    for part in request.headers.get("prefer", "").replace(";", ",").split(","):
        name, _, value = part.strip().partition("=")
        if name == "no_sensitive_extras":
            sensitive = value.strip().strip('"').lower() == "false"
    return Wishes(sensitive, request.query_params.get("no_embed") != "true")


def page(
    request: Request,
    href: str,
    relation: str,
    items: Sequence[Item],
    render: Callable[[Item], Mapping[str, Any]],
    page_size: int,
) -> Response:
    """One page of a collection; `href` is its absolute address without a query."""
    query = dict(request.query_params)
    try:
        number = max(1, int(query.get("page", "1")))
        size = min(5000, max(1, int(query.get("per_page", str(page_size)))))
    except ValueError:
        raise ApiError(400, "bad_request", "page and per_page are numbers") from None
    start = (number - 1) * size

    def address(wanted: int) -> str:
        return f"{href}?{urlencode({**query, 'page': wanted, 'per_page': size})}"

    more = start + size < len(items)
    body: Json = {
        "total_count": len(items),
        "per_page": size,
        "current_page": number,
        "_links": links(
            self=f"{href}?{urlencode(query)}" if query else href,
            next=address(number + 1) if more else None,
            prev=address(number - 1) if number > 1 else None,
        ),
        "_embedded": {relation: [render(item) for item in items[start : start + size]]},
    }
    return hal(body)
