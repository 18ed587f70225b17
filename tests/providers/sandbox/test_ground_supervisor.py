"""Containers: real processes with their own environment, started again after a crash."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from providers.sandbox.apps.supervisor import ContainerFailed, Supervisor, listens

SERVER = "exec python -m http.server $PORT --bind 127.0.0.1"


@pytest.fixture
async def supervisor(tmp_path: Path) -> AsyncIterator[Supervisor]:
    supervisor = Supervisor(tmp_path / "logs")
    yield supervisor
    await supervisor.stop_everything()


async def test_a_web_container_listens_and_ends(supervisor: Supervisor, tmp_path: Path) -> None:
    web = await supervisor.start("app", "web", 1, SERVER, {"PORT": "3000"}, tmp_path, web=True)
    assert web.port not in (None, 3000)
    assert await listens(web.port or 0)
    assert supervisor.running("app") == [web]
    await supervisor.stop(web)
    assert not await listens(web.port or 0)
    assert supervisor.running("app") == []


async def test_a_crashed_container_comes_back(supervisor: Supervisor, tmp_path: Path) -> None:
    web = await supervisor.start("app", "web", 1, SERVER, {}, tmp_path, web=True)
    before = web.pid
    os.kill(before, signal.SIGKILL)
    for _ in range(100):
        if web.restarts and await listens(web.port or 0):
            break
        await asyncio.sleep(0.05)
    assert (web.restarts, web.pid != before) == (1, True)


async def test_one_that_ends_while_starting_is_named(
    supervisor: Supervisor, tmp_path: Path
) -> None:
    with pytest.raises(ContainerFailed, match=r"app web\.1 ended with code 7"):
        await supervisor.start("app", "web", 1, "exit 7", {}, tmp_path, web=True)
    assert supervisor.running("app") == []


async def test_a_one_off_sees_its_configuration_and_none_of_ours(
    supervisor: Supervisor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HEROKU_API_KEY", "secret")
    command = "cat; echo oops >&2; which python; env; exit 4"
    code, output = await supervisor.run_once(command, {"A": "b\nc"}, tmp_path, b"in;")
    assert code == 4
    assert output.startswith(f"in;{Path(sys.executable).parent}/python".encode())
    assert b"A=b\nc" in output
    assert b"HEROKU_API_KEY" not in output
    assert supervisor.log_file("one-off").read_text() == "oops\n"
    assert await supervisor.run_once("sleep 30", {}, tmp_path, timeout=0.3) == (124, b"")
