"""What does an app's log say? Log sessions, of which only the router's lines are served here.

Platform API reference, "Log Session": POST gives `logplex_url`, which streams without a token.
Form of the lines: Dev Center, "HTTP Routing". The official client reads the stream as server-sent
events. The scope that is needed is a guess: the reference does not say it.
"""

import asyncio
import secrets
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from providers.sandbox.heroku.context import Context
from providers.sandbox.heroku.front import LOG_PATH, needs
from providers.sandbox.heroku.replies import Refusal, new_request_id, reply, stamp
from providers.sandbox.heroku.state import App
from providers.sandbox.router import RequestLine

_LIVES = 300.0
"""Seconds that a session may wait for its reader."""
_USUAL_LINES = 100
_MOST_LINES = 1_500
_LOOK_EVERY = 0.05


@dataclass(frozen=True)
class _Session:
    app: App
    lines: int
    tail: bool
    router: bool
    until: float


def routes(context: Context) -> list[Route]:
    """Routes of this subject."""
    sessions: dict[str, _Session] = {}

    async def create(request: Request) -> Response:
        app = context.app(request)
        try:
            wishes = await request.json()
        except ValueError:
            wishes = {}
        if not isinstance(wishes, dict):
            raise Refusal(422, "invalid_params", "The body is not an object.")
        lines = wishes.get("lines", _USUAL_LINES)
        if not isinstance(lines, int) or isinstance(lines, bool) or not 0 <= lines <= _MOST_LINES:
            raise Refusal(422, "invalid_params", "lines must be a number up to 1500.")
        key = secrets.token_urlsafe(24)
        asked = wishes.get("source") in (None, "heroku") and wishes.get("dyno") in (None, "router")
        tail = wishes.get("tail") is True
        sessions[key] = _Session(app, lines, tail, asked, time.monotonic() + _LIVES)
        now = time.time()
        shown = {
            "created_at": stamp(now),
            "id": new_request_id(),
            "logplex_url": f"{context.base_url}{LOG_PATH}{key}",
            "updated_at": stamp(now),
        }
        return reply(shown, 201)

    async def stream(request: Request) -> Response:
        session = sessions.get(request.path_params["key"])
        if session is None or session.until < time.monotonic():
            raise Refusal(404, "not_found", "Couldn't find that log session.")
        events = "text/event-stream" in request.headers.get("Accept", "")
        return StreamingResponse(
            _lines(context, session, events=events),
            media_type="text/event-stream" if events else "text/plain",
        )

    return [
        Route("/apps/{app}/log-sessions", needs("read", create), methods=["POST"]),
        Route(LOG_PATH + "{key}", stream),
    ]


async def _lines(context: Context, session: _Session, *, events: bool) -> AsyncIterator[str]:
    log = context.ground.source_router.log
    there = [line for line in log if _mine(session, line)]
    position = len(log)
    context.note("log-followed", app=session.app.name)
    for line in there[len(there) - min(session.lines, len(there)) :]:
        yield _written(line, events=events)
    while session.tail:
        await asyncio.sleep(_LOOK_EVERY)
        new, position = log[position:], len(log)
        for line in new:
            if _mine(session, line):
                yield _written(line, events=events)


def _mine(session: _Session, line: RequestLine) -> bool:
    host = line.host.partition(":")[0].lower()
    return session.router and any(host == domain.hostname for domain in session.app.domains)


def _written(line: RequestLine, *, events: bool) -> str:
    at = datetime.fromtimestamp(line.at, UTC).isoformat(timespec="microseconds")
    head = "at=info" if line.status < 500 else 'at=error code=H80 desc="Maintenance mode"'
    text = (
        f'{at} heroku[router]: {head} method={line.method} path="{line.path}" host={line.host} '
        f'request_id={line.request_id} fwd="{line.client_ip}" dyno=web.1 connect=0ms service=1ms '
        f"status={line.status} bytes=1024 protocol=https tls_version=tls1.3"
    )
    return f"id: {line.at:.6f}\ndata: {text}\n\n" if events else f"{text}\n"
