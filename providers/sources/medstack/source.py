"""One app of a MedStack cluster as a source: joins readers and writers behind the source's port."""

from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path

from pydantic import SecretStr

from providers.containers.one_app import one_app
from providers.http import OnCall
from providers.sources.medstack import commands, freeze
from providers.sources.medstack.app_services import AppServices, Values
from providers.sources.medstack.beside import BesideCluster
from providers.sources.medstack.change import Changes
from providers.sources.medstack.client import MedStackApi, open_api
from providers.sources.medstack.look import Given, look_through
from providers.sources.medstack.maintenance import MaintenanceWay
from providers.sources.postgres_url import parse_url
from wizard.clock import SYSTEM_CLOCK, Clock
from wizard.errors import BlockedError, OutsideError
from wizard.model.database import Connection
from wizard.model.dns_report import Traffic
from wizard.model.inventory import Inventory
from wizard.model.plan import SourceChoice
from wizard.model.platform_facts import AutoDeploy, Autoscaler
from wizard.ports.beside import Beside
from wizard.ports.source import Fingerprint
from wizard.ports.vault import Vault
from wizard.safety.consent import Consent

_TOLD = "replicas, and containers that run,"
_NOT_TOLD = "replicas as set (MedStack does not tell which containers still run)"


class MedStackSource:
    """The services of one image in one cluster. Paths of the plan's files count from `folder`."""

    name = "medstack"
    twins = False

    def __init__(
        self,
        choice: SourceChoice,
        api: MedStackApi,
        folder: Path,
        clock: Clock = SYSTEM_CLOCK,
    ) -> None:
        self.app = choice.app
        self.api = api
        self._choice = choice
        self._clock = clock
        files = tuple(folder / name for name in choice.files)
        self.running_seen = _NOT_TOLD
        self._given = Given(files, folder, choice.profiles)
        way = choice.maintenance
        meanwhile = way.image if way.by == "image" else ""
        self._services = AppServices(api, choice.app, choice.cluster, meanwhile, self._look)
        self._changes = Changes(api, self._services)
        self._maintenance = MaintenanceWay(choice.app, way, self._services, self._changes)
        self.beside: Beside | None = BesideCluster(
            choice.app, api, self._services, self.read_config
        )

    async def read_inventory(
        self, fingerprint: Fingerprint | None, on_fact: Callable[[str], None] | None = None
    ) -> Inventory:
        """The part of the cluster that is this app; what cannot be read becomes a gap."""
        whole, values = await self._look(fingerprint, on_fact)
        found, _ = one_app(whole, values, self.app, fingerprint)
        self._services.learn(whole, values)
        return found

    async def read_config(self) -> Mapping[str, SecretStr]:
        """All values that MedStack or a file tells, those of mounted files by their variables."""
        whole, values = await self._look()
        _, given = one_app(whole, values, self.app)
        if not self._services.known:
            # Amid a freeze the image of what users reach may be another: that is no other app.
            self._services.learn(whole, values)
        return given

    async def autoscalers(self) -> Sequence[Autoscaler]:
        """None: MedStack has none that is known of."""
        return ()

    async def auto_deploys(self) -> Sequence[AutoDeploy]:
        """None: only its own callers refresh a service's image."""
        return ()

    async def formation(self) -> Mapping[str, int]:
        """Service → replicas as set now."""
        return await freeze.formation(self._services)

    async def maintenance(self) -> bool:
        """Whether users are kept out in the plan's way."""
        return await self._maintenance.is_on()

    async def before_freeze(self) -> Mapping[str, str]:
        """Replicas, image and the flag's state of the service that users reach."""
        return await self._maintenance.before()

    async def set_maintenance(
        self, on: bool, consent: Consent, before: Mapping[str, str] | None = None
    ) -> None:
        """Keep users out, or let them in again exactly as before; users notice."""
        await self._maintenance.turn(on, consent, before or {})

    async def scale(self, quantities: Mapping[str, int], consent: Consent) -> None:
        """Set replicas of services; users notice."""
        await freeze.scale(self._services, self._changes, quantities, consent)

    async def running(self) -> Mapping[str, int]:
        """Service → containers that run; replicas as set where MedStack does not tell it."""
        found, told = await freeze.running_now(self._services)
        self.running_seen = _TOLD if told else _NOT_TOLD
        return found

    async def database(self, variable: str) -> Connection:
        """What the app's variable says. Only containers of the cluster get through to it."""
        assert self.beside is not None
        return parse_url(await self.beside.url(variable), f"behind {variable}")

    async def backups(self, variable: str, *, unfinished: bool = False) -> tuple[str, ...]:
        """None that could be named: MedStack's API tells of no backup."""
        return ()

    async def capture_backup(
        self, variable: str, consent: Consent, *, known: Collection[str] | None = None
    ) -> str:
        """Raises BlockedError: no call that takes a backup is known."""
        raise BlockedError(
            "MedStack takes no backup on demand that is known of",
            "it makes snapshots of volumes by itself, hourly, daily, weekly and monthly; a managed"
            " database's backups follow the cloud's own schedule",
            "say source_backup: false in moveday.yaml; the copy itself is taken from one snapshot"
            " of the database, and the old side stays as it is",
        )

    async def traffic(self, seconds: float) -> Traffic:
        """Raises OutsideError: MedStack tells no router's log."""
        raise OutsideError(
            "the old side's router log cannot be followed",
            "MedStack tells no log of its load balancer",
            "watch the load balancer's own log page in MedStack Control",
        )

    def by_hand(self, action: str, **words: str) -> str:
        """What a person does in MedStack Control."""
        serving = self._services.serving
        return commands.by_hand(self._choice.maintenance, serving, action, words)

    async def close(self) -> None:
        """Let go of connections."""
        await self.api.close()

    async def _look(
        self,
        fingerprint: Fingerprint | None = None,
        on_fact: Callable[[str], None] | None = None,
    ) -> tuple[Inventory, Values]:
        whole, values, _ = await look_through(
            self.api,
            self._given,
            self._choice.cluster,
            self._clock,
            fingerprint,
            on_fact=on_fact,
        )
        return whole, values


def open_source(
    choice: SourceChoice,
    environ: Mapping[str, str],
    vault: Vault,
    clock: Clock = SYSTEM_CLOCK,
    *,
    folder: Path | None = None,
    on_call: OnCall | None = None,
) -> MedStackSource:
    """The app as a source. Nothing is called yet.

    Raises BlockedError without a token or with a staging app, UsageError when MEDSTACK_API_URL
    names a foreign host.
    """
    if choice.staging:
        raise BlockedError(
            "a freeze is not rehearsed on a second cluster yet",
            f"moveday.yaml names the staging app {choice.staging!r}, and a cluster's twin has its"
            " own services, domains and database",
            "take source.staging out of moveday.yaml: the data move is rehearsed all the same, and"
            " the freeze is signed for with a reason",
        )
    api = open_api(environ, vault, clock, on_call=on_call)
    return MedStackSource(choice, api, folder or Path(), clock)
