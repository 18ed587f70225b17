"""What a user of the shared client sees when servers are slow, rude, absent or honest."""

import asyncio
import base64
import gzip
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from pydantic import SecretStr

from providers.http import ApiClient, CallRecord, HttpRefused
from providers.http.retry import retry_after
from wizard.errors import ConsentMissing, OutsideError, UnknownOutcome, UsageError
from wizard.safety.consent import Level, grant

TOKEN = "HRKU-canary-0f2d7c61-token"
NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
MAY = grant(Level.CHANGE_NEW_SIDE, "test", "tester", NOW)

Behaviour = Callable[[str, bytes, asyncio.StreamWriter], Awaitable[None]]


class Server:
    """A raw HTTP server: each connection's request is noted, then `behaviours` answer in turn."""

    def __init__(self, *behaviours: Behaviour) -> None:
        self.behaviours = list(behaviours)
        self.requests: list[str] = []
        self.url = ""

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            length = next(
                (int(x[15:]) for x in head.lower().split("\r\n") if x.startswith("content-length")),
                0,
            )
            body = await reader.readexactly(length)
            self.requests.append(head)
            index = min(len(self.requests), len(self.behaviours)) - 1
            await self.behaviours[index](head, body, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()


@asynccontextmanager
async def serving(*behaviours: Behaviour) -> AsyncIterator[Server]:
    server = Server(*behaviours)
    listener = await asyncio.start_server(server.handle, "127.0.0.1", 0)
    server.url = f"http://127.0.0.1:{listener.sockets[0].getsockname()[1]}"
    try:
        yield server
    finally:
        listener.close()


def reply(status: int = 200, body: str | bytes = "{}", **headers: str) -> Behaviour:
    async def answer(head: str, sent: bytes, writer: asyncio.StreamWriter) -> None:
        data = body.encode() if isinstance(body, str) else body
        lines = [f"HTTP/1.1 {status} X", f"content-length: {len(data)}", "connection: close"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        writer.write("\r\n".join(lines).encode() + b"\r\n\r\n" + data)
        await writer.drain()

    return answer


async def drop(head: str, sent: bytes, writer: asyncio.StreamWriter) -> None:
    """Takes the request and hangs up without a word."""


async def drip(head: str, sent: bytes, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 X\r\ncontent-length: 1000\r\n\r\n")
    for _ in range(1000):
        writer.write(b" ")
        await writer.drain()
        await asyncio.sleep(0.05)


async def flood(head: str, sent: bytes, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 X\r\n\r\n")
    while True:
        writer.write(b"x" * 65536)
        await writer.drain()


def client(server: Server, naps: list[float] | None = None, **options: object) -> ApiClient:
    async def nap(seconds: float) -> None:
        if naps is not None:
            naps.append(seconds)

    return ApiClient(
        server.url,
        who="Heroku",
        token=SecretStr(TOKEN),
        sleep=nap,
        **options,  # type: ignore[arg-type]
    )


async def test_answer_and_token_and_observer() -> None:
    seen: list[CallRecord] = []
    async with (
        serving(reply(body='{"a": 1}', Request_Id="r-1")) as server,
        client(server, on_call=seen.append) as api,
    ):
        answer = await api.request("GET", "/apps/x", params={"q": "secretish"})
    assert answer.json() == {"a": 1}
    assert f"authorization: bearer {TOKEN}".lower() in server.requests[0].lower()
    assert [(c.method, c.path, c.status, c.request_id) for c in seen] == [
        ("GET", "/apps/x", 200, "r-1")
    ]


@pytest.mark.parametrize(
    "url", ["http://api.heroku.com", "ftp://localhost", "https://u:p@h", "nonsense", "http://[x"]
)
def test_addresses_a_token_may_not_go_to(url: str) -> None:
    with pytest.raises(UsageError):
        ApiClient(url, who="Heroku", token=SecretStr(TOKEN))


async def test_links_to_other_hosts_are_refused_unsent() -> None:
    async with serving(reply()) as own, serving(reply()) as other, client(own) as api:
        assert (await api.request("GET", f"{own.url}/next")).status == 200
        for link in (f"{other.url}/x", "//evil.test/x", own.url.replace("//", "//a:b@") + "/x"):
            with pytest.raises(UsageError):
                await api.request("GET", link)
        assert other.requests == []
        assert len(own.requests) == 1


async def test_redirects_are_not_followed() -> None:
    async with (
        serving(reply()) as other,
        serving(reply(302, "", Location=other.url)) as own,
        client(own) as api,
    ):
        with pytest.raises(HttpRefused) as caught:
            await api.request("GET", "/x")
    assert caught.value.status == 302
    assert other.requests == []


async def test_proxy_variables_are_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    async with serving(reply()) as trap, serving(reply()) as own:
        for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, trap.url)
        async with client(own) as api:
            await api.request("GET", "/x")
    assert trap.requests == []


async def test_writes_need_consent_of_their_level() -> None:
    async with serving(reply()) as server, client(server) as api:
        for consent, level in ((None, Level.CHANGE_NEW_SIDE), (MAY, Level.USERS_NOTICE)):
            with pytest.raises(ConsentMissing):
                await api.request("PATCH", "/x", consent=consent, level=level, idempotent=True)
        assert server.requests == []
        await api.request("POST", "/search", reads=True)
        await api.request("PATCH", "/x", consent=MAY)
        assert len(server.requests) == 2


async def test_rate_limit_is_obeyed_in_both_forms() -> None:
    naps: list[float] = []
    date = format_datetime(datetime.now(UTC) + timedelta(seconds=20), usegmt=True)
    async with (
        serving(reply(429, Retry_After="7"), reply(503, Retry_After=date), reply()) as server,
        client(server, naps) as api,
    ):
        assert (await api.request("GET", "/x")).status == 200
    assert 7 <= naps[0] < 8
    assert 17 <= naps[1] < 21


async def test_absurd_retry_after_gives_up_at_once() -> None:
    naps: list[float] = []
    async with serving(reply(429, Retry_After="99999")) as server, client(server, naps) as api:
        with pytest.raises(HttpRefused, match="too many requests") as caught:
            await api.request("GET", "/x")
    assert naps == []
    assert "99999 s" in caught.value.detail
    assert len(server.requests) == 1


async def test_server_trouble_then_well() -> None:
    async with serving(reply(503), drop, reply(502), reply()) as server, client(server) as api:
        assert (await api.request("GET", "/x")).status == 200
    assert len(server.requests) == 4


async def test_a_pool_of_connections_that_all_died_idle_costs_no_call() -> None:
    """Servers hang up on idle connections without a word; a whole pool of them at once."""
    together = asyncio.Barrier(8)
    answered = 0

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal answered
        await reader.readuntil(b"\r\n\r\n")
        if answered < 8:
            await together.wait()
        answered += 1
        writer.write(b"HTTP/1.1 200 X\r\ncontent-length: 2\r\n\r\n{}")
        await writer.drain()
        # The next request on this connection is met by the end of it.
        await reader.readuntil(b"\r\n\r\n")
        writer.close()

    listener = await asyncio.start_server(handle, "127.0.0.1", 0)
    async with listener:
        server = Server()
        server.url = f"http://127.0.0.1:{listener.sockets[0].getsockname()[1]}"
        async with client(server, []) as api:
            await asyncio.gather(*(api.request("GET", "/apps") for _ in range(8)))
            assert (await api.request("GET", "/apps")).status == 200
    assert answered == 9


async def test_idempotent_write_is_repeated() -> None:
    async with serving(drop, reply()) as server, client(server) as api:
        answer = await api.request("PATCH", "/x", json={"on": True}, consent=MAY, idempotent=True)
        assert answer.status == 200
    assert len(server.requests) == 2


@pytest.mark.parametrize("behaviour", [drop, reply(504), reply(500)])
async def test_unanswered_write_is_unknown_and_sent_once(behaviour: Behaviour) -> None:
    async with serving(behaviour) as server, client(server) as api:
        with pytest.raises(UnknownOutcome):
            await api.request("POST", "/x", json={}, consent=MAY)
    assert len(server.requests) == 1


async def test_rate_limited_write_was_not_done_and_is_repeated() -> None:
    async with serving(reply(429), reply(201)) as server, client(server) as api:
        assert (await api.request("POST", "/x", consent=MAY)).status == 201


async def test_refused_connection_is_not_an_unknown_outcome() -> None:
    async with serving(reply()) as server:
        url = server.url
    naps: list[float] = []
    gone = Server()
    gone.url = url
    async with client(gone, naps) as api:
        with pytest.raises(OutsideError, match="cannot be reached") as caught:
            await api.request("POST", "/x", consent=MAY)
    assert not isinstance(caught.value, UnknownOutcome)
    assert len(naps) > 1


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_slow_drip_ends(method: str) -> None:
    started = time.monotonic()
    async with serving(drip) as server, client(server) as api:
        with pytest.raises(OutsideError) as caught:
            await api.request(method, "/x", consent=MAY, deadline=0.4)
    assert time.monotonic() - started < 20, "the drip itself lasts 50 s"
    assert isinstance(caught.value, UnknownOutcome) == (method == "POST")


async def test_one_stuck_reply_does_not_cost_the_call() -> None:
    async with serving(drip, reply()) as server, client(server) as api:
        assert (await api.request("GET", "/x", deadline=0.6)).status == 200


async def test_endless_reply_is_cut() -> None:
    async with serving(flood) as server, client(server, max_body=200_000) as api:
        with pytest.raises(OutsideError, match="no usable answer") as caught:
            await api.request("GET", "/x")
    assert "longer than 200000" in caught.value.detail
    assert len(server.requests) == 1


async def test_packed_reply_is_capped_by_its_real_size() -> None:
    bomb = gzip.compress(b"0" * 3_000_000)
    async with (
        serving(reply(body=bomb, content_encoding="gzip")) as server,
        client(server, max_body=1_000_000) as api,
    ):
        with pytest.raises(OutsideError):
            await api.request("GET", "/x")


@pytest.mark.parametrize("body", ["<html>login</html>", "{", "[" * 200_000])
async def test_success_that_is_not_json(body: str) -> None:
    async with serving(reply(body=body)) as server, client(server) as api:
        answer = await api.request("GET", "/x")
        with pytest.raises(OutsideError, match="not JSON"):
            answer.json()


async def test_errors_carry_no_secret_and_no_control_characters(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    coded = base64.b64encode(TOKEN.encode()).decode()
    nasty = f'{{"id": "bad", "message": "\\u001b[31mred {TOKEN} {coded} \\u202e{"z" * 9000}"}}'
    records: list[CallRecord] = []
    async with (
        serving(reply(422, nasty, X_Echo=TOKEN)) as server,
        client(server, on_call=records.append) as api,
    ):
        with pytest.raises(HttpRefused) as caught:
            await api.request("GET", "/x", params={"token": TOKEN})
    error = caught.value
    text = f"{error}{error.problem}{error.headers}{error!r}{error.args}{records}{caplog.text}"
    assert TOKEN not in text
    assert coded[4:-4] not in text
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "?" not in error.title
    assert len(error.detail) < 1000
    assert error.error_id == "bad"
    assert error.__context__ is None


def test_retry_after_forms() -> None:
    assert retry_after("12", NOW) == 12
    assert retry_after("Sat, 21 Nov 2026 12:01:00 GMT", NOW) == 60
    assert retry_after("Sat, 21 Nov 2026 11:01:00 GMT", NOW) == 0
    for senseless in (None, "", "soon", "-5", "1.5e9"):
        assert retry_after(senseless, NOW) is None
