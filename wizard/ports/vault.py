"""Where credentials live: the environment, the OS keyring, or this session's memory."""

from typing import Protocol

from pydantic import SecretStr


class Vault(Protocol):
    """Credentials by service and account; never a file."""

    mode: str
    """In words, for the header: "from the environment", "this session only, in memory"."""

    def get(self, service: str, account: str) -> SecretStr | None: ...

    def put(self, service: str, account: str, value: SecretStr) -> None: ...

    def delete(self, service: str, account: str) -> None: ...
