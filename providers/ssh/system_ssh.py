"""The tunnel by the system's `ssh` program, for those who ask for it (MOVEDAY_SSH=system)."""

import asyncio
import contextlib
import signal
import socket
import sys
import tempfile
from pathlib import Path

from providers.ssh.login import CIPHERS, Login, LoginFailed
from providers.ssh.programs import bare_environment

_REMOTE_TIMEOUT = 124


class SystemTunnel:
    """`ssh -L` with files that exist only until the tunnel is ready."""

    def __init__(self, login: Login, remote_socket: str, *, compressed: bool = False) -> None:
        self._login = login
        self._compressed = compressed
        self._socket = remote_socket

    async def open(self) -> int:
        """The local port, once the server said that the tunnel is ready."""
        port = _free_port()
        with tempfile.TemporaryDirectory(prefix="moveday-") as name:
            command = self._command(Path(name), port)
            try:
                self._ssh = await asyncio.create_subprocess_exec(
                    *command,
                    stdin=asyncio.subprocess.DEVNULL,
                    stdout=asyncio.subprocess.PIPE,
                    stderr=asyncio.subprocess.PIPE,
                    # ssh can send only what is in its own environment (SendEnv).
                    env={**bare_environment(), **self._login.environment},
                    preexec_fn=_die_with_parent if sys.platform == "linux" else None,
                )
            except FileNotFoundError as error:
                raise LoginFailed("there is no ssh program on this machine") from error
            assert self._ssh.stdout and self._ssh.stderr
            try:
                line = await self._ssh.stdout.readline()
            except BaseException:
                self._kill()
                raise
        if not line:
            why = (await self._ssh.stderr.read(4_000)).decode(errors="replace").strip()
            await self._ssh.wait()
            raise LoginFailed(why or "ssh ended before the tunnel was ready")
        return port

    def _command(self, folder: Path, port: int) -> list[str]:
        login = self._login
        key = folder / "id_rsa"
        hosts = folder / "known_hosts"
        words = " ".join(login.host_key.split())
        pinned = words if words.startswith("[") else f"[{login.host}]:{login.port} {words}"
        for file, text in (
            (key, login.private_key),
            (folder / "id_rsa-cert.pub", login.certificate.strip() + "\n"),
            (hosts, pinned + "\n"),
        ):
            file.touch(mode=0o600)
            file.write_text(text)
        options = [
            "IdentitiesOnly=yes",
            "IdentityAgent=none",
            "StrictHostKeyChecking=yes",
            f"UserKnownHostsFile={hosts}",
            "GlobalKnownHostsFile=none",
            "BatchMode=yes",
            "ServerAliveInterval=15",
            "ServerAliveCountMax=4",
            "ControlMaster=no",
            "ControlPath=none",
            "ExitOnForwardFailure=yes",
            "LogLevel=ERROR",
            f"Compression={'yes' if self._compressed else 'no'}",
            f"Ciphers={','.join(CIPHERS)}",
            *(f"SendEnv={name}" for name in login.environment),
        ]
        command = ["ssh", "-F", "none", "-t" if login.pty else "-T"]
        for option in options:
            command += ["-o", option]
        command += ["-i", str(key), "-p", str(login.port)]
        command += ["-L", f"127.0.0.1:{port}:{self._socket}", f"{login.user}@{login.host}"]
        return command

    async def gone(self) -> str:
        """Wait until ssh ended; why, in words."""
        assert self._ssh.stderr
        said = (await self._ssh.stderr.read(4_000)).decode(errors="replace").strip()
        status = await self._ssh.wait()
        if status == _REMOTE_TIMEOUT:
            return "the tunnel reached its time limit"
        return said or f"ssh ended with status {status}"

    async def close(self) -> None:
        """SIGHUP, five seconds, then SIGKILL: the official client's order."""
        with contextlib.suppress(ProcessLookupError):
            self._ssh.send_signal(signal.SIGHUP)
        try:
            await asyncio.wait_for(self._ssh.wait(), 5)
        except TimeoutError:
            self._kill()

    def _kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            self._ssh.kill()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _die_with_parent() -> None:
    """Linux: the kernel ends ssh when the process that holds the tunnel is killed."""
    import ctypes

    ctypes.CDLL(None).prctl(1, signal.SIGTERM)
