"""The pinned probe against real TLS servers: the right name, right address, always an answer."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import httpcore
import pytest

from providers.dns.pinned import NotPinned, _PinnedBackend
from providers.dns.site_probe import LARGEST_BODY, PinnedSite
from providers.sandbox.authority import Authority
from wizard.safety.network import Network

HOST = "www.acme-clinic.test"
ADDRESS = "198.51.100.20"
Reply = Callable[[bytes, asyncio.StreamWriter], Awaitable[None]]


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path / "ca")


@asynccontextmanager
async def site(authority: Authority, reply: Reply, name: str = HOST) -> AsyncIterator[Network]:
    requests = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            requests.append(head)
            await reply(head, writer)
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    context = authority.server_context(authority.certificate(name))
    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
    port = server.sockets[0].getsockname()[1]
    try:
        yield Network(
            endpoints={(ADDRESS, 443): ("127.0.0.1", port)}, ca_file=str(authority.ca_file)
        )
    finally:
        server.close()


def says(body: bytes, head: bytes = b"HTTP/1.1 200 OK", extra: bytes = b"") -> Reply:
    async def reply(_request: bytes, writer: asyncio.StreamWriter) -> None:
        length = str(len(body)).encode()
        writer.write(head + b"\r\nContent-Length: " + length + b"\r\n" + extra + b"\r\n" + body)

    return reply


async def test_facts_certificate_and_via(authority: Authority) -> None:
    seen: list[bytes] = []

    async def reply(request: bytes, writer: asyncio.StreamWriter) -> None:
        seen.append(request)
        body = b'{"side":"aptible","patients":120,"ok":true,"secret":"not asked for"}'
        await says(body, extra=b"Via: 1.1 vegur\r\n")(request, writer)

    async with site(authority, reply) as network:
        answer = await PinnedSite(network).visit(
            f"https://{HOST}/healthz", ADDRESS, facts=("side", "patients", "ok", "absent")
        )
    assert answer.error == ""
    assert answer.status == 200
    assert answer.body_facts == {"side": "aptible", "patients": "120", "ok": "true"}
    assert answer.certificate == authority.certificate(HOST).sha256
    assert answer.via == "1.1 vegur"
    assert f"Host: {HOST}".encode() in seen[0]
    assert b"User-Agent: moveday-probe" in seen[0]


async def test_wrong_certificate_is_an_error_not_a_raise(authority: Authority) -> None:
    async with site(authority, says(b"{}"), name="other.example.test") as network:
        answer = await PinnedSite(network).visit(f"https://{HOST}/", ADDRESS)
    assert answer.status is None
    assert answer.error.startswith("certificate refused: Hostname mismatch")


async def test_unknown_authority_is_refused(authority: Authority, tmp_path: Path) -> None:
    other = Authority(tmp_path / "other")
    async with site(authority, says(b"{}")) as network:
        wrong = Network(endpoints=network.endpoints, ca_file=str(other.ca_file))
        answer = await PinnedSite(wrong).visit(f"https://{HOST}/", ADDRESS)
    assert answer.status is None
    assert "certificate refused" in answer.error


async def test_slow_drip_ends_at_the_deadline(authority: Authority) -> None:
    async def drip(_request: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        for _ in range(1000):
            writer.write(b" ")
            await writer.drain()
            await asyncio.sleep(0.05)

    async with site(authority, drip) as network:
        started = time.monotonic()
        answer = await PinnedSite(network).visit(f"https://{HOST}/", ADDRESS, timeout=0.6)
    assert 0.5 < time.monotonic() - started < 20, "the drip itself lasts 50 s"
    assert answer.status is None
    assert answer.error == "not finished within 0.6 s"


async def test_endless_body_is_cut_off(authority: Authority) -> None:
    async def endless(_request: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            writer.write(b"x" * 65_536)
            await writer.drain()

    async with site(authority, endless) as network:
        answer = await PinnedSite(network).visit(f"https://{HOST}/", ADDRESS, facts=("side",))
    assert answer.status == 200
    assert answer.body_facts == {}
    assert answer.error == f"the reply is larger than {LARGEST_BODY // 1024} KB: not read"


async def test_redirect_is_shown_not_followed(authority: Authority) -> None:
    reply = says(b"", b"HTTP/1.1 302 Found", b"Location: https://elsewhere.example/\r\n")
    async with site(authority, reply) as network:
        answer = await PinnedSite(network).visit(f"https://{HOST}/", ADDRESS)
    assert (answer.status, answer.error) == (302, "")


async def test_maintenance_page_is_no_json(authority: Authority) -> None:
    reply = says(b"<html>down</html>", b"HTTP/1.1 503 Service Unavailable")
    async with site(authority, reply) as network:
        answer = await PinnedSite(network).visit(f"https://{HOST}/", ADDRESS, facts=("side",))
    assert (answer.status, answer.error) == (503, "the reply is not JSON")


async def test_hostile_body_text_is_cleaned(authority: Authority) -> None:
    body = b'{"side":"\\u001b]52;c;aGk=\\u0007apt\\u202eible"}'
    async with site(authority, says(body)) as network:
        answer = await PinnedSite(network).visit(f"https://{HOST}/", ADDRESS, facts=("side",))
    assert answer.body_facts == {"side": "aptible"}


async def test_proxy_settings_of_the_environment_do_not_count(
    authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTPS_PROXY", "ALL_PROXY", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    monkeypatch.setenv("SSL_CERT_FILE", "/nowhere")
    async with site(authority, says(b"{}")) as network:
        assert (await PinnedSite(network).visit(f"https://{HOST}/", ADDRESS)).status == 200


async def test_broken_replies_are_errors(authority: Authority) -> None:
    async def nonsense(_request: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(b"hello\r\n\r\n")

    async def nothing(_request: bytes, _writer: asyncio.StreamWriter) -> None:
        return

    for reply in (nonsense, nothing):
        async with site(authority, reply) as network:
            answer = await PinnedSite(network).visit(f"https://{HOST}/", ADDRESS)
        assert answer.status is None
        assert answer.error


async def test_nobody_listens() -> None:
    network = Network(endpoints={(ADDRESS, 443): ("127.0.0.1", 1)})
    answer = await PinnedSite(network).visit(f"https://{HOST}/", ADDRESS, timeout=3)
    assert (answer.status, answer.error) == (None, "connection refused")


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("ftp://x.test/", ADDRESS),
        ("https:///nothing", ADDRESS),
        (f"https://user:password@{HOST}/", ADDRESS),
        (f"https://{HOST}/", "localhost"),
        ("https://[bad/", ADDRESS),
        (f"https://{HOST}:99999/", ADDRESS),
    ],
)
async def test_what_cannot_be_visited_is_an_error(url: str, address: str) -> None:
    answer = await PinnedSite(Network()).visit(url, address)
    assert answer.status is None
    assert answer.error
    assert "password@" not in answer.url


async def test_other_hosts_and_ports_are_refused() -> None:
    backend = _PinnedBackend(Network(), HOST, 443, ADDRESS)
    for host, port in (("other.example", 443), (HOST, 80)):
        with pytest.raises(NotPinned):
            await backend.connect_tcp(host, port)
    with pytest.raises(NotPinned):
        await backend.connect_unix_socket("/run/x")
    assert issubclass(_PinnedBackend, httpcore.AsyncNetworkBackend)
