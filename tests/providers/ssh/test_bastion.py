"""A database behind a bastion is reached by the real ssh, as the person has set it up."""

import asyncio
import contextlib
import os
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import asyncssh
import pytest
from pydantic import SecretStr

from providers.databases.postgres.connection import libpq_settings_in_turn
from providers.ssh.bastion import through_bastion
from wizard.errors import OutsideError, UsageError
from wizard.model.database import Connection
from wizard.model.routes import Route

pytestmark = pytest.mark.skipif(
    shutil.which("ssh") is None and os.environ.get("MOVEDAY_REQUIRE_SERVICES") != "1",
    reason="there is no ssh program here",
)


class Bastion(asyncssh.SSHServer):
    """Lets everybody with a key through to wherever they want, and counts them."""

    def __init__(self, came: list[str], open_ones: list[asyncssh.SSHServerConnection]) -> None:
        self.came, self.open_ones = came, open_ones

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        self._conn = conn
        self.open_ones.append(conn)

    def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:
        return True

    def public_key_auth_supported(self) -> bool:
        return True

    def auth_completed(self) -> None:
        self.came.append(str(self._conn.get_extra_info("recv_compression")))

    def connection_requested(self, host: str, port: int, from_host: str, from_port: int) -> bool:
        return True


@contextlib.asynccontextmanager
async def bastion(
    folder: Path,
) -> AsyncIterator[tuple[list[str], list[asyncssh.SSHServerConnection]]]:
    """The real ssh under its name on PATH reads a configuration of ours, which knows `inner`.

    Yields how each that came in compresses, and the connections themselves.
    """
    came: list[str] = []
    open_ones: list[asyncssh.SSHServerConnection] = []
    host_key, key = (asyncssh.generate_private_key("ssh-ed25519") for _ in range(2))
    key.write_private_key(folder / "key")
    (folder / "key").chmod(0o600)
    server = await asyncssh.create_server(
        lambda: Bastion(came, open_ones), "127.0.0.1", 0, server_host_keys=[host_key]
    )
    known = host_key.export_public_key().decode()
    (folder / "known").write_text(f"[127.0.0.1]:{server.get_port()} {known}")
    (folder / "config").write_text(
        f"Host inner\nHostName 127.0.0.1\nPort {server.get_port()}\nUser me\n"
        f"IdentityFile {folder}/key\nUserKnownHostsFile {folder}/known\n"
        f"Host stranger\nHostName 127.0.0.1\nPort {server.get_port()}\nUser me\n"
        f"IdentityFile {folder}/key\nUserKnownHostsFile {folder}/nobody\n"
    )
    (folder / "ssh").write_text(f'#!/bin/sh\nexec {shutil.which("ssh")} -F {folder}/config "$@"\n')
    (folder / "ssh").chmod(0o755)
    try:
        yield came, open_ones
    finally:
        server.close()


async def echo() -> asyncio.Server:
    async def back(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(await reader.read(100))
        writer.close()

    return await asyncio.start_server(back, "127.0.0.1", 0)


async def answers(port: int) -> bool:
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"again")
        said = await reader.read(100)
        writer.close()
    except OSError:
        return False
    return said == b"again"


async def test_in_by_several_connections_and_none_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with bastion(tmp_path) as (came, open_ones), await echo() as database:
        monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
        port = database.sockets[0].getsockname()[1]
        to = Connection(
            host="localhost", port=port, database="d", user="u", password=SecretStr("pw")
        )
        async with through_bastion("inner", to, Route(tunnels=2, compressed=True)) as near:
            assert len(near.more_ports) == 1
            for settings in libpq_settings_in_turn(near, "test"):
                # The certificate is still the database's own name's.
                assert (settings["host"], settings["hostaddr"]) == ("localhost", "127.0.0.1")
                reader, writer = await asyncio.open_connection("127.0.0.1", int(settings["port"]))
                writer.write(b"hello")
                assert await reader.read(100) == b"hello"
                writer.close()
        assert came == ["zlib@openssh.com"] * 2
        async with through_bastion("inner", to, Route(tunnels=1)) as near:
            open_ones[-1].abort()
            # It comes again by itself, on the same port.
            while not await answers(near.port):
                await asyncio.sleep(0.05)
            assert len(came) == 4
        with pytest.raises(OSError):
            await asyncio.open_connection("127.0.0.1", near.port)
        with pytest.raises(OutsideError, match="does not get to stranger") as refused:
            async with through_bastion("stranger", to, Route(tunnels=1)):
                pass
        assert "Host key verification failed" in refused.value.detail
    for name in ("", "-oProxyCommand=id", "two words"):
        with pytest.raises(UsageError):
            async with through_bastion(name, to, Route(tunnels=1)):
                pass
