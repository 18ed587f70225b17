"""What happens to every request before and after its handler: token, version, limits, troubles.

Platform API reference: `Authorization: Bearer`, `Accept: application/vnd.heroku+json; version=3`,
`RateLimit-Remaining`, `Request-Id`, `Oauth-Scope`, ETags.
"""

import asyncio
import base64
import binascii
import re
import time
from collections.abc import Awaitable, Callable

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from providers.sandbox.faults import Faults
from providers.sandbox.heroku.replies import Refusal, new_request_id
from providers.sandbox.heroku.state import Account, Token

HOURLY_CALLS = 4500
REFILL_PER_SECOND = 75 / 60
DATA_PATHS = ("/client/", "/postgres/", "/redis/", "/data/")
LINK_PATH = "/backup-storage/"
LOG_PATH = "/log-stream/"
# POST calls that only look something up.
LOOK_UPS = ("/actions/", "/filters/")
VERSION = re.compile(r"application/vnd\.heroku\+json\s*;\s*version=(3[\w.-]*)")
IMPLIED = {
    "global": {"identity", "read", "write", "read-protected", "write-protected"},
    "write-protected": {"read", "write", "read-protected"},
    "read-protected": {"read"},
    "write": {"read"},
}
Handler = Callable[[Request], Awaitable[Response]]


class Allowance:
    """The hourly allowance of one account, refilled little by little."""

    def __init__(self) -> None:
        self._left = float(HOURLY_CALLS)
        self._seen = time.monotonic()

    def left(self, spend: int = 0) -> int:
        """Calls left after spending `spend`."""
        now = time.monotonic()
        self._left = min(HOURLY_CALLS, self._left + (now - self._seen) * REFILL_PER_SECOND)
        self._seen = now
        self._left = max(0.0, self._left - spend)
        return int(self._left)


def needs(scope: str, handler: Handler) -> Handler:
    """`handler` behind a check of the token's scopes: 403 without `scope`."""

    async def checked(request: Request) -> Response:
        token: Token = request.scope["heroku.token"]
        request.scope["heroku.accepted"] = f"global {scope}"
        held = set(token.scopes).union(*(IMPLIED.get(name, set()) for name in token.scopes))
        if scope not in held:
            raise Refusal(
                403,
                "forbidden",
                "The scope of this OAuth authorization does not allow access to this resource.",
            )
        return await handler(request)

    return checked


def sdk_version(request: Request) -> bool:
    """Whether the wider `version=3.sdk` was asked for."""
    match = VERSION.search(request.headers.get("Accept", ""))
    return bool(match) and match is not None and match[1] == "3.sdk"


