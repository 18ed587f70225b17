"""What happens to every call before its handler: the token pair, and troubles that are switched on.

Basic auth with the token's key as user and its value as password (support.medstack.co,
authentication).
"""

import base64
import binascii
import hmac

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from providers.sandbox.medstack.context import Context
from providers.sandbox.medstack.replies import Refusal, reply

BASE = "/v1"


async def _nowhere(message: Message) -> None:
    """An answer that never arrives."""


class Front:
    """The layer around the calls.

    Faults, each for `method` and `path` where told: `medstack.server-error` (`status`),
    `medstack.unauthorized`, `medstack.not-json`, `medstack.rate-limit` (`retry_after`),
    `medstack.redirect` (`location`), `medstack.lost-answer` (the call takes effect, a gateway's 504
    comes in place of its answer).
    """

    def __init__(self, app: ASGIApp, context: Context) -> None:
        self._app = app
        self._context = context

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        try:
            if await self._trouble(scope, receive, send):
                return
            self._check_token(Headers(scope=scope))
        except Refusal as refusal:
            await refusal.response()(scope, receive, send)
            return
        if self._fault("lost-answer", scope) is not None:
            await self._app(scope, receive, _nowhere)
            await Refusal(504, "Gateway timeout.").response()(scope, receive, send)
            return
        await self._app(scope, receive, send)

    async def _trouble(self, scope: Scope, receive: Receive, send: Send) -> bool:
        settings = self._fault("redirect", scope)
        if settings is not None:
            moved = reply({}, 302)
            moved.headers["Location"] = str(settings.get("location", "http://127.0.0.2/"))
            await moved(scope, receive, send)
            return True
        settings = self._fault("rate-limit", scope)
        if settings is not None:
            limited = Refusal(429, "Too many requests.").response()
            limited.headers["Retry-After"] = str(settings.get("retry_after", 1))
            await limited(scope, receive, send)
            return True
        settings = self._fault("not-json", scope)
        if settings is not None:
            page = reply({})
            page.body = b"<html><title>Maintenance</title></html>"
            page.headers["Content-Length"] = str(len(page.body))
            page.headers["Content-Type"] = "text/html"
            await page(scope, receive, send)
            return True
        settings = self._fault("server-error", scope)
        if settings is not None:
            status = settings.get("status", 500)
            raise Refusal(status if isinstance(status, int) else 500, "Something went wrong.")
        if self._fault("unauthorized", scope) is not None:
            raise Refusal(401, "Unauthorized.")
        return False

    def _fault(self, name: str, scope: Scope) -> dict[str, object] | None:
        return self._context.faults.take(
            f"medstack.{name}", method=scope["method"], path=scope["path"]
        )

    def _check_token(self, headers: Headers) -> None:
        kind, _, encoded = headers.get("Authorization", "").partition(" ")
        try:
            given = base64.b64decode(encoded, validate=True) if kind.lower() == "basic" else b""
        except (binascii.Error, ValueError):
            given = b""
        for token in self._context.company.tokens:
            if hmac.compare_digest(given, f"{token.key}:{token.value}".encode()):
                return
        raise Refusal(401, "Unauthorized.")
