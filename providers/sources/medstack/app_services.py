"""The services of the app that moves, as they are at this moment."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from pydantic import SecretStr

from providers.containers.one_app import group_of
from providers.sources.medstack.account import ClusterSeen, chosen_cluster, read_account
from providers.sources.medstack.client import MedStackApi, segment
from providers.sources.medstack.read import read_services
from providers.sources.medstack.service_object import Answered
from wizard.errors import BlockedError, OutsideError
from wizard.formats.compose.tree import Fields
from wizard.formats.compose.values import text_of
from wizard.model.inventory import Inventory
from wizard.safety.clean import clean
from wizard.safety.secrecy import is_secret, learn_secrets

Values = Mapping[str, Mapping[str, SecretStr]]
Look = Callable[[], Awaitable[tuple[Inventory, Values]]]
"""The whole cluster with the files about it, and the values of all its apps."""
_STACK = "com.docker.stack.namespace"
_WEB = "web"


@dataclass(frozen=True)
class Now:
    """`services`: name → service, of the whole cluster; one that is gone is missing. `names` are
    all processes of the app, `serving` the one that users reach, "" when nothing tells."""

    cluster: ClusterSeen
    names: tuple[str, ...]
    serving: str
    domains: tuple[str, ...]
    services: Mapping[str, Answered] = field(repr=False)

    def path(self, process: str) -> str:
        """Where one service is asked for and changed. BlockedError when it is gone."""
        found = self.services.get(process)
        if found is None or not found.id:
            raise BlockedError(
                f"MedStack tells of no service “{clean(process, 80)}” that could be changed",
                f"the cluster {clean(self.cluster.label, 80)} lists no such service, or no id",
                "look for it in MedStack Control, then try again",
            )
        return f"{self.cluster.path}/services/{segment(found.id)}"


class AppServices:
    """Which services belong to the app is read once, what they are each time."""

    def __init__(
        self, api: MedStackApi, app: str, cluster: str, shown_meanwhile: str, look: Look
    ) -> None:
        """`shown_meanwhile`: the image that runs in place of the app's during maintenance."""
        self._api = api
        self._app = app
        self._wanted = cluster
        self._shown = shown_meanwhile
        self._look = look
        self._cluster: ClusterSeen | None = None
        self._names: tuple[str, ...] = ()
        self._serving = ""
        self._domains: tuple[str, ...] = ()

    async def cluster(self) -> ClusterSeen:
        """The cluster that the plan names. Raises as chosen_cluster does."""
        if self._cluster is None:
            self._cluster = chosen_cluster(await read_account(self._api), self._wanted)
        return self._cluster

    async def now(self) -> Now:
        """What MedStack tells of them now. Raises OutsideError, UsageError for an unknown app."""
        cluster = await self.cluster()
        if not self._names:
            self.learn(*await self._look())
        read, gaps = await read_services(self._api, cluster)
        found = {_plain(service): service for service in read}
        found |= {service.name: service for service in read}
        if gaps and any(name not in found for name in self._names):
            raise OutsideError(
                "MedStack does not tell all services of the cluster",
                "; ".join(f"{gap.subject}: {gap.reason}" for gap in gaps),
                "try again; moveday doctor --live --source medstack says what differs",
            )
        return Now(cluster, self._names, self._serving, self._domains, found)

    @property
    def known(self) -> bool:
        """Whether it was read already which services belong to the app."""
        return bool(self._names)

    @property
    def serving(self) -> str:
        """What users reach, as far as it was read; "" before."""
        return self._serving

    def learn(self, whole: Inventory, values: Values) -> None:
        """Take from a look which services belong to the app. UsageError when there is no such app.

        Its values are taught to the redactor: answers of MedStack may repeat any of them.
        """
        for given in values.values():
            learn_secrets({name: value.get_secret_value() for name, value in given.items()})
        self._names = _names(whole, values, self._app, self._shown)
        served = [d for d in whole.domains if d.process in self._names]
        self._domains = tuple(dict.fromkeys(d.hostname for d in served))
        led_to = [_WEB] if _WEB in self._names else [d.process for d in served]
        self._serving = led_to[0] if led_to else ""


def _names(whole: Inventory, values: Values, app: str, shown: str) -> tuple[str, ...]:
    """The processes of the app's image.

    While another image shows that the app is away, the others still run the app's: they are known
    by a secret value that they have in common with what users reach.
    """
    own = group_of(whole, app)
    if not same_image(own.image, shown):
        return own.processes
    given = _secrets(values.get(app, {}))
    kin = [
        each
        for each in whole.apps
        if each is not own and given & _secrets(values.get(each.name, {}))
    ]
    return (*own.processes, *(name for each in kin for name in each.processes))


def same_image(told: str, wanted: str) -> bool:
    """Whether it is that image; Swarm adds the digest that it found."""
    return bool(wanted) and wanted in (told, told.partition("@")[0])


def _secrets(values: Mapping[str, SecretStr]) -> set[str]:
    plain = {name: value.get_secret_value() for name, value in values.items()}
    return {value for name, value in plain.items() if is_secret(name, value)}


def _plain(service: Answered) -> str:
    """Its name without its stack's, as an inventory has it."""
    whole = service.part.tree
    spec = whole.get("Spec") if isinstance(whole, Fields) else None
    labels = spec.get("Labels") if isinstance(spec, Fields) else None
    stack = text_of(labels.get(_STACK)) if isinstance(labels, Fields) else ""
    return service.name.removeprefix(f"{stack}_") if stack else service.name
