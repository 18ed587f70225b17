"""Who still comes to the old side: counted from the router's log, own looks left out."""

import asyncio
import ssl
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr
from starlette.responses import JSONResponse

from providers.dns.site_probe import PinnedSite
from providers.sources.heroku import open_source
from providers.sources.heroku.router_log import RouterCount
from providers.sources.heroku.source import HerokuSource
from providers.vault.memory import MemoryVault
from tests.providers.sandbox.heroku_world import HerokuWorld, heroku_world
from tests.providers.sources.heroku.replay import Replay
from wizard.errors import OutsideError
from wizard.model.plan import SourceChoice
from wizard.safety.network import Network

SINCE = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)


def line(
    host: str, fwd: str, *, at: str = "2026-05-04T12:00:01+00:00", request_id: str = "x"
) -> str:
    return (
        f'{at} heroku[router]: at=info method=GET path="/secret" host={host} '
        f'request_id={request_id} fwd="{fwd}" dyno=web.1 status=200'
    )


def counted(*lines: str) -> list[tuple[str, int, int]]:
    count = RouterCount(SINCE)
    for each in lines:
        count.take(each)
    return [(h.host, h.requests, h.networks) for h in count.hosts]


def test_hosts_are_counted_apart_and_networks_not_addresses() -> None:
    assert counted(
        line("www.a.test", "203.0.113.5"),
        "data: " + line("WWW.a.test:443", "203.0.113.77"),
        line("www.a.test", "10.0.0.1,198.51.100.2"),
        line("www.a.test", "2001:db8:1:2::1"),
        line("www.a.test", "2001:db8:1:3::9"),
        line("app.herokuapp.com", "203.0.113.5"),
    ) == [("www.a.test", 5, 3), ("app.herokuapp.com", 1, 1)]


def test_own_looks_old_lines_and_other_sources_do_not_count() -> None:
    assert (
        counted(
            line("www.a.test", "203.0.113.5", request_id="moveday-probe-0123456789abcdef"),
            line("www.a.test", "203.0.113.5", at="2026-05-04T11:59:59+00:00"),
            line("www.a.test", "203.0.113.5").replace("heroku[router]", "app[web.1]"),
            "id: 12",
            "",
        )
        == []
    )


@given(st.text().filter(lambda text: "host=" not in text))
def test_no_line_whatever_breaks_the_count(text: str) -> None:
    """Between two visitors' lines: it neither ends the counting nor counts as a visitor."""
    visitor = line("www.a.test", "203.0.113.5")
    broken = "data: 2026-05-04T12:00:01Z heroku[router]: " + text
    assert counted(visitor, text, broken, visitor) == [("www.a.test", 2, 1)]


async def ask(world: HerokuWorld, host: str, source: str) -> None:
    """One visitor's request from `source`, an address of this machine's loopback net."""
    context = ssl.create_default_context(cafile=str(world.ground.authority.ca_file))
    reader, writer = await asyncio.open_connection(
        "127.0.0.1",
        world.ground.source_router.port,
        ssl=context,
        server_hostname=host,
        local_addr=(source, 0),
    )
    writer.write(f"GET /patients/7 HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n".encode())
    await reader.read()
    writer.close()


async def test_visitors_are_seen_at_the_old_side_and_own_looks_are_not(tmp_path: Path) -> None:
    async with heroku_world(tmp_path, web=1) as world:
        hosts = [d.hostname for app in world.heroku.account.apps for d in app.domains]
        default, custom = hosts[0], hosts[1]
        vault = MemoryVault()
        vault.put("heroku", "api-key", SecretStr(world.heroku.token))
        environ = {"HEROKU_HOST": world.heroku.url, "HEROKU_DATA_HOST": "localhost"}
        source = open_source(SourceChoice(kind="heroku", app="acme-clinic"), environ, vault)
        counting = asyncio.create_task(source.traffic(1.5))
        while not world.ground.ledger.count("heroku", "log-followed"):
            await asyncio.sleep(0.02)
        ca_file = str(world.ground.authority.ca_file)
        reach = {("192.0.2.1", 443): ("127.0.0.1", world.ground.source_router.port)}
        looked = await PinnedSite(Network(endpoints=reach, ca_file=ca_file)).visit(
            f"https://{custom}/", "192.0.2.1"
        )
        assert looked.certificate and looked.serial and looked.via
        for visitor in ("127.0.0.1", "127.0.0.2", "127.9.9.9"):
            await ask(world, custom, visitor)
        await ask(world, default, "127.0.0.1")
        found = await counting
        await source.close()
        assert [(h.host, h.requests, h.networks) for h in found.hosts] == [
            (custom, 3, 2),
            (default, 1, 1),
        ]


async def test_a_log_that_cannot_be_followed_is_said(heroku: Replay, source: HerokuSource) -> None:
    foreign = {"logplex_url": "https://logs.example.com/stream?secret=abcdefgh"}
    heroku.special = lambda request, body: (
        JSONResponse(foreign, 201) if request.url.path.endswith("/log-sessions") else None
    )
    with pytest.raises(OutsideError, match="foreign place") as refused:
        await source.traffic(0.2)
    assert "abcdefgh" not in str(refused.value)
