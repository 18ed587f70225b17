"""What a provider brings so that `moveday doctor --live` can look at a real account."""

from typing import Protocol

from wizard.model.doctor import AccountHealth


class AccountDoctor(Protocol):
    """Looks at one account. Sends reading requests (GET) only, and tells no value of any config."""

    side: str

    async def examine(self) -> AccountHealth:
        """Look at everything. Trouble becomes a finding or a shape "refused", never an error."""
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...
