"""Tunnels against a real SSH server: ready, used, dropped, refused, and nothing left behind."""

import asyncio
import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from providers.ssh.login import Login, make_key
from providers.ssh.programs import python_module
from providers.ssh.tunnel import Program, open_tunnel
from tests.providers.ssh.portal import Portal, echo_socket
from wizard.errors import OutsideError

TOKEN = "tok-3f9c1d77aa-secret"


@contextlib.asynccontextmanager
async def portal_and_login() -> AsyncIterator[tuple[Portal, Login]]:
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "s")
        server = await echo_socket(path)
        portal = Portal(socket=path, token=TOKEN)
        await portal.start()
        private, public = make_key()
        login = Login(
            host="127.0.0.1",
            port=portal.port,
            user="portal",
            host_key=portal.host_key_text,
            private_key=private,
            certificate=portal.certify(public),
            environment={"ACCESS_TOKEN": TOKEN},
        )
        try:
            yield portal, login
        finally:
            await portal.stop()
            server.close()


def programs() -> list[object]:
    missing = shutil.which("ssh") is None and os.environ.get("MOVEDAY_REQUIRE_SERVICES") != "1"
    skip = pytest.mark.skipif(missing, reason="there is no ssh program here")
    return ["asyncssh", pytest.param("system", marks=skip)]


def seen_of(pid: int) -> str:
    """Argument list and environment of a process, as other processes can see them."""
    base = Path("/proc") / str(pid)
    return (base / "cmdline").read_bytes().decode() + (base / "environ").read_bytes().decode()


@pytest.mark.parametrize("program", programs())
async def test_bytes_go_through_and_the_port_closes_with_it(program: Program) -> None:
    async with portal_and_login() as (portal, login):
        async with open_tunnel(login, portal.socket, program=program) as tunnel:
            reader, writer = await asyncio.open_connection("127.0.0.1", tunnel.port)
            writer.write(b"hello\n")
            assert await reader.readline() == b"hello\n"
            assert tunnel.broken() is None
            writer.close()
        assert tunnel.broken() is None
        assert portal.sessions[0]["token"] == TOKEN
        assert portal.sessions[0]["pty"] is None
        with pytest.raises(OSError):
            await asyncio.open_connection("127.0.0.1", tunnel.port)


@pytest.mark.parametrize("program", programs())
async def test_a_dropped_tunnel_says_so_though_the_client_sees_a_clean_end(
    program: Program,
) -> None:
    async with (
        portal_and_login() as (portal, login),
        open_tunnel(login, portal.socket, program=program) as tunnel,
    ):
        reader, writer = await asyncio.open_connection("127.0.0.1", tunnel.port)
        writer.write(b"hello\n")
        await reader.readline()
        portal.drop()
        assert await asyncio.wait_for(reader.read(), 20) == b""
        assert await tunnel.broken_within(5)
        writer.close()


@pytest.mark.parametrize("program", programs())
async def test_another_host_key_is_refused_before_the_token_is_sent(program: Program) -> None:
    async with portal_and_login() as (portal, login):
        other = Portal()
        wrong = replace(login, host_key=other.host_key_text)
        with pytest.raises(OutsideError) as caught:
            async with open_tunnel(wrong, portal.socket, program=program):
                pass
        assert "host key" in str(caught.value).lower()
        assert portal.sessions == []


async def test_a_fingerprint_pins_as_well() -> None:
    async with portal_and_login() as (portal, login):
        pinned = replace(login, host_key=portal.host_key.get_fingerprint())
        async with open_tunnel(pinned, portal.socket) as tunnel:
            assert tunnel.port
        wrong = replace(login, host_key=Portal().host_key.get_fingerprint())
        with pytest.raises(OutsideError):
            async with open_tunnel(wrong, portal.socket):
                pass


async def test_a_certificate_of_another_authority_is_refused() -> None:
    async with portal_and_login() as (portal, login):
        private, public = make_key()
        forged = replace(login, private_key=private, certificate=Portal().certify(public))
        with pytest.raises(OutsideError, match="did not come up"):
            async with open_tunnel(forged, portal.socket):
                pass


async def test_what_the_server_says_instead_of_ready_is_told() -> None:
    async with portal_and_login() as (portal, login):
        wrong = replace(login, environment={"ACCESS_TOKEN": "another"})
        with pytest.raises(OutsideError, match="token refused"):
            async with open_tunnel(wrong, portal.socket):
                pass


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
async def test_no_secret_in_arguments_or_environment_of_the_child(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("APTIBLE_ACCESS_TOKEN", TOKEN)
    monkeypatch.setenv("HEROKU_API_KEY", "HRKU-another-secret")
    async with (
        portal_and_login() as (portal, login),
        open_tunnel(login, portal.socket) as tunnel,
    ):
        seen = seen_of(tunnel.pid)
        assert TOKEN not in seen
        assert "HRKU-another-secret" not in seen
        assert "PRIVATE KEY" not in seen


@pytest.mark.skipif(sys.platform != "linux", reason="looks for ssh in /proc")
@pytest.mark.parametrize("program", programs())
async def test_the_tunnel_ends_when_its_parent_is_killed(program: Program) -> None:
    async with portal_and_login() as (portal, login):
        script = (
            "import asyncio, json, sys\n"
            "from providers.ssh.login import Login\n"
            "from providers.ssh.tunnel import open_tunnel\n"
            "async def main():\n"
            "    data = json.loads(sys.stdin.readline())\n"
            "    login = Login.from_json(data['login'])\n"
            "    async with open_tunnel(login, data['socket'], program=data['program']) as t:\n"
            "        print(t.port, t.pid, flush=True)\n"
            "        await asyncio.sleep(60)\n"
            "asyncio.run(main())\n"
        )
        child = await asyncio.create_subprocess_exec(
            sys.executable,
            "-c",
            script,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        assert child.stdin and child.stdout
        data = {"login": asdict(login), "socket": portal.socket, "program": program}
        child.stdin.write(json.dumps(data).encode() + b"\n")
        port, _pid = map(int, (await child.stdout.readline()).split())
        child.send_signal(signal.SIGKILL)
        await child.wait()
        for _ in range(100):
            try:
                _reader, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                break
            writer.close()
            await asyncio.sleep(0.05)
        else:
            pytest.fail("the tunnel outlived its parent")


def test_children_do_not_import_from_the_working_folder(tmp_path: Path) -> None:
    (tmp_path / "asyncssh.py").write_text("raise SystemExit('hijacked')\n")
    (tmp_path / "providers").mkdir()
    done = subprocess.run(
        python_module("providers.ssh.git_transport", "--help"),
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
