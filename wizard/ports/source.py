"""What every source (Heroku, MedStack, …) must be able to do."""

from collections.abc import Callable, Mapping
from typing import Protocol

from pydantic import SecretStr

from wizard.model.database import Connection
from wizard.model.dns_report import Traffic
from wizard.model.inventory import Inventory
from wizard.safety.consent import Consent

Fingerprint = Callable[[str], str]
"""Keyed hash of a value, hex; the key lives in the vault or in this session only."""


class Source(Protocol):
    """One app on the old side. Writes need a consent; reads never change anything."""

    name: str
    app: str

    async def read_inventory(
        self, fingerprint: Fingerprint | None, on_fact: Callable[[str], None] | None = None
    ) -> Inventory:
        """Read everything; `on_fact` hears one line per thing read. What fails becomes a Gap."""
        ...

    async def read_config(self) -> Mapping[str, SecretStr]:
        """All config values, for memory only. Masked or null values are left out."""
        ...

    async def formation(self) -> Mapping[str, int]:
        """Process type → quantity as set now."""
        ...

    async def maintenance(self) -> bool:
        """Whether the maintenance page is shown."""
        ...

    async def set_maintenance(self, on: bool, consent: Consent) -> None:
        """Turn the maintenance page on or off (idempotent)."""
        ...

    async def scale(self, quantities: Mapping[str, int], consent: Consent) -> None:
        """Set the quantities of the named process types (idempotent)."""
        ...

    async def running(self) -> Mapping[str, int]:
        """Process type → containers that really run now, one-off ones included."""
        ...

    async def database(self, variable: str) -> Connection:
        """The database behind a config variable ("DATABASE_URL"), with fresh credentials: they
        change, so never cache."""
        ...

    async def backups(self, variable: str) -> tuple[str, ...]:
        """Names of finished backups of the database behind a variable, newest first."""
        ...

    async def capture_backup(self, variable: str, consent: Consent) -> str:
        """Take a backup on the source, wait until it ended well; its name."""
        ...

    async def traffic(self, seconds: float) -> Traffic:
        """Visitors' requests at the app's router during the next `seconds`, by host; counts only.

        Raises OutsideError when the router's log cannot be followed."""
        ...

    def by_hand(self, action: str, **words: str) -> str:
        """The official command for `action`: maintenance-on, maintenance-off, scale
        (process, quantity), capture (database), and for the time after a move router-log,
        remove-domain (domain), remove-addon (addon), delete-app, list-authorizations. Secrets
        appear as $NAME only. Raises UsageError for an action this source has no command for."""
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...
