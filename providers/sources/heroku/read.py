"""What is this app made of? Every inventory call, in parallel; what fails becomes a gap."""

from collections.abc import Callable

from pydantic import SecretStr

from providers.http import HttpRefused
from providers.sources.heroku import deployed, services
from providers.sources.heroku.client import ACCEPT_SDK, HerokuApi, segment
from providers.sources.heroku.gaps import Gaps, together
from providers.sources.heroku.shapes import (
    Addon,
    App,
    Attachment,
    Build,
    ConfigSetting,
    Coupling,
    Drain,
    DynoSize,
    Formation,
)
from providers.sources.heroku.shapes import Domain as DomainShape
from providers.sources.heroku.trouble import no_such_app
from providers.sources.heroku.variables import describe, owners
from wizard.clock import Clock
from wizard.errors import MovedayError
from wizard.model.inventory import Addon as AddonFact
from wizard.model.inventory import (
    Domain,
    Inventory,
    Process,
    Release,
    Sibling,
    SourceDatabase,
    Variable,
)
from wizard.ports.source import Fingerprint
from wizard.safety.secrecy import learn_secrets

EXPAND_ADDONS = {"Accept-Expansion": "addon_service,plan"}
INCLUDE_VARIABLES = {"Accept-Inclusion": "addon:plan,config_vars"}


async def read_app(api: HerokuApi, app: str) -> App:
    """The app itself. Raises NoSuchApp on 404."""
    problem: MovedayError
    try:
        return await api.get(App, f"/apps/{segment(app)}")
    except HttpRefused as refused:
        problem = no_such_app(app) if refused.status == 404 else refused
    raise problem


async def read_values(api: HerokuApi, app: str) -> tuple[dict[str, SecretStr], frozenset[str]]:
    """All config values, taught to the redactor, and the names whose value cannot be read."""
    path = f"/apps/{segment(app)}/config-vars"
    raw = await api.get(dict[str, str | None], path)
    readable = {name: value for name, value in raw.items() if value is not None}
    learn_secrets(readable)
    kept = {name: SecretStr(value) for name, value in readable.items()}
    return kept, frozenset(set(raw) - set(readable))


async def read_masked(api: HerokuApi, app: str) -> frozenset[str]:
    """Names of masked variables. Heroku does not offer this call to everybody: none then."""
    path = f"/apps/{segment(app)}/config-vars-settings"
    try:
        settings = await api.list(ConfigSetting, path, {"Accept": ACCEPT_SDK})
    except HttpRefused as refused:
        if refused.status in (404, 406):
            return frozenset()
        raise
    return frozenset(setting.key for setting in settings if setting.masked)


async def read_siblings(api: HerokuApi, app: App) -> tuple[Sibling, ...]:
    """The other apps of the app's pipeline; empty when it is in none."""
    path = f"/apps/{segment(app.id)}/pipeline-couplings"
    try:
        found = await api.get(Coupling | list[Coupling], path)  # type: ignore[arg-type]
    except HttpRefused as refused:
        if refused.status == 404:
            return ()
        raise
    own = found if isinstance(found, list) else [found]
    pipelines = [coupling.pipeline.id for coupling in own if coupling.pipeline]
    siblings = []
    for pipeline in pipelines:
        path = f"/pipelines/{segment(pipeline)}/pipeline-couplings"
        for coupling in await api.list(Coupling, path):
            if coupling.app and coupling.app.id != app.id:
                other = await api.get(App, f"/apps/{segment(coupling.app.id)}")
                siblings.append(Sibling(app=other.name, stage=coupling.stage))
    return tuple(sorted(siblings, key=lambda sibling: (sibling.stage, sibling.app)))


async def read_inventory(
    api: HerokuApi,
    app: str,
    clock: Clock,
    fingerprint: Fingerprint | None,
    on_fact: Callable[[str], None] | None,
) -> Inventory:
    """Read everything. Raises only when the app or the token is no good."""
    gaps = Gaps(on_fact)
    about = await read_app(api, app)
    gaps.tell(f"app {about.name}")
    parts = _Parts(api, about, app, gaps)
    await together(
        [
            parts.read_release(),
            parts.read_processes(),
            parts.read_config(),
            parts.read_services(),
            parts.read_domains(),
            parts.read_surroundings(),
        ]
    )
    return Inventory(
        source="heroku",
        app=about.name,
        app_id=about.id,
        region=about.region.name if about.region else "",
        stack=about.stack.name if about.stack else "",
        maintenance=about.maintenance,
        release=parts.release,
        processes=parts.processes(),
        variables=parts.variables(fingerprint),
        addons=parts.addons,
        domains=parts.domains,
        databases=tuple(sorted(parts.databases, key=lambda d: d.variable)),
        siblings=parts.siblings,
        gaps=gaps.all,
        read_at=clock.now(),
    )


