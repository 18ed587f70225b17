"""Items in the operating system's keyring: read, written with proof, deleted with proof.

Never a file, never a backend that keyring's configuration names, never without a time limit.
"""

import contextlib
import secrets
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

from pydantic import SecretStr

from providers.vault import keyring_trouble
from providers.vault.backends import Backend, choose_backend
from providers.vault.time_limit import TookTooLong, within
from wizard.errors import UsageError
from wizard.ports.vault import VaultUnavailable
from wizard.safety.redact import REDACTOR

TIME_LIMIT = 5.0
PROBE_SERVICE = "moveday/probe"

_ATTEMPTS, _PAUSE = 4, 0.1
"""A write is tried this often, `_PAUSE` seconds apart, when its item is gone right after it."""

_TURN = threading.Lock()
"""One change at a time in this process: with several connections that write at once, GNOME's
daemon was seen to lose an item that it had just made ("Item does not exist!"), and to crash."""

T = TypeVar("T")


class SystemKeyring:
    """Touches nothing until it is asked for an item.

    Every call takes `seconds` at most and raises VaultUnavailable with the reason. After a call
    that hung, or when there is no keyring, the next ones fail at once; `retry` forgets that.
    """

    def __init__(
        self,
        environ: Mapping[str, str],
        *,
        seconds: float = TIME_LIMIT,
        choose: Callable[[], Backend | None] = choose_backend,
    ) -> None:
        self._environ = environ
        self._seconds = seconds
        self._choose = choose
        self._backend: Backend | None = None
        self._given_up: VaultUnavailable | None = None

    @property
    def words(self) -> str:
        """ "in the system keyring (GNOME)"; without the name before the first use."""
        return (
            f"in the system keyring ({self._backend.name})"
            if self._backend
            else "in the system keyring"
        )

    def retry(self) -> None:
        """Forget that the keyring was hanging or absent."""
        self._given_up = self._backend = None

    def probe(self) -> None:
        """Write, read and delete a random item: a keyring that looks usable often is not."""
        name, value = f"probe-{secrets.token_hex(8)}", secrets.token_hex(16)
        self.write(PROBE_SERVICE, name, SecretStr(value))
        if not self.delete(PROBE_SERVICE, name):
            raise self._broken("what was deleted can still be read")

    def read(self, service: str, user: str, *, secret: bool = True) -> SecretStr | None:
        """One item's value, None when it is not there; `secret` ones are taught to the redactor."""
        _check_name(service, user)
        value = self._call(lambda ring: ring.get_password(service, user))
        if value is None:
            return None
        if secret:
            REDACTOR.learn(str(value))
        return SecretStr(str(value))

    def write(self, service: str, user: str, value: SecretStr, *, secret: bool = True) -> None:
        """Put one item in place of the old one, and read it back.

        Deleted first: Windows would keep a copy of the old value under another name. Tried again
        when the item is gone right after it was made: another program wrote at the same moment.
        """
        _check_name(service, user)
        text = value.get_secret_value()
        if secret:
            REDACTOR.learn(text)
        limit, units = self._open().limit, len(text.encode("utf-16-le", "surrogatepass")) // 2
        if limit is not None and units > limit:
            raise keyring_trouble.too_long(units, limit, self._open().name)
        with self._turn():
            for attempt in range(1, _ATTEMPTS + 1):
                try:
                    self._drop(service, user)
                    self._call(lambda ring: ring.set_password(service, user, text))
                    if self._call(lambda ring: ring.get_password(service, user)) == text:
                        return
                except VaultUnavailable as trouble:
                    if trouble.kind != "lost" or attempt == _ATTEMPTS:
                        raise
                time.sleep(_PAUSE)
        raise self._broken("what was written could not be read back")

    def delete(self, service: str, user: str) -> bool:
        """Delete one item; whether reading it back finds nothing."""
        _check_name(service, user)
        with self._turn():
            self._drop(service, user)
            return self._call(lambda ring: ring.get_password(service, user)) is None

    def _drop(self, service: str, user: str) -> None:
        """Delete every item of this name: programs may have left several."""
        for _ in range(8):
            if self._call(lambda ring: ring.get_password(service, user)) is None:
                return
            try:
                self._call(lambda ring: ring.delete_password(service, user))
            except VaultUnavailable as trouble:
                if trouble.kind != "lost":
                    raise

    @contextlib.contextmanager
    def _turn(self) -> Iterator[None]:
        # A thread that hangs must not keep the others for longer than its own time limit.
        mine = _TURN.acquire(timeout=self._seconds)
        try:
            yield
        finally:
            if mine:
                _TURN.release()

    def _open(self) -> Backend:
        if self._given_up is not None:
            raise self._given_up
        if self._backend is None:
            try:
                self._backend = within(self._seconds, self._choose)
            except TookTooLong:
                self._given_up = keyring_trouble.hanging(self._environ, self._seconds)
                raise self._given_up from None
            if self._backend is None:
                self._given_up = keyring_trouble.no_keyring(self._environ)
                raise self._given_up
        return self._backend

    def _call(self, use: Callable[[Any], T]) -> T:
        ring = self._open().ring
        trouble: VaultUnavailable
        try:
            return within(self._seconds, lambda: use(ring))
        except TookTooLong:
            trouble = self._given_up = keyring_trouble.hanging(self._environ, self._seconds)
        except Exception as error:
            trouble = keyring_trouble.explained(error, self._environ)
        # Outside the handler: the backend's own error may hold the value.
        raise trouble

    def _broken(self, why: str) -> VaultUnavailable:
        return VaultUnavailable(
            "broken", "the keyring does not keep what it is given", why, keyring_trouble.OTHERWISE
        )


def _check_name(*names: str) -> None:
    for name in names:
        if not name or len(name) > 200 or any(ord(char) < 32 or ord(char) == 127 for char in name):
            raise UsageError("that cannot be the name of a credential", "it is empty or not text")
        with contextlib.suppress(UnicodeEncodeError):
            name.encode()
            continue
        raise UsageError("that cannot be the name of a credential", "it is not text")
