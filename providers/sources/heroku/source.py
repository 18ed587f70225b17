"""A Heroku app as a source: joins the readers and writers behind wizard.ports.source.Source."""

from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path

from pydantic import SecretStr

from providers.http import OnCall
from providers.sources.heroku import (
    backups,
    by_themselves,
    commands,
    config_values,
    database,
    freeze,
    read,
    traffic,
)
from providers.sources.heroku.app import read_app
from providers.sources.heroku.client import HerokuApi
from providers.sources.heroku.hosts import hosts
from providers.sources.heroku.trouble import missing_token
from wizard.clock import SYSTEM_CLOCK, Clock
from wizard.model.database import Connection
from wizard.model.dns_report import Traffic
from wizard.model.inventory import Inventory
from wizard.model.plan import SourceChoice
from wizard.model.platform_facts import AutoDeploy, Autoscaler
from wizard.ports.beside import Beside
from wizard.ports.source import Fingerprint
from wizard.ports.vault import Vault
from wizard.safety.consent import Consent


class HerokuSource:
    """One Heroku app. `poll` is the pause between looks at a running backup, in seconds."""

    name = "heroku"
    twins = True
    running_seen = "formation and dynos"
    beside: Beside | None = None

    def __init__(
        self,
        app: str,
        api: HerokuApi,
        clock: Clock = SYSTEM_CLOCK,
        *,
        poll: float = backups.POLL_SECONDS,
    ) -> None:
        self.app = app
        self.api = api
        self._clock = clock
        self._poll = poll

    async def read_inventory(
        self, fingerprint: Fingerprint | None, on_fact: Callable[[str], None] | None = None
    ) -> Inventory:
        """Everything the app is made of; what cannot be read becomes a gap."""
        return await read.read_inventory(self.api, self.app, self._clock, fingerprint, on_fact)

    async def read_config(self) -> Mapping[str, SecretStr]:
        """All readable config values, for memory only."""
        values, _ = await config_values.read_values(self.api, self.app)
        hidden = await config_values.read_masked(self.api, self.app)
        return {name: value for name, value in values.items() if name not in hidden}

    async def autoscalers(self) -> Sequence[Autoscaler]:
        """Heroku's own scaling rules as they are now."""
        about = await read_app(self.api, self.app)
        return await by_themselves.autoscalers(self.api, about)

    async def auto_deploys(self) -> Sequence[AutoDeploy]:
        """The GitHub repository the app is connected to, as it is now."""
        about = await read_app(self.api, self.app)
        return await by_themselves.auto_deploys(self.api, about)

    async def formation(self) -> Mapping[str, int]:
        """Process type → quantity as set now, those at zero included."""
        return await freeze.formation(self.api, self.app)

    async def maintenance(self) -> bool:
        """Whether the maintenance page is shown."""
        return await freeze.maintenance(self.api, self.app)

    async def before_freeze(self) -> Mapping[str, str]:
        """Nothing: Heroku's maintenance page is a switch."""
        return {}

    async def set_maintenance(
        self, on: bool, consent: Consent, before: Mapping[str, str] | None = None
    ) -> None:
        """Turn the maintenance page on or off; users notice."""
        await freeze.set_maintenance(self.api, self.app, on, consent)

    async def scale(self, quantities: Mapping[str, int], consent: Consent) -> None:
        """Set quantities of process types; users notice."""
        await freeze.scale(self.api, self.app, quantities, consent)

    async def running(self) -> Mapping[str, int]:
        """Process type → dynos that run now, one-off ones included."""
        return await freeze.running(self.api, self.app)

    async def database(self, variable: str) -> Connection:
        """Fresh credentials of one Postgres database, by add-on id, name or variable."""
        return await database.connection(self.api, self.app, variable)

    async def backups(self, variable: str, *, unfinished: bool = False) -> tuple[str, ...]:
        """Names of good backups, newest first; with `unfinished` all of them."""
        return await backups.names(self.api, self.app, variable, unfinished=unfinished)

    async def capture_backup(
        self, variable: str, consent: Consent, *, known: Collection[str] | None = None
    ) -> str:
        """Take a backup and wait until it ended well; its name, such as b012."""
        return await backups.capture(
            self.api, self.app, variable, consent, self._clock, known=known, poll=self._poll
        )

    async def traffic(self, seconds: float) -> Traffic:
        """Visitors' requests at the router during the next `seconds`, by host."""
        return await traffic.traffic(self.api, self.app, seconds)

    def by_hand(self, action: str, **words: str) -> str:
        """The official command: maintenance-on, maintenance-off, scale, capture."""
        return commands.by_hand(self.app, action, words)

    async def close(self) -> None:
        """Let go of connections."""
        await self.api.close()


def open_source(
    choice: SourceChoice,
    environ: Mapping[str, str],
    vault: Vault,
    clock: Clock = SYSTEM_CLOCK,
    *,
    folder: Path | None = None,
    on_call: OnCall | None = None,
) -> HerokuSource:
    """The app as a source; `folder` is the project's, of no use here. Nothing is called yet.

    Raises BlockedError without a token, UsageError when HEROKU_HOST names a foreign host.
    """
    token = vault.get("heroku", "api-key")
    if token is None:
        raise missing_token()
    api = HerokuApi(hosts(environ), token, on_call=on_call, clock=clock)
    return HerokuSource(choice.app, api, clock)
