"""The routers: certificates by name, relayed answers, the platform's own, upgrades."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from providers.sandbox.authority import Authority
from providers.sandbox.router import Reply, Router, Upstream


class _Site:
    def __init__(self, authority: Authority, name: str, where: Upstream | Reply) -> None:
        self.leaf = authority.certificate(name)
        self.where = where

    async def upstream(self, client_ip: str, method: str, path: str) -> Upstream | Reply:
        return self.where


async def _container(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Shows what it got; `/socket` switches to an echo of raw bytes."""
    head = await reader.readuntil(b"\r\n\r\n")
    if b"/socket" in head:
        writer.write(b"HTTP/1.1 101 Switching\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n")
        while block := await reader.read(1000):
            writer.write(block.upper())
    elif b"/rude" in head:
        pass
    else:
        length = next(
            (int(x[15:]) for x in head.split(b"\r\n") if x.startswith(b"content-length:")), 0
        )
        body = head + (await reader.readexactly(length) if length else b"")
        writer.write(
            b"HTTP/1.1 200 OK\r\nX-App: yes\r\nContent-Length: %d\r\n\r\n" % len(body) + body
        )
    writer.close()


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[tuple[Router, Authority, int]]:
    authority = Authority(tmp_path)
    router = Router(authority)
    await router.start()
    container = await asyncio.start_server(_container, "127.0.0.1", 0)
    async with container:
        yield router, authority, container.sockets[0].getsockname()[1]
    await router.stop()


def _trust(authority: Authority) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(authority.ca_file))


async def _get(router: Router, authority: Authority, name: str, **more: object) -> httpx.Response:
    async with httpx.AsyncClient(verify=_trust(authority), trust_env=False) as client:
        return await client.request(
            str(more.pop("method", "GET")),
            f"https://127.0.0.1:{router.port}{more.pop('path', '/hello?x=1')}",
            headers={"host": name, **more.pop("headers", {})},  # type: ignore[dict-item]
            extensions={"sni_hostname": name},
            **more,  # type: ignore[arg-type]
        )


async def test_each_name_gets_its_certificate_and_its_container(
    world: tuple[Router, Authority, int],
) -> None:
    router, authority, port = world
    up = Upstream(port, {"X-Forwarded-For": "203.0.113.9"}, {"Via": "1.1 heroku-router"})
    router.set_site("a.test", _Site(authority, "a.test", up))
    router.set_site("b.test", _Site(authority, "b.test", Reply(503, {"x-why": "closed"}, b"shut")))
    good = await _get(router, authority, "a.test", headers={"x-forwarded-for": "forged"})
    assert (good.status_code, good.headers["x-app"], good.headers["via"]) == (
        200,
        "yes",
        "1.1 heroku-router",
    )
    assert "203.0.113.9" in good.text and "forged" not in good.text
    shut = await _get(router, authority, "b.test")
    assert (shut.status_code, shut.headers["x-why"], shut.text) == (503, "closed", "shut")
    assert [(r.host, r.path, r.status) for r in router.log] == [
        ("a.test", "/hello", 200),
        ("b.test", "/hello", 503),
    ]


async def test_an_unknown_name_gets_no_certificate(world: tuple[Router, Authority, int]) -> None:
    router, authority, _ = world
    with pytest.raises(httpx.ConnectError):
        await _get(router, authority, "stranger.test")


async def test_a_body_reaches_the_container_and_the_connection_is_reused(
    world: tuple[Router, Authority, int],
) -> None:
    router, authority, port = world
    router.set_site("a.test", _Site(authority, "a.test", Upstream(port)))
    async with httpx.AsyncClient(verify=_trust(authority), trust_env=False) as client:
        for n in range(3):
            answer = await client.post(
                f"https://127.0.0.1:{router.port}/visits",
                content=b"~" * 200_000 * n,
                headers={"host": "a.test"},
                extensions={"sni_hostname": "a.test"},
            )
            assert answer.text.count("~") == 200_000 * n
    assert len(router.log) == 3


@pytest.mark.parametrize("path", ["/rude", "/never"])
async def test_a_container_that_does_not_answer_is_the_platforms_failure(
    world: tuple[Router, Authority, int], path: str
) -> None:
    router, authority, port = world
    failure = Reply(503, {}, b"H10")
    dead = Upstream(port if path == "/rude" else 1, failure=failure)
    router.set_site("a.test", _Site(authority, "a.test", dead))
    answer = await _get(router, authority, "a.test", path=path)
    assert (answer.status_code, answer.text) == (503, "H10")


async def test_an_upgraded_connection_carries_bytes_both_ways(
    world: tuple[Router, Authority, int],
) -> None:
    router, authority, port = world
    router.set_site("a.test", _Site(authority, "a.test", Upstream(port)))
    reader, writer = await asyncio.open_connection(
        "127.0.0.1", router.port, ssl=_trust(authority), server_hostname="a.test"
    )
    writer.write(
        b"GET /socket HTTP/1.1\r\nHost: a.test\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"
    )
    head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 20)
    assert head.startswith(b"HTTP/1.1 101")
    writer.write(b"ping")
    assert await asyncio.wait_for(reader.readexactly(4), 20) == b"PING"
    writer.close()
