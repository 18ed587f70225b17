"""The platform's way of saying things: error bodies, times, and records looked up or 404."""

import hashlib
import json
import uuid
from datetime import UTC, datetime
from typing import Any, TypeVar

from starlette.requests import Request
from starlette.responses import Response

Json = dict[str, Any]
Record = TypeVar("Record")
REFERENCE = "https://devcenter.heroku.com/articles/platform-api-reference"


class Refusal(Exception):
    """An answer other than success: status, error id and message, as the reference lists them."""

    def __init__(self, status: int, error_id: str, message: str, **extra: object) -> None:
        super().__init__(message)
        self.status = status
        self.body: Json = {"id": error_id, "message": message, **extra}
        self.headers: dict[str, str] = {}

    def response(self) -> Response:
        """The reply to send."""
        return reply({**self.body, "url": self.body.get("url", REFERENCE)}, self.status)


def reply(body: object, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """A JSON reply with an ETag made of its bytes."""
    text = json.dumps(body, ensure_ascii=False).encode()
    tag = hashlib.md5(text, usedforsecurity=False).hexdigest()
    return Response(
        text,
        status,
        {
            "Content-Type": "application/json;charset=utf-8",
            "ETag": f'"{tag}"',
            "Cache-Control": "private, no-cache",
            **(headers or {}),
        },
    )


def found(record: Record | None, resource: str, title: str) -> Record:
    """`record`, or the 404 that names the resource."""
    if record is None:
        raise Refusal(404, "not_found", f"Couldn't find that {title}.", resource=resource)
    return record


async def body_of(request: Request) -> Json:
    """The request's JSON object; nothing sent is an empty one, anything else is a 400."""
    raw = await request.body()
    if not raw:
        return {}
    try:
        value = json.loads(raw)
    except ValueError as error:
        raise Refusal(400, "bad_request", "Unable to parse the JSON request body.") from error
    if not isinstance(value, dict):
        raise Refusal(400, "bad_request", "The request body must be a JSON object.")
    return value


def stamp(epoch: float) -> str:
    """ISO 8601 in UTC to the second, as the platform API writes times."""
    return datetime.fromtimestamp(epoch, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def odd_stamp(epoch: float | None) -> str | None:
    """`2020-12-13 16:22:40 +0000`, as the data host writes the times of transfers."""
    if epoch is None:
        return None
    return datetime.fromtimestamp(epoch, UTC).strftime("%Y-%m-%d %H:%M:%S +0000")


def stable_id(*parts: str) -> str:
    """The same id for the same thing each time, for records that are not kept."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, "/".join(parts)))


def new_request_id() -> str:
    """A fresh id for one reply."""
    return str(uuid.uuid4())