class Front:
    """The layer around the whole application. `drop` closes a client's connection at once."""

    def __init__(
        self, app: ASGIApp, account: Account, faults: Faults, drop: Callable[[Scope], None]
    ) -> None:
        self._app = app
        self._account = account
        self._faults = faults
        self._drop = drop
        self._allowance = Allowance()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or scope["path"].startswith((LINK_PATH, LOG_PATH)):
            await self._app(scope, receive, send)
            return
        trouble = await self._trouble(scope, receive, send)
        if trouble:
            return
        try:
            scope["heroku.token"] = self._token(Headers(scope=scope))
            self._check_version(scope)
        except Refusal as refusal:
            await refusal.response()(scope, receive, self._dressed(scope, send))
            return
        quiet = scope["path"] == "/account/rate-limits"
        scope["heroku.left"] = self._allowance.left(0 if quiet else 1)
        if scope["heroku.left"] == 0 and not quiet:
            await _limited().response()(scope, receive, self._dressed(scope, send))
            return
        if _writes(scope) and self._fault("drop-reply", scope) is not None:
            await self._app(scope, receive, _nowhere)
            self._drop(scope)
            # The server has to hear of the cut before it would miss a reply.
            await _disconnected(receive)
            return
        await self._app(scope, receive, self._dressed(scope, send))

    def _fault(self, name: str, scope: Scope) -> dict[str, object] | None:
        return self._faults.take(f"heroku.{name}", method=scope["method"], path=scope["path"])

    async def _trouble(self, scope: Scope, receive: Receive, send: Send) -> bool:
        """Answer with a switched-on fault instead of the real thing; False when there is none."""
        settings = self._fault("endless-reply", scope)
        if settings is not None:
            await _endless(receive, self._dressed(scope, send))
            return True
        refusal = self._refusal(scope)
        if refusal is None:
            return False
        response = refusal.response()
        response.headers.update(refusal.headers)
        await response(scope, receive, self._dressed(scope, send))
        return True

    def _refusal(self, scope: Scope) -> Refusal | None:
        settings = self._fault("rate-limit", scope)
        if settings is not None:
            limited = _limited()
            wait = settings.get("retry_after", 1)
            if wait is not None:
                limited.headers["Retry-After"] = str(wait)
            scope["heroku.left"] = 0
            return limited
        settings = self._fault("server-error", scope)
        if settings is not None:
            status = settings.get("status", 503)
            code = status if isinstance(status, int) else 503
            return Refusal(code, "internal_server_error", "Something went wrong on our side.")
        if self._fault("unauthorized", scope) is not None:
            return Refusal(401, "unauthorized", "Invalid credentials provided.")
        return None

    def _token(self, headers: Headers) -> Token:
        kind, _, value = headers.get("Authorization", "").partition(" ")
        secret = value.strip() if kind.lower() == "bearer" else ""
        if kind.lower() == "basic":
            try:
                secret = base64.b64decode(value, validate=True).decode().partition(":")[2]
            except (binascii.Error, UnicodeDecodeError):
                secret = ""
        for token in self._account.tokens:
            over = token.expires is not None and token.expires <= time.time()
            if secret and token.secret == secret and not over:
                return token
        raise Refusal(401, "unauthorized", "Invalid credentials provided.")

    def _check_version(self, scope: Scope) -> None:
        if scope["path"].startswith(DATA_PATHS):
            return
        if VERSION.search(Headers(scope=scope).get("Accept", "")) is None:
            raise Refusal(
                406,
                "not_acceptable",
                "Name an API version in the Accept header: application/vnd.heroku+json; version=3.",
            )

    def _dressed(self, scope: Scope, send: Send) -> Send:
        """`send` that adds the platform's headers, and answers 304 when the ETag is known."""
        own = new_request_id()
        received = Headers(scope=scope).get("Request-Id")
        known = Headers(scope=scope).get("If-None-Match")
        unchanged = False

        async def dressed(message: Message) -> None:
            nonlocal unchanged
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                token: Token | None = scope.get("heroku.token")
                headers["Request-Id"] = f"{received},{own}" if received else own
                headers["RateLimit-Remaining"] = str(
                    scope.get("heroku.left", self._allowance.left())
                )
                headers["RateLimit-Multiplier"] = "1"
                headers["Vary"] = "Accept-Encoding"
                if token is not None:
                    headers["Oauth-Scope"] = " ".join(token.scopes)
                    headers["Oauth-Scope-Accepted"] = scope.get("heroku.accepted", "global")
                if known and scope["method"] == "GET" and headers.get("ETag") == known:
                    unchanged = True
                    message["status"] = 304
                    headers["Content-Length"] = "0"
            elif unchanged:
                message = {"type": "http.response.body", "body": b""}
            await send(message)

        return dressed


def _limited() -> Refusal:
    return Refusal(429, "rate_limit", "Your account reached the API rate limit.")


def _writes(scope: Scope) -> bool:
    return scope["method"] not in ("GET", "HEAD") and not scope["path"].startswith(LOOK_UPS)


async def _nowhere(message: Message) -> None:
    """Swallow a reply: the write it answers has been committed."""


async def _endless(receive: Receive, send: Send) -> None:
    """A reply that begins well and never ends; stops when the client goes away."""
    await send(
        {
            "type": "http.response.start",
            "status": 200,
            "headers": [(b"content-type", b"application/json;charset=utf-8")],
        }
    )
    gone = asyncio.create_task(_disconnected(receive))
    try:
        while not gone.done():
            await send({"type": "http.response.body", "body": b" " * 64, "more_body": True})
            await asyncio.sleep(0.05)
    finally:
        gone.cancel()


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
