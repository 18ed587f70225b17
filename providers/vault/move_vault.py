"""The credentials of one move: from the environment, else this session's memory, else the keyring.

The keyring is touched only when the list of names says that it holds what is asked for, or when
something is put into it: commands with credentials in the environment never wake it.
"""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from pydantic import SecretStr

from providers.vault.environment import EnvironmentVault
from providers.vault.memory import MemoryVault
from providers.vault.names import Names, names_folder
from providers.vault.system_keyring import SystemKeyring
from wizard.clock import SYSTEM_CLOCK, Clock
from wizard.model.sign_in import Kept
from wizard.ports.vault import VaultUnavailable

OWN = "moveday"
"""The service under which the engine keeps what is its own: the hash key, the journal's head."""
_PER_PLACE = frozenset({"journal-head"})
"""Kept for one folder, and no secrets: the journal's head stands in the report."""


class MoveVault:
    """Implements wizard.ports.vault.Vault and wizard.ports.sign_in.Keeper for one folder.

    `app` "" stands for no move in particular. `hosts` is whose tokens may be used, by role
    ("heroku/api-key" → "api.heroku.com"): a sandbox must never get a real token, nor the reverse.
    `trouble` is why the keyring could not be read, once that happened.
    """

    def __init__(
        self,
        environ: Mapping[str, str],
        folder: Path,
        app: str = "",
        *,
        keyring: SystemKeyring | None = None,
        names: Names | None = None,
        hosts: Mapping[str, str] | None = None,
        clock: Clock = SYSTEM_CLOCK,
    ) -> None:
        self.app = app
        self._hosts = hosts
        self.place = hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:12]
        self.keyring = keyring or SystemKeyring(environ)
        self.names = names or Names(names_folder(environ))
        self.trouble: VaultUnavailable | None = None
        self._environment = EnvironmentVault(environ)
        self._memory = MemoryVault()
        self._clock = clock
        self._used: dict[str, str] = {}
        self._from_keyring: set[str] = set()

    @property
    def mode(self) -> str:
        """Where the credentials that were used so far came from."""
        return "; ".join(dict.fromkeys(self._used.values())) or "nothing was asked for yet"

    @property
    def lasting(self) -> bool:
        """Whether this session works with the keyring: a credential came from it or went to it."""
        return bool(self._from_keyring) and self.trouble is None

    def get(self, service: str, account: str) -> SecretStr | None:
        """The credential, or None. Raises VaultUnavailable when it is in a keyring that is shut."""
        role = f"{service}/{account}"
        for vault in (self._environment, self._memory):
            value = vault.get(service, account)
            if value is not None:
                self._used.setdefault(role, vault.mode)
                return value
        if service == OWN and account not in _PER_PLACE and not self.lasting:
            return None
        kept = self.find(role)
        if kept is None:
            return None
        value = self._guarded(kept)
        if value is not None and not kept.place:
            self._memory.put(service, account, value)
            self._from_keyring.add(role)
            self._note(role, self.keyring.words)
        return value

    def put(self, service: str, account: str, value: SecretStr) -> None:
        """What is moveday's own goes to the keyring, all else stays in this session's memory."""
        if service != OWN:
            self._memory.put(service, account, value)
            self._used.setdefault(f"{service}/{account}", self._memory.mode)
            return
        place = self.place if account in _PER_PLACE else ""
        user = f"{account}-{place}" if place else account
        role = f"{service}/{account}"
        self.keep(f"{OWN}/{self.app}", user, role, value, place=place)

    def keep(
        self,
        service: str,
        user: str,
        role: str,
        value: SecretStr,
        *,
        reference: str = "",
        expires: datetime | None = None,
        place: str = "",
    ) -> str:
        """Put one item into the keyring and its name on the list; where it is, in words."""
        kept = Kept(
            service=service,
            user=user,
            role=role,
            app=self.app,
            place=place,
            reference=reference,
            expires=expires,
            at=self._clock.now(),
        )
        known = any((k.service, k.user) == (service, user) for k in self.names.all())
        if not known:
            self.names.add(kept)
        try:
            self.keyring.write(service, user, value, secret=not place)
        except VaultUnavailable as trouble:
            self.trouble = trouble
            if not known and trouble.kind in ("absent", "too-long"):
                self.names.remove(service, user)
            raise
        self.names.add(kept)
        if not place:
            # From here on this session needs the keyring no more for it.
            purpose, _, account = role.partition("/")
            self._memory.put(purpose, account, value)
        self._from_keyring.add(role)
        self._note(role, self.keyring.words)
        return self.keyring.words

    def find(self, role: str) -> Kept | None:
        """The item for a role at its host: this move's own, else the one signed in with last."""
        found = [kept for kept in self.names.all() if kept.role == role]
        if role.startswith(f"{OWN}/"):
            here = [k for k in found if k.place == self.place] if _per_place(role) else found
            own = [k for k in here if _per_place(role) or k.app == self.app]
            return own[-1] if own else None
        if self._hosts is not None:
            found = [kept for kept in found if kept.service == f"{OWN}/{self._hosts.get(role, '')}"]
        own = [kept for kept in found if kept.app == self.app]
        best = own or found
        return best[-1] if best else None

    def delete(self, service: str, account: str) -> None:
        """Forget for this session; what is moveday's own goes out of the keyring as well.

        Raises VaultUnavailable when the keyring cannot be used, or still has it.
        """
        self._memory.delete(service, account)
        kept = self.find(f"{service}/{account}") if service == OWN else None
        if kept is not None and not self.forget(kept):
            raise VaultUnavailable("broken", f"the keyring still has {kept.user}")

    def kept(self) -> tuple[Kept, ...]:
        """What the keyring holds of this move, or of all moves when there is no move here."""
        return tuple(k for k in self.names.all() if not self.app or k.app in ("", self.app))

    def read(self, kept: Kept) -> SecretStr | None:
        """One item's value."""
        return self.keyring.read(kept.service, kept.user, secret=not kept.place)

    def forget(self, kept: Kept) -> bool:
        """Delete one item; whether reading it back found nothing."""
        gone = self.keyring.delete(kept.service, kept.user)
        if gone:
            self.names.remove(kept.service, kept.user)
        return gone

    def probe(self) -> None:
        """Raise VaultUnavailable unless an item can be written, read and deleted right now."""
        self.retry()
        self.keyring.probe()

    def retry(self) -> None:
        """Forget that the keyring could not be used: somebody unlocked it, perhaps."""
        self.trouble = None
        self.keyring.retry()

    def mode_of(self, service: str, account: str) -> str:
        """Where this credential came from, in words."""
        return self._used.get(f"{service}/{account}", "nowhere")

    def in_environment(self, service: str, account: str) -> bool:
        """Whether the environment has this credential: it wins, and is never kept."""
        return self._environment.get(service, account) is not None

    def _guarded(self, kept: Kept) -> SecretStr | None:
        try:
            return self.read(kept)
        except VaultUnavailable as trouble:
            self.trouble = trouble
            raise

    def _note(self, role: str, words: str) -> None:
        if not role.startswith(f"{OWN}/"):
            self._used[role] = words


def _per_place(role: str) -> bool:
    return role.partition("/")[2] in _PER_PLACE
