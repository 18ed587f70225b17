"""A git repository over there, reached with an access token instead of a key: list refs, push.

With the system's git when there is one, else with dulwich; both through `git_transport`.
"""

import asyncio
import contextlib
import os
import shlex
import shutil
import signal
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr

from providers.ssh.pinned import PinnedHostKey
from providers.ssh.programs import bare_environment, python_module
from wizard.errors import OutsideError
from wizard.safety.clean import clean
from wizard.safety.redact import REDACTOR

TRANSPORT = "providers.ssh.git_transport"
_DEADLINE = 900.0


@dataclass(frozen=True)
class GitServer:
    """`host_key` pins the server: key text or SHA-256 fingerprint."""

    user: str
    host: str
    port: int
    host_key: str

    @classmethod
    def parse(cls, text: str, host_key: str) -> "GitServer":
        """From `user@host:port`. Raises ValueError for anything else or an unusable key."""
        address, _, port = text.rpartition(":")
        user, at, host = address.rpartition("@")
        if not (at and user and host and port.isdigit()):
            raise ValueError("expected user@host:port")
        PinnedHostKey.parse(host_key)
        return cls(user, host, int(port), host_key)


class GitRemote:
    """One repository (`path`) on a server. `git` is the program to use; None means dulwich."""

    def __init__(
        self,
        server: GitServer,
        path: str,
        token: SecretStr,
        *,
        git: str | None = shutil.which("git"),
    ) -> None:
        self.server = server
        self.path = path
        self._token = token
        self._git = git

    async def refs(self) -> dict[str, str]:
        """Name → full hash of everything over there."""
        from providers.ssh.git_dulwich import list_refs

        with self._pipe() as descriptor:
            transport = self._transport(descriptor)
            return await asyncio.to_thread(list_refs, self.server, self.path, transport, descriptor)

    async def push(self, repository: Path, commit: str, ref: str) -> None:
        """Send one commit of a local repository to one ref. Raises OutsideError."""
        with self._pipe() as descriptor:
            if self._git is None:
                from providers.ssh.git_dulwich import send_commit

                await asyncio.to_thread(
                    send_commit,
                    self.server,
                    self.path,
                    self._transport(descriptor),
                    descriptor,
                    repository,
                    commit,
                    ref,
                )
                return
            # Neither hooks nor settings of the customer's repository take part in this push.
            settings = (
                "push.followTags=false",
                "push.gpgSign=false",
                "push.recurseSubmodules=no",
                "core.hooksPath=/dev/null",
            )
            words = [word for setting in settings for word in ("-c", setting)]
            words += ["push", "--no-verify", "--porcelain", self._address(), f"{commit}:{ref}"]
            await self._run(words, descriptor, repository)

    def _address(self) -> str:
        return f"{self.server.user}@{self.server.host}:{self.path}"

    def _transport(self, descriptor: int) -> list[str]:
        key = " ".join(self.server.host_key.split())
        own = ["--host-key", key, "--token-fd", str(descriptor), "-p", str(self.server.port)]
        return python_module(TRANSPORT, *own)

    @contextlib.contextmanager
    def _pipe(self) -> Iterator[int]:
        """A pipe with the token as its first line; its open writing end says that we live."""
        reading, writing = os.pipe()
        try:
            os.write(writing, self._token.get_secret_value().encode() + b"\n")
            yield reading
        finally:
            os.close(reading)
            os.close(writing)

    async def _run(self, words: Sequence[str], descriptor: int, folder: Path) -> str:
        assert self._git is not None
        child = await asyncio.create_subprocess_exec(
            self._git,
            *words,
            cwd=folder,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env={
                **bare_environment(),
                "GIT_SSH_VARIANT": "ssh",
                "GIT_SSH_COMMAND": shlex.join(self._transport(descriptor)),
                "GIT_TERMINAL_PROMPT": "0",
                "LC_ALL": "C",
            },
            pass_fds=(descriptor,),
            start_new_session=True,
        )
        try:
            output, errors = await asyncio.wait_for(child.communicate(), _DEADLINE)
        except BaseException as error:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
            await child.wait()
            if isinstance(error, TimeoutError):
                raise failed(f"no end after {_DEADLINE:.0f} s") from error
            raise
        if child.returncode != 0:
            raise failed((errors + b"\n" + output).decode("utf-8", "replace"))
        return output.decode("utf-8", "replace")


def failed(said: str) -> OutsideError:
    """The error for a git conversation that went wrong, with its last lines."""
    text = REDACTOR.redact(said)
    lines = [clean(line, 300) for line in text.splitlines() if line.strip()]
    return OutsideError(
        "git could not talk to the repository at Aptible",
        "\n".join(lines[-8:]),
        "a shallow clone has to be completed first: git fetch --unshallow"
        if "shallow" in text
        else "try again; the token has to be valid and allowed to deploy",
    )
