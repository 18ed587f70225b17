"""What each side must be able to do to let a person in, and what keeps the credentials."""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from pydantic import SecretStr

from wizard.model.question import SignInField
from wizard.model.sign_in import AlreadyRefused, Entered, Kept, MoreAsked, Refused, Seen
from wizard.ports.vault import Vault
from wizard.safety.consent import Consent


class Door(Protocol):
    """One side's way in. `side` is its name for people, `host` whose token it is."""

    side: str
    host: str
    field: SignInField

    def misshapen(self, token: str) -> str:
        """Why this text cannot be a token, "" when it can. Nothing is sent."""
        ...

    async def enter(
        self, way: str, typed: Mapping[str, SecretStr], carry: str, consent: Consent
    ) -> Entered | MoreAsked | Refused:
        """Try to get in by one of `field.ways`, with what was typed (by Asked.id)."""
        ...

    async def look(self, token: SecretStr) -> Seen | Refused:
        """What the token's owner says about it. Reads only; OutsideError when nobody answers."""
        ...

    async def revoke(
        self, token: SecretStr, reference: str, consent: Consent
    ) -> Refused | AlreadyRefused | None:
        """End the token at its owner; None when this ended it, else why not and how by hand."""
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...


class Keeper(Vault, Protocol):
    """A vault that can keep items for longer than this session."""

    app: str

    def probe(self) -> None:
        """Raise VaultUnavailable unless an item can be written, read and deleted right now."""
        ...

    def keep(
        self,
        service: str,
        user: str,
        role: str,
        value: SecretStr,
        *,
        reference: str = "",
        expires: datetime | None = None,
    ) -> str:
        """Put one item; where it is now, in words. Raises VaultUnavailable."""
        ...

    def find(self, role: str) -> Kept | None:
        """The name of the item for a role, without touching the keyring."""
        ...

    def kept(self) -> tuple[Kept, ...]:
        """The names of all items of this move (of all moves outside a move's folder)."""
        ...

    def read(self, kept: Kept) -> SecretStr | None:
        """One item's value."""
        ...

    def forget(self, kept: Kept) -> bool:
        """Delete one item; whether reading it back found nothing."""
        ...

    def mode_of(self, service: str, account: str) -> str:
        """Where this credential came from, in words."""
        ...

    def retry(self) -> None:
        """Forget that the keyring could not be used: somebody unlocked it, perhaps."""
        ...

    def in_environment(self, service: str, account: str) -> bool:
        """Whether the environment has this credential: it wins, and is never kept."""
        ...
