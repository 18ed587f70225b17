"""How MedStack's API answers: lists under `data`, ids and `object` in each thing, errors.

Seen: lists under `data`, `object` beside `id`, the statuses 401, 404 and 500. The error's body and
every other status are assumed; `Switches.refused_change` changes the one that matters.
"""

import json
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

Json = dict[str, Any]


class Refusal(Exception):
    """An answer other than success."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message

    def response(self) -> Response:
        """The reply to send."""
        return reply(
            {"object": "error", "status": self.status, "message": self.message}, self.status
        )


def reply(body: object, status: int = 200) -> Response:
    """A JSON reply."""
    return Response(
        json.dumps(body, ensure_ascii=False).encode(),
        status,
        {"Content-Type": "application/json; charset=utf-8", "Cache-Control": "no-store"},
    )


def listed(things: list[Json], *, bare: bool) -> Response:
    """A list: under `data`, or `bare`."""
    return reply(things if bare else {"object": "list", "data": things})


async def body_of(request: Request) -> Json:
    """The request's JSON object, or a refusal."""
    try:
        value = json.loads(await request.body() or b"{}")
    except ValueError as error:
        raise Refusal(400, "The body is not JSON.") from error
    if not isinstance(value, dict):
        raise Refusal(400, "The body must be a JSON object.")
    return value
