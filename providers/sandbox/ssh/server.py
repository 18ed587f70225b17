"""Who may come in by SSH, and to which service? The portal by certificate, git by token or key."""

import asyncio
from collections.abc import Awaitable, Callable

import asyncssh

from providers.sandbox.ssh.git_receive import GitReceiver
from providers.sandbox.ssh.portal import Portal

_GIT_USERS = ("root", "git")
KnowsKey = Callable[[str], bool]
Forward = Callable[["asyncssh.SSHReader[bytes]", "asyncssh.SSHWriter[bytes]"], Awaitable[None]]


class Door(asyncssh.SSHServer):
    """One client connection."""

    def __init__(self, portal: Portal, knows_key: KnowsKey) -> None:
        self._portal = portal
        self._knows_key = knows_key
        self._ssh: asyncssh.SSHServerConnection | None = None
        self._user = ""
        self.tunnel_open = asyncio.Event()

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        """Remember the connection, to cut it on demand."""
        self._ssh = conn
        conn.set_extra_info(door=self)

    def begin_auth(self, username: str) -> bool:
        """`root` needs no sign-in here: its access token is judged with each command."""
        self._user = username
        return username != "root"

    def public_key_auth_supported(self) -> bool:
        """Keys and certificates."""
        return True

    def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:
        """A registered key opens git only."""
        return username == "git" and self._knows_key(key.export_public_key().decode())

    def validate_ca_key(self, username: str, key: asyncssh.SSHKey) -> bool:
        """The portal's own authority, for a user name it made."""
        known = self._portal.sign_in.connection_of(username) is not None
        return known and key == self._portal.sign_in.authority

    def unix_connection_requested(self, dest_path: str) -> Forward | bool:
        """Only the socket that belongs to this sign-in, and only once the session is ready."""
        connection = self._portal.sign_in.connection_of(self._user)
        ssh = self._ssh
        if connection is None or ssh is None or not self.tunnel_open.is_set():
            return False
        if not connection.socket or dest_path != connection.socket:
            return False

        async def forward(
            reader: "asyncssh.SSHReader[bytes]", writer: "asyncssh.SSHWriter[bytes]"
        ) -> None:
            await self._portal.forward(connection, ssh, reader, writer)

        return forward


class SshServer:
    """Portal and git on one loopback port."""

    def __init__(self, portal: Portal, git: GitReceiver, knows_key: KnowsKey) -> None:
        self._portal = portal
        self._git = git
        self._knows_key = knows_key
        self._host_key = asyncssh.generate_private_key("ssh-rsa", key_size=2048)
        self._acceptor: asyncssh.SSHAcceptor | None = None
        self.port = 0

    @property
    def host_key(self) -> str:
        """The public host key as `ssh-rsa AAAA…`, to be pinned."""
        return " ".join(self._host_key.export_public_key().decode().split()[:2])

    async def start(self) -> None:
        """Listen on a free port."""
        self._acceptor = await asyncssh.create_server(
            lambda: Door(self._portal, self._knows_key),
            "127.0.0.1",
            0,
            server_host_keys=[self._host_key],
            process_factory=self._session,
            encoding=None,
            allow_pty=False,
            agent_forwarding=False,
            x11_forwarding=False,
            line_editor=False,
        )
        self.port = self._acceptor.get_port()

    async def stop(self) -> None:
        """End the listener and every connection."""
        if self._acceptor is not None:
            self._acceptor.close()
            await self._acceptor.wait_closed()

    async def _session(self, process: "asyncssh.SSHServerProcess[bytes]") -> None:
        user = str(process.get_extra_info("username"))
        door: Door = process.get_extra_info("door")
        try:
            if user in _GIT_USERS:
                await self._git.serve(process, user)
                return
            connection = self._portal.sign_in.connection_of(user)
            if connection is None:
                process.exit(1)
                return
            await self._portal.serve(process, connection, door.tunnel_open)
        except (OSError, asyncssh.Error):
            process.close()
