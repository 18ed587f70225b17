"""A vault that forgets: credentials of this session only, gone when the process ends."""

from pydantic import SecretStr

from wizard.ports.vault import Vault
from wizard.safety.redact import REDACTOR


class MemoryVault:
    """Holds what was put into it; asks `below` (for instance the environment) for the rest.

    A deleted credential stays deleted for the session, even when `below` still has it.
    """

    mode = "this session only, in memory"
    lasting = False

    def __init__(self, below: Vault | None = None) -> None:
        self._below = below
        self._held: dict[tuple[str, str], SecretStr | None] = {}
        if below is not None:
            self.mode = f"{below.mode}; new ones this session only, in memory"

    def get(self, service: str, account: str) -> SecretStr | None:
        """The credential, or None."""
        if (service, account) in self._held:
            return self._held[service, account]
        return self._below.get(service, account) if self._below is not None else None

    def put(self, service: str, account: str, value: SecretStr) -> None:
        """Remember until the process ends; teaches the redactor."""
        REDACTOR.learn(value.get_secret_value())
        self._held[service, account] = value

    def delete(self, service: str, account: str) -> None:
        """Forget; deleting what is not there is no error."""
        self._held[service, account] = None
