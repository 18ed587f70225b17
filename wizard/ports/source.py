"""What every source (Heroku, MedStack, …) must be able to do."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Protocol

from pydantic import SecretStr

from wizard.model.database import Connection
from wizard.model.dns_report import Traffic
from wizard.model.inventory import Inventory
from wizard.model.platform_facts import AutoDeploy, Autoscaler
from wizard.ports.beside import Beside
from wizard.safety.consent import Consent

Fingerprint = Callable[[str], str]
"""Keyed hash of a value, hex; the key lives in the vault or in this session only."""


class Source(Protocol):
    """One app on the old side. Writes need a consent; reads never change anything."""

    name: str
    app: str
    twins: bool
    """Whether a second app of it can be frozen in a rehearsal, in place of this one."""
    running_seen: str
    """What `formation` and `running` were last read from, in words for a proof."""
    beside: Beside | None
    """For a database that only containers of the platform reach; None where anybody may."""

    async def read_inventory(
        self, fingerprint: Fingerprint | None, on_fact: Callable[[str], None] | None = None
    ) -> Inventory:
        """Read everything; `on_fact` hears one line per thing read. What fails becomes a Gap."""
        ...

    async def read_config(self) -> Mapping[str, SecretStr]:
        """All config values, for memory only. Masked or null values are left out."""
        ...

    async def autoscalers(self) -> Sequence[Autoscaler]:
        """Rules of the platform that change quantities by themselves, as they are now."""
        ...

    async def auto_deploys(self) -> Sequence[AutoDeploy]:
        """Repositories that deploy the app by themselves, as they are now.

        Raises OutsideError when it is not told whether a push deploys."""
        ...

    async def formation(self) -> Mapping[str, int]:
        """Process type → quantity as set now."""
        ...

    async def maintenance(self) -> bool:
        """Whether the maintenance page is shown."""
        ...

    async def before_freeze(self) -> Mapping[str, str]:
        """What `set_maintenance` needs to put back all that it changes: names and numbers, no
        secrets. Read before the freeze, and journalled."""
        ...

    async def set_maintenance(
        self, on: bool, consent: Consent, before: Mapping[str, str] | None = None
    ) -> None:
        """Keep users out, or let them in again (idempotent). `before` is what `before_freeze` said.

        Raises BlockedError while the platform would not let it be taken back, or would not let
        the app be changed at all.
        """
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

    async def backups(self, variable: str, *, unfinished: bool = False) -> tuple[str, ...]:
        """Names of finished backups of the database behind a variable, newest first; with
        `unfinished` those in any other state as well."""
        ...

    async def capture_backup(
        self, variable: str, consent: Consent, *, known: Collection[str] | None = None
    ) -> str:
        """Take a backup on the source, wait until it ended well; its name.

        `known` are the names (in any state) from before it was first asked for: a newer one that
        is good, or still under way, is taken and no other is begun.
        """
        ...

    async def traffic(self, seconds: float) -> Traffic:
        """Visitors' requests at the app's router during the next `seconds`, by host; counts only.

        Raises OutsideError when the router's log cannot be followed."""
        ...

    def by_hand(self, action: str, **words: str) -> str:
        """The official command for `action`: maintenance-on, maintenance-off, scale
        (process, quantity), autoscale-off, capture (database), and for the time after a move
        router-log, remove-domain (domain), remove-addon (addon), delete-app, list-authorizations.
        Secrets appear as $NAME only. Raises UsageError for an action without a command."""
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...
