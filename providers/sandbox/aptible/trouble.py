"""What goes wrong with an HTTP request, when a fault is switched on?"""

import asyncio
import json
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from providers.sandbox.faults import Faults

_WRITES = ("POST", "PUT", "PATCH", "DELETE")


class Trouble:
    """Wraps an app: limit, server error, refused token, a reply that never ends or never comes."""

    def __init__(self, app: ASGIApp, faults: Faults) -> None:
        self._app = app
        self._faults = faults

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        where = {"method": scope["method"], "path": scope["path"]}
        take = self._faults.take
        if (fault := take("aptible.rate-limit", **where)) is not None:
            after = str(fault.get("retry_after", 1)).encode()
            headers = [(b"retry-after", after)]
            await _answer(send, 429, "rate_limited", "Too many requests", headers)
        elif (fault := take("aptible.server-error", **where)) is not None:
            status = int(str(fault.get("status", 500)))
            await _answer(send, status, "internal_server_error", "Something went wrong")
        elif take("aptible.unauthorized", **where) is not None:
            await _answer(send, 401, "invalid_token", "The access token is not valid")
        elif take("aptible.endless-reply", **where) is not None:
            await _endless(receive, send)
        elif scope["method"] in _WRITES and take("aptible.drop-reply", **where) is not None:
            await self._app(scope, receive, _ignore)
            await _hang_up(receive, send)
        else:
            await self._app(scope, receive, send)


async def _ignore(_: Message) -> None:
    """Take an answer that nobody will see."""


async def _answer(
    send: Send,
    status: int,
    error: str,
    message: str,
    headers: list[tuple[bytes, bytes]] | None = None,
) -> None:
    body = json.dumps({"code": status, "error": error, "message": message}).encode()
    own = [(b"content-type", b"application/hal+json")]
    await send(
        {"type": "http.response.start", "status": status, "headers": [*own, *(headers or [])]}
    )
    await send({"type": "http.response.body", "body": body})


async def _endless(receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    gone = asyncio.create_task(_until_gone(receive))
    try:
        while not gone.done():
            await send({"type": "http.response.body", "body": b" ", "more_body": True})
            await asyncio.sleep(0.1)
    finally:
        gone.cancel()


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        continue


async def _hang_up(receive: Receive, send: Send) -> None:
    """Close the connection without a reply; uvicorn offers no official way to its transport."""
    cycle: Any = getattr(send, "__self__", None)
    cycle.transport.abort()
    await _until_gone(receive)
