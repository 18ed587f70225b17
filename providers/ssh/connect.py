"""Opens one SSH connection to a server whose host key is pinned, and says why it ended."""

from typing import Any

import asyncssh

from providers.ssh.login import CIPHERS, Login, LoginFailed
from providers.ssh.pinned import PinnedHostKey


class PinningClient(asyncssh.SSHClient):
    """Checks the host key against the pin and remembers why the connection ended."""

    def __init__(self, pin: PinnedHostKey) -> None:
        self._pin = pin
        self.lost: str | None = None
        self.on_lost: Any = None

    def validate_host_public_key(
        self, host: str, addr: str, port: int, key: asyncssh.SSHKey
    ) -> bool:
        """Only the pinned keys pass."""
        return self._pin.accepts(key)

    def connection_lost(self, exc: Exception | None) -> None:
        """Note the reason; a clean end that we did not ask for is also a loss."""
        self.lost = str(exc) if exc else "the other side closed the connection"
        if self.on_lost is not None:
            self.on_lost()


async def connect(
    login: Login, timeout: float = 30.0, *, compressed: bool = False
) -> tuple[asyncssh.SSHClientConnection, PinningClient]:
    """Open a connection; neither the user's ssh configuration, agent nor keys take part.

    Raises LoginFailed with a reason for people, also when it cannot be `compressed` as asked.
    """
    pin = PinnedHostKey.parse(login.host_key)
    keys: Any = None
    if login.private_key:
        # The key was made by us a moment ago: proving its primes again takes 0.15 s of CPU.
        key = asyncssh.import_private_key(login.private_key, unsafe_skip_rsa_key_validation=True)
        keys = [(key, asyncssh.import_certificate(login.certificate))] if login.certificate else key
    where = f"{login.host}:{login.port}"
    client = PinningClient(pin)
    try:
        connection, _ = await asyncssh.create_connection(
            lambda: client,
            login.host,
            login.port,
            username=login.user,
            config=None,
            known_hosts=([], [], []),
            server_host_key_algs=list(pin.algorithms),
            client_keys=keys,
            agent_path=None,
            password=None,
            gss_host=None,
            encryption_algs=list(CIPHERS),
            compression_algs=["zlib@openssh.com"] if compressed else ["none"],
            keepalive_interval=15,
            keepalive_count_max=4,
            connect_timeout=timeout,
            login_timeout=timeout,
        )
    except asyncssh.HostKeyNotVerifiable as error:
        raise LoginFailed(f"{where} shows another host key than the pinned one") from error
    except asyncssh.PermissionDenied as error:
        raise LoginFailed(f"{where} refused the sign-in of {login.user}") from error
    except asyncssh.KeyExchangeFailed as error:
        if compressed and "compression" in error.reason:
            raise LoginFailed(f"{where} offers no compression") from error
        raise LoginFailed(f"{where} does not hold the pinned host key: {error.reason}") from error
    except (OSError, asyncssh.Error) as error:
        raise LoginFailed(f"{where}: {error or type(error).__name__}") from error
    return connection, client
