"""Who is at the other end of a loopback connection? Told by the session of who opened it."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from providers.sandbox.guarded_port import GuardedPort
from providers.sandbox.peers import LAPTOP, Peers

NODE = "203.0.113.41"
# A shell of a session of its own, and the program that it starts: containers are like that.
ASK = """
import socket, sys
with socket.create_connection(("127.0.0.1", int(sys.argv[1]))) as link:
    link.sendall(b"hello\\n")
    print(link.recv(100).decode().strip())
"""

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="read from Linux's /proc")


@asynccontextmanager
async def listening(peers: Peers) -> AsyncIterator[int]:
    """A server that answers each line with the address it comes from."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readline()
        port = writer.get_extra_info("peername")[1]
        writer.write(f"{peers.address_of(port)}\n".encode())
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


async def ask(port: int, peers: Peers, address: str = "") -> str:
    """What a container of the node `address` reads from `port`; a laptop's program without one."""
    shell = f'read -r go; "{sys.executable}" -I -S -c "$0" {port}; exit 0'
    child = await asyncio.create_subprocess_exec(
        *("/bin/sh", "-c", shell, ASK),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        start_new_session=True,
    )
    if address:
        peers.admit(child.pid, address)
    output, _ = await child.communicate(b"go\n")
    peers.forget(child.pid)
    return output.decode().strip()


async def test_a_container_s_programs_come_from_their_node_and_all_others_from_the_laptop() -> None:
    peers = Peers()
    async with listening(peers) as port:
        assert await ask(port, peers, NODE) == NODE
        assert await ask(port, peers) == LAPTOP


async def test_nobody_is_known_at_a_port_that_nobody_has() -> None:
    peers = Peers()
    peers.admit(1, NODE)
    assert peers.address_of(1) == LAPTOP


async def test_a_guarded_port_lets_the_nodes_in_and_hangs_up_on_others() -> None:
    peers = Peers()
    async with listening(Peers()) as behind:
        guarded = GuardedPort(behind, peers, {NODE}.__contains__)
        await guarded.start()
        try:
            assert await ask(guarded.port, peers, NODE) == LAPTOP
            assert await ask(guarded.port, peers) == ""
            assert await ask(guarded.port, peers, "203.0.113.99") == ""
        finally:
            await guarded.stop()
        assert guarded.refused == [LAPTOP, "203.0.113.99"]
