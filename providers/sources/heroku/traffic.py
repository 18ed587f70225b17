"""Does anybody still come to the old side? A tail of its router's log, counted for a while."""

import asyncio
import contextlib
import time
from datetime import datetime
from urllib.parse import urlsplit

import httpx
from pydantic import SecretStr

from providers.http import is_loopback
from providers.sources.heroku.client import ACCEPT_SDK, HerokuApi, segment
from providers.sources.heroku.hosts import is_own
from providers.sources.heroku.router_log import RouterCount
from providers.sources.heroku.shapes import Shape
from wizard.errors import OutsideError
from wizard.model.dns_report import Traffic
from wizard.safety.redact import REDACTOR

_LONGEST_LINE = 64 * 1024
_CONNECT = 15.0


class _LogSession(Shape):
    logplex_url: SecretStr
    created_at: datetime | None = None


async def traffic(api: HerokuApi, app: str, seconds: float) -> Traffic:
    """Requests per host during the next `seconds`, moveday's own looks left out.

    Raises OutsideError when the log cannot be followed; when it ends early, `seconds` of the
    result says how long it was followed.
    """
    opened = await api.ask(
        _LogSession,
        f"/apps/{segment(app)}/log-sessions",
        {"source": "heroku", "dyno": "router", "tail": True, "lines": 1},
        {"Accept": ACCEPT_SDK},
    )
    url = opened.logplex_url.get_secret_value()
    REDACTOR.learn(url, urlsplit(url).query)
    _refuse_foreign(url)
    count = RouterCount(opened.created_at)
    began = time.monotonic()
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await _follow(url, count)
    return Traffic(seconds=round(time.monotonic() - began, 1), hosts=count.hosts)


async def _follow(url: str, count: RouterCount) -> None:
    problem: OutsideError | None = None
    try:
        async with (
            httpx.AsyncClient(
                verify=httpx.create_ssl_context(trust_env=False),
                trust_env=False,
                follow_redirects=False,
                timeout=httpx.Timeout(None, connect=_CONNECT),
                headers={"Accept": "text/event-stream", "User-Agent": "moveday"},
            ) as client,
            client.stream("GET", url) as response,
        ):
            if response.status_code != httpx.codes.OK:
                problem = _trouble(f"the log answers {response.status_code}")
            else:
                await _read(response, count)
    except httpx.HTTPError as error:
        problem = _trouble(type(error).__name__)
    if problem is not None:
        raise problem  # outside the except: the cause would carry the address and its key


async def _read(response: httpx.Response, count: RouterCount) -> None:
    rest = b""
    async for part in response.aiter_bytes():
        *lines, rest = (rest + part).split(b"\n")
        for line in lines:
            count.take(line.decode("utf-8", "replace"))
        if len(rest) > _LONGEST_LINE:
            rest = b""


def _refuse_foreign(url: str) -> None:
    parts = urlsplit(url)
    host = parts.hostname or ""
    if not (is_own(host) and parts.scheme == "https") and not is_loopback(host):
        raise OutsideError(
            "Heroku named a foreign place for its log", "it was not opened", "try again later"
        )


def _trouble(why: str) -> OutsideError:
    return OutsideError("the old side's router log cannot be followed", why, "try again")
