"""An HTTP client for APIs that hold production: deadlines, caps, consent, honest errors.

No call hangs, no redirect is followed, no token leaves for a foreign host, and a write whose
answer never came is reported as unknown instead of being repeated.
"""

import asyncio
import logging
import ssl
import time
from base64 import b64encode
from collections.abc import Awaitable, Callable, Mapping
from functools import cache
from types import TracebackType

import httpx
from pydantic import SecretStr

from providers.http.answer import Answer, CallRecord, OnCall, refusal, shown
from providers.http.hosts import checked_base, within
from providers.http.retry import PASSING, RATE_LIMITED, WAIT_BUDGET, Again, retry_after, retrying
from wizard.clock import SYSTEM_CLOCK, Clock
from wizard.errors import MachineError, OutsideError, UnknownOutcome, UsageError
from wizard.safety.consent import Consent, Level, require
from wizard.safety.redact import REDACTOR

MAX_BODY = 16 * 1024 * 1024
_SAFE = frozenset({"GET", "HEAD"})
_LOOK_FIRST = "look whether it took effect before repeating it"


_log = logging.getLogger("moveday.http")


class ApiClient:
    """Calls to one API host. `who` names it in messages ("Heroku").

    `token` goes out as `Authorization: Bearer …`, with `basic` (then it is "user:password") as
    `Basic …`, to this host only; `ca_file` replaces the
    certificate store (PEM). `max_body` is in bytes, `wait_budget` the seconds one call may spend
    waiting between attempts. Raises UsageError for an address a token may not be sent to.
    """

    def __init__(
        self,
        base_url: str,
        *,
        who: str,
        headers: Mapping[str, str] | None = None,
        token: SecretStr | None = None,
        basic: bool = False,
        ca_file: str = "",
        connections: int = 8,
        max_body: int = MAX_BODY,
        wait_budget: float = WAIT_BUDGET,
        on_call: OnCall | None = None,
        clock: Clock = SYSTEM_CLOCK,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.who = who
        self.base_url = checked_base(base_url, who)
        self.on_call = on_call
        self._token = token
        self._basic = basic
        self._max_body = max_body
        self._wait_budget = wait_budget
        self._clock = clock
        self._sleep = sleep
        if token is not None:
            REDACTOR.learn(token.get_secret_value())
        _mute_loggers()
        self._client = httpx.AsyncClient(
            headers=dict(headers or {}),
            verify=_verify(ca_file),
            trust_env=False,
            follow_redirects=False,
            limits=httpx.Limits(max_connections=connections, max_keepalive_connections=connections),
            # Each attempt has a deadline of its own; these only keep a dead line from using it up.
            timeout=httpx.Timeout(None, connect=10.0),
        )
        self._fresh = httpx.AsyncClient(
            verify=_verify(ca_file),
            trust_env=False,
            follow_redirects=False,
            limits=httpx.Limits(max_connections=connections, max_keepalive_connections=0),
            timeout=httpx.Timeout(None, connect=10.0),
        )

    async def __aenter__(self) -> "ApiClient":
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close all connections."""
        await self._client.aclose()
        await self._fresh.aclose()

    async def request(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        json: object = None,
        headers: Mapping[str, str] | None = None,
        consent: Consent | None = None,
        level: Level = Level.CHANGE_NEW_SIDE,
        reads: bool = False,
        idempotent: bool = False,
        deadline: float = 30.0,
    ) -> Answer:
        """One call; a 2xx answer, or an error of wizard.errors.

        `path` is below the base URL, or an absolute link of the same origin. Anything but GET and
        HEAD needs `consent` of `level`, unless `reads` says that the call changes nothing.
        `idempotent` says that repeating a write does no harm. `deadline`: seconds of talking, over
        all attempts; a call that may be repeated spends at most half of it on one.

        A refusal before anything was done (no connection, 429) is always repeated; lost connections
        and 502 to 504 only when the call changes nothing or is idempotent.

        Raises HttpRefused for other statuses, OutsideError when nothing was sent, UnknownOutcome
        when a write was sent and its outcome is not known.
        """
        method = method.upper()
        writes = method not in _SAFE and not reads
        place = f"{self.who}, {method} {shown(path.partition('?')[0], 200)}"
        if writes:
            require(consent, level, place)
        request = self._build(place, method, path, params, json, headers)
        call = _Call(place, request, writes=writes, repeatable=not writes or idempotent)
        call.left = deadline
        call.most = deadline / 2 if call.repeatable else deadline
        try:
            async for attempt in retrying(self._wait_budget, self._sleep):
                with attempt:
                    return await self._attempt(call)
        except Again as again:
            # Left before raising, so that no error carries the request as its context.
            final = again.error
        raise final

    def _build(
        self,
        place: str,
        method: str,
        path: str,
        params: Mapping[str, str] | None,
        json: object,
        headers: Mapping[str, str] | None,
    ) -> httpx.Request:
        try:
            return self._client.build_request(
                method,
                within(self.base_url, path, self.who),
                params=dict(params) if params else None,
                json=json,
                headers=self._with_token(headers),
            )
        except (httpx.InvalidURL, UnicodeEncodeError):
            problem = UsageError(f"{place}: not a valid address or header", "nothing was sent")
        raise problem

    def _with_token(self, headers: Mapping[str, str] | None) -> dict[str, str]:
        full = dict(headers or {})
        if self._token is not None and not any(h.lower() == "authorization" for h in full):
            full["Authorization"] = _authorization(self._token, basic=self._basic)
        return full

    async def _attempt(self, call: "_Call") -> Answer:
        started = time.monotonic()
        call.sent = False
        failure, response, body = "", None, b""
        # A server hangs up on idle connections without a word, and the pool may hold several such:
        # once one was lost, a connection of its own is made.
        client = self._fresh if call.lost else self._client
        try:
            async with asyncio.timeout(max(min(call.left, call.most), 0.0)):
                call.request.extensions["trace"] = call.trace
                response = await client.send(call.request, stream=True)
                try:
                    body, failure = await self._read(response)
                finally:
                    await response.aclose()
        except TimeoutError:
            failure = "no complete answer in time"
        except httpx.HTTPError as error:
            failure = _failure_words(error)
            call.lost = True
        seconds = time.monotonic() - started
        call.left -= seconds
        self._record(call, response, seconds, failure)
        if response is None or failure:
            raise self._no_answer(call, failure)
        return self._judge(call, response, body)

    async def _read(self, response: httpx.Response) -> tuple[bytes, str]:
        chunks: list[bytes] = []
        size = 0
        async for chunk in response.aiter_bytes():
            size += len(chunk)
            if size > self._max_body:
                return b"", f"the answer is longer than {self._max_body} bytes"
            chunks.append(chunk)
        return b"".join(chunks), ""

    def _no_answer(self, call: "_Call", failure: str) -> Exception:
        if not call.sent:
            unreachable = OutsideError(
                f"{self.who} cannot be reached",
                f"{call.place}: {failure}; nothing was sent",
                "check the network and the service's status page, then try again",
            )
            return unreachable if call.left <= 0 else Again(unreachable)
        if call.writes:
            lost: OutsideError = UnknownOutcome(
                f"{call.place}: sent, but the outcome is not known", failure, _LOOK_FIRST
            )
        else:
            lost = OutsideError(f"{call.place}: no usable answer", failure, "try again")
        too_long = call.left <= 0 or failure.startswith("the answer is longer")
        return lost if too_long or not call.repeatable else Again(lost)

    def _judge(self, call: "_Call", response: httpx.Response, body: bytes) -> Answer:
        headers = {name.lower(): value for name, value in response.headers.items()}
        status = response.status_code
        if 200 <= status < 300:
            return Answer(status, headers, body, call.place)
        refused = refusal(call.place, status, headers, body)
        pause = retry_after(headers.get("retry-after"), self._clock.now())
        if status == RATE_LIMITED:
            asked = f"; it asks to wait {pause:.0f} s" if pause is not None else ""
            refused.title = f"{self.who}: too many requests"
            refused.detail = f"{call.place}: {refused.detail}{asked}"
            refused.hint = refused.hint or "wait a few minutes, then try again"
            raise Again(refused, pause)
        if status in PASSING and call.repeatable:
            refused.hint = refused.hint or "trouble on their side; try again later"
            raise Again(refused, pause)
        if status >= 500 and call.writes and not call.repeatable:
            raise UnknownOutcome(
                f"{call.place}: the outcome is not known", refused.detail, _LOOK_FIRST
            )
        raise refused

    def _record(
        self, call: "_Call", response: httpx.Response | None, seconds: float, failure: str
    ) -> None:
        status = response.status_code if response is not None else None
        request_id = response.headers.get("request-id", "") if response is not None else ""
        path = shown(call.request.url.path, 300)
        told = shown(request_id, 200)
        record = CallRecord(call.request.method, path, status, seconds, told, failure)
        _log.debug("%s %s", self.who, record)
        if self.on_call is not None:
            self.on_call(record)


class _Call:
    """One call over all its attempts. `left`: seconds of talking that remain, `most` for one."""

    def __init__(
        self, place: str, request: httpx.Request, *, writes: bool, repeatable: bool
    ) -> None:
        self.place = place
        self.request = request
        self.writes = writes
        self.repeatable = repeatable
        self.sent = False
        self.lost = False
        self.left = 0.0
        self.most = 0.0

    async def trace(self, event: str, info: Mapping[str, object]) -> None:
        """Hears from the transport when the first byte of a request goes out."""
        if event.endswith("send_request_headers.started"):
            self.sent = True


def _authorization(token: SecretStr, *, basic: bool) -> str:
    plain = token.get_secret_value()
    if not basic:
        return f"Bearer {plain}"
    return f"Basic {b64encode(plain.encode()).decode()}"


def _failure_words(error: httpx.HTTPError) -> str:
    # httpx puts URLs and pieces of answers into its messages; a few plain words serve better.
    if isinstance(error, httpx.ConnectTimeout):
        return "no connection in time"
    if isinstance(error, httpx.ConnectError):
        return shown(f"no connection ({error})", 200)
    if isinstance(error, httpx.DecodingError):
        return "the answer cannot be unpacked"
    return f"the connection was lost ({type(error).__name__})"


@cache
def _verify(ca_file: str) -> ssl.SSLContext:
    # Reading a certificate store takes tens of milliseconds, and every client needs the same one.
    if not ca_file:
        return httpx.create_ssl_context(trust_env=False)
    try:
        return ssl.create_default_context(cafile=ca_file)
    except (OSError, ssl.SSLError):
        problem = MachineError(
            "the certificate file cannot be used", ca_file, "name a PEM file with CA certificates"
        )
    raise problem


def _mute_loggers() -> None:
    # Their INFO and DEBUG lines hold whole URLs and headers.
    for name in ("httpx", "httpcore"):
        logger = logging.getLogger(name)
        logger.setLevel(logging.CRITICAL)
        logger.propagate = False
        if not logger.handlers:
            logger.addHandler(logging.NullHandler())
