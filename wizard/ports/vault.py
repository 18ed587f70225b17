"""Where credentials live: the environment, the OS keyring, or this session's memory."""

from typing import Literal, Protocol

from pydantic import SecretStr

from wizard.errors import BlockedError

VaultTrouble = Literal["absent", "locked", "hanging", "broken", "lost", "too-long"]
""" "lost": an item was there a moment ago, and is gone."""


class VaultUnavailable(BlockedError):
    """The keyring cannot be used. `kind` says how; title, detail and hint say it to people."""

    def __init__(self, kind: VaultTrouble, title: str, detail: str = "", hint: str = "") -> None:
        super().__init__(title, detail, hint)
        self.kind = kind


class Vault(Protocol):
    """Credentials by service and account; never a file."""

    @property
    def mode(self) -> str:
        """In words, for the header: "from the environment", "this session only, in memory"."""
        ...

    @property
    def lasting(self) -> bool:
        """Whether what is put now can be read by the next session as well."""
        ...

    def get(self, service: str, account: str) -> SecretStr | None: ...

    def put(self, service: str, account: str, value: SecretStr) -> None: ...

    def delete(self, service: str, account: str) -> None: ...