class _Parts:
    """The parts of one inventory, filled side by side and joined at the end."""

    def __init__(self, api: HerokuApi, about: App, app: str, gaps: Gaps) -> None:
        self._api = api
        self._about = about
        self._gaps = gaps
        self._base = f"/apps/{segment(app)}"
        self._app = app
        self.release: Release | None = None
        self._build = Build()
        self._build_where = ""
        self._formation: list[Formation] = []
        self._memory: dict[str, int] = {}
        self._values: dict[str, SecretStr] = {}
        self._hidden: frozenset[str] = frozenset()
        self._owned: dict[str, str] = {}
        self.addons: tuple[AddonFact, ...] = ()
        self.databases: tuple[SourceDatabase, ...] = ()
        self.domains: tuple[Domain, ...] = ()
        self.siblings: tuple[Sibling, ...] = ()

    async def read_release(self) -> None:
        self.release, self._build, self._build_where = await deployed.read_release(
            self._api, self._app, self._gaps
        )

    async def read_processes(self) -> None:
        api, gaps = self._api, self._gaps
        path = f"{self._base}/formation"
        self._formation = await gaps.read("processes", api.list(Formation, path), [])
        listed = await gaps.read("dyno sizes", api.list(DynoSize, "/dyno-sizes"), [])
        self._memory = deployed.sizes(listed)
        gaps.tell(f"{len(self._formation)} process types")
        if any(size_autoscales(each.size_name) for each in self._formation):
            gaps.add("autoscaling", "may be on for these sizes: look with `heroku ps:autoscale`")

    async def read_config(self) -> None:
        api, gaps = self._api, self._gaps
        nothing: tuple[dict[str, SecretStr], frozenset[str]] = ({}, frozenset())
        values, null = await gaps.read("config", read_values(api, self._app), nothing)
        hidden = await gaps.read("masked variables", read_masked(api, self._app), frozenset())
        self._hidden = null | hidden
        # What a masked variable's value looks like in the plain list is not known: never use it.
        self._values = {name: v for name, v in values.items() if name not in self._hidden}
        for name in sorted(self._hidden):
            gaps.add(f"value of {name}", "masked on Heroku, where nobody can read it back")
        gaps.tell(f"{len(set(values) | self._hidden)} config variables")

    async def read_services(self) -> None:
        api, gaps, base = self._api, self._gaps, self._base
        listing = api.list(Addon, f"{base}/addons", EXPAND_ADDONS)
        own = await gaps.read("add-ons", listing, [])
        attached = api.list(Attachment, f"{base}/addon-attachments", INCLUDE_VARIABLES)
        attachments = await gaps.read("add-on attachments", attached, [])
        self._owned = owners(own, attachments)
        facts = services.addon_facts(own, attachments, f"GET {base}/addons")
        gaps.tell(f"{len(facts)} add-ons")
        self.addons = await services.with_sharers(api, self._about.id, facts, gaps)
        self.databases = await services.databases(api, self.addons, gaps)

    async def read_domains(self) -> None:
        path = f"{self._base}/domains"
        listed = await self._gaps.read("domains", self._api.list(DomainShape, path), [])
        self._gaps.tell(f"{len(listed)} domains")
        self.domains = tuple(_domain(each, f"GET {path}") for each in listed)

    async def read_surroundings(self) -> None:
        api, gaps = self._api, self._gaps
        self.siblings = await gaps.read("pipeline", read_siblings(api, self._about), ())
        drains = await gaps.read("log drains", api.list(Drain, f"{self._base}/log-drains"), [])
        own = sum(1 for drain in drains if drain.addon is None)
        if own:
            gaps.add("log drains", f"{own} of your own: set them up again on the new side")
        if self._about.space is not None:
            gaps.add("database access", "in a Private Space: reachable through its bastion only")

    def processes(self) -> tuple[Process, ...]:
        where = f"GET {self._base}/formation"
        return deployed.processes(
            self._formation, self._build, where, self._build_where, self._memory
        )

    def variables(self, fingerprint: Fingerprint | None) -> tuple[Variable, ...]:
        guess = self._gaps.has("add-ons") or self._gaps.has("add-on attachments")
        where = f"GET {self._base}/config-vars"
        return describe(self._values, self._hidden, self._owned, fingerprint, where, guess=guess)


def size_autoscales(size: str) -> bool:
    """Whether Heroku's own autoscaling exists for a dyno size (Dev Center, dyno tiers)."""
    return size.lower().startswith(("performance-", "private-", "shield-"))


def _domain(shape: DomainShape, where: str) -> Domain:
    certificate = ""
    if shape.acm_status:
        certificate = f"automatic: {shape.acm_status}"
    elif shape.sni_endpoint is not None:
        certificate = "uploaded: its private key cannot be read from Heroku"
    return Domain(
        hostname=shape.hostname,
        kind="default" if shape.kind == "heroku" else "custom",
        target=shape.cname or None,
        certificate=certificate,
        where=where,
    )
