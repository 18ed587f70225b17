"""The same two git conversations without a git program: dulwich over our transport child.

Blocking: called in a thread.
"""

import io
import select
import subprocess
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

from dulwich.client import SSHGitClient, SSHVendor, SubprocessWrapper
from dulwich.errors import GitProtocolError, HangupException, NotGitRepository
from dulwich.objects import ObjectID
from dulwich.refs import Ref
from dulwich.repo import Repo

from providers.ssh.programs import bare_environment
from wizard.errors import OutsideError

if TYPE_CHECKING:
    from providers.ssh.git_remote import GitServer

T = TypeVar("T")
# In seconds: for a whole listing, for a whole push, and for one answer within a push. A server
# that unpacks much says so every few seconds (receive.keepAlive in git's own documentation).
_LISTING = 60.0
_PUSH = 900.0
_SILENCE = 180.0


class _Answers(io.RawIOBase):
    """The child's output; tells `silent` and ends when nothing comes for `patience` seconds."""

    def __init__(
        self, output: io.RawIOBase, patience: float, silent: Callable[[str], None]
    ) -> None:
        self._output = output
        self._patience = patience
        self._silent = silent
        self._poll = select.poll()
        self._poll.register(output.fileno(), select.POLLIN)

    def readable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._output.fileno()

    def close(self) -> None:
        self._output.close()
        super().close()

    def readinto(self, buffer: Any) -> int:
        if not self._poll.poll(self._patience * 1000):
            self._silent(f"the server has been silent for {self._patience:g} s")
            return 0
        return self._output.readinto(buffer) or 0


class _Vendor(SSHVendor):
    """Starts our transport where dulwich would start ssh; `deadline` ends it, in seconds."""

    def __init__(
        self, server: "GitServer", transport: Sequence[str], descriptor: int, deadline: float
    ) -> None:
        self._server = server
        self._transport = transport
        self._descriptor = descriptor
        self._deadline = deadline
        self.child: subprocess.Popen[bytes] | None = None
        self.given_up = ""

    def run_command(
        self,
        host: str,
        command: bytes,
        username: str | None = None,
        port: int | None = None,
        password: str | None = None,
        key_filename: str | None = None,
        ssh_command: str | None = None,
        protocol_version: int | None = None,
    ) -> SubprocessWrapper:
        """One command over there; port and host key are the transport's own words."""
        destination = f"{self._server.user}@{host}"
        self.child = subprocess.Popen(
            [*self._transport, destination, command.decode()],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            # The wrapper has a buffer of its own; two of them would wait for each other.
            bufsize=0,
            pass_fds=(self._descriptor,),
            env=bare_environment(),
        )
        self._alarm = threading.Timer(
            self._deadline, self._give_up, [f"no end after {self._deadline:g} s"]
        )
        self._alarm.daemon = True
        self._alarm.start()
        output = cast(io.RawIOBase, self.child.stdout)
        patience = min(_SILENCE, self._deadline)
        self.child.stdout = cast(Any, _Answers(output, patience, self._give_up))
        return SubprocessWrapper(self.child)

    def _give_up(self, reason: str) -> None:
        """End the child, so that whoever waits for it sees its end; keep why."""
        self.given_up = self.given_up or reason
        if self.child is not None:
            self.child.kill()

    def end(self) -> None:
        """Nothing of the child is left afterwards."""
        if self.child is not None:
            self._alarm.cancel()
            self.child.kill()
            self.child.wait()


def list_refs(
    server: "GitServer", path: str, transport: Sequence[str], descriptor: int
) -> dict[str, str]:
    """Name → full hash of everything over there.

    Asked as a push that changes nothing: that Aptible answers fetches is not documented.
    Raises OutsideError, after a minute when the server does not answer.
    """
    client, vendor = _client(server, transport, descriptor, _LISTING)
    found: dict[Ref, ObjectID] = {}

    def look(refs: dict[Ref, ObjectID]) -> dict[Ref, ObjectID]:
        found.update(refs)
        return {}

    def nothing(*_: object, **__: object) -> tuple[int, list[Any]]:
        return 0, []

    _told(vendor, lambda: client.send_pack(path.encode(), cast(Any, look), cast(Any, nothing)))
    return {name.decode(): commit.decode() for name, commit in found.items() if commit}


def send_commit(
    server: "GitServer",
    path: str,
    transport: Sequence[str],
    descriptor: int,
    repository: Path,
    commit: str,
    ref: str,
) -> None:
    """Send one commit with all it needs to one ref.

    Raises OutsideError, also when the server says nothing for three minutes.
    """
    client, vendor = _client(server, transport, descriptor, _PUSH)

    def send() -> None:
        with Repo.discover(str(repository)) as repo:
            result = client.send_pack(
                path.encode(),
                lambda _refs: {Ref(ref.encode()): ObjectID(commit.encode())},
                cast(Any, repo.generate_pack_data),
            )
        refused = (result.ref_status or {}).get(Ref(ref.encode()))
        if refused:
            raise GitProtocolError(f"{ref}: {refused}")

    _told(vendor, send)


def _client(
    server: "GitServer", transport: Sequence[str], descriptor: int, deadline: float
) -> tuple[SSHGitClient, _Vendor]:
    vendor = _Vendor(server, transport, descriptor, deadline)
    return SSHGitClient(server.host, username=server.user, vendor=vendor, quiet=True), vendor


def _told(vendor: _Vendor, action: Callable[[], T]) -> T:
    """Run `action`; turn dulwich's errors into ours, with the transport's last words."""
    from providers.ssh.git_remote import failed

    problem: OutsideError
    try:
        return action()
    except HangupException as error:
        said = b"\n".join(error.stderr_lines or ())
        told = said.decode("utf-8", "replace")
        problem = failed(vendor.given_up or told or "the connection was closed")
    except (GitProtocolError, NotGitRepository, KeyError, OSError) as error:
        problem = failed(vendor.given_up or f"{type(error).__name__}: {error}")
    finally:
        vendor.end()
    raise problem
