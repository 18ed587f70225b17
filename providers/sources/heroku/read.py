"""What is this app made of? Every inventory call, in parallel; what fails becomes a gap."""

from collections.abc import Callable

from pydantic import SecretStr

from providers.sources.heroku import around, by_themselves, databases, deployed, services
from providers.sources.heroku.app import look_at_app
from providers.sources.heroku.client import HerokuApi, segment
from providers.sources.heroku.config_values import look_at_masked, look_at_values
from providers.sources.heroku.domains import read_domains
from providers.sources.heroku.gaps import Gaps, both
from providers.sources.heroku.pipeline import read_pipeline
from providers.sources.heroku.shapes import App, Build, DynoSize, Formation
from providers.sources.heroku.variables import describe, owners
from providers.sources.together import together
from wizard.clock import Clock
from wizard.formats.azure import Given, read_traces
from wizard.model.cloud import CloudTraces
from wizard.model.inventory import (
    Addon,
    Attachment,
    Domain,
    Inventory,
    Process,
    SourceDatabase,
    Variable,
)
from wizard.model.platform_facts import (
    AutoDeploy,
    Autoscaler,
    Buildpack,
    Certificate,
    Collaborator,
    Drain,
    Feature,
    Release,
    Sibling,
    Webhook,
)
from wizard.ports.source import Fingerprint


async def read_inventory(
    api: HerokuApi,
    app: str,
    clock: Clock,
    fingerprint: Fingerprint | None,
    on_fact: Callable[[str], None] | None,
) -> Inventory:
    """Read everything. Raises only when the app or the token is no good."""
    gaps = Gaps(on_fact)
    about, strange = await look_at_app(api, app)
    gaps.tell(f"app {about.name}")
    if strange:
        gaps.add("app", f"in a shape moveday does not know: {strange}")
    if about.maintenance is None:
        gaps.add("maintenance", "Heroku does not say whether the maintenance page is shown")
    parts = _Parts(api, about, app, gaps)
    await together(
        [
            parts.read_release(),
            parts.read_processes(),
            parts.read_config_and_services(),
            parts.read_domains(),
            parts.read_pipeline(),
            parts.read_around(),
            parts.read_people(),
        ]
    )
    return Inventory(
        source="heroku",
        app=about.name,
        app_id=about.id,
        region=about.region.name if about.region else "",
        stack=about.stack.name if about.stack else "",
        maintenance=about.maintenance or False,
        release=parts.release,
        processes=parts.processes(),
        variables=parts.variables(fingerprint),
        addons=parts.addons,
        domains=parts.domains,
        databases=parts.databases,
        siblings=parts.siblings,
        attachments=parts.attachments,
        certificates=parts.certificates,
        automatic_certificates=about.acm,
        buildpacks=parts.buildpacks,
        drains=parts.drains,
        collaborators=parts.collaborators,
        features=parts.features,
        autoscalers=parts.autoscalers,
        auto_deploys=parts.auto_deploys,
        webhooks=parts.webhooks,
        pipeline=parts.pipeline,
        team=about.team_name,
        space=about.space.name if about.space else "",
        outbound_ips=parts.outbound_ips,
        cloud=parts.cloud(),
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
        self._sizes: dict[str, deployed.Size] = {}
        self._values: dict[str, SecretStr] = {}
        self._hidden: frozenset[str] = frozenset()
        self._owned: dict[str, str] = {}
        self.addons: tuple[Addon, ...] = ()
        self.attachments: tuple[Attachment, ...] = ()
        self.databases: tuple[SourceDatabase, ...] = ()
        self.domains: tuple[Domain, ...] = ()
        self.certificates: tuple[Certificate, ...] = ()
        self.pipeline = ""
        self.siblings: tuple[Sibling, ...] = ()
        self.buildpacks: tuple[Buildpack, ...] = ()
        self.drains: tuple[Drain, ...] = ()
        self.collaborators: tuple[Collaborator, ...] = ()
        self.features: tuple[Feature, ...] = ()
        self.webhooks: tuple[Webhook, ...] = ()
        self.autoscalers: tuple[Autoscaler, ...] = ()
        self.auto_deploys: tuple[AutoDeploy, ...] = ()
        self.outbound_ips: tuple[str, ...] = ()

    async def read_release(self) -> None:
        self.release, self._build, self._build_where = await deployed.read_release(
            self._api, self._app, self._gaps
        )

    async def read_processes(self) -> None:
        api, gaps = self._api, self._gaps
        path = f"{self._base}/formation"
        self._formation, listed = await both(
            gaps.some("processes", api.some(Formation, path)),
            gaps.some("dyno sizes", api.some(DynoSize, "/dyno-sizes")),
        )
        self._sizes = deployed.sizes_of(listed)
        gaps.tell(f"{len(self._formation)} process types")
        used = [each.size_name for each in self._formation]
        self.autoscalers = await by_themselves.read_autoscalers(api, self._about, used, gaps)

    async def read_config_and_services(self) -> None:
        api, gaps, base = self._api, self._gaps, self._base
        _, (own, attached) = await both(
            self._read_config(), services.read_services(api, base, gaps)
        )
        self._owned = owners(own, attached)
        facts = services.addon_facts(own, attached, f"GET {base}/addons")
        gaps.tell(f"{len(facts)} add-ons")
        services.name_unreadable(facts, gaps)
        (self.addons, self.attachments), self.databases = await both(
            services.with_users(api, self._about.name, facts, gaps),
            databases.databases(api, facts, self._values, gaps),
        )

    async def _read_config(self) -> None:
        api, gaps = self._api, self._gaps
        (values, null), hidden = await both(
            look_at_values(api, self._app, gaps), look_at_masked(api, self._app, gaps)
        )
        self._hidden = null | hidden
        # What a masked variable's value looks like in the plain list is not known: never use it.
        self._values = {name: v for name, v in values.items() if name not in self._hidden}
        for name in sorted(self._hidden):
            gaps.add(f"value of {name}", "masked on Heroku, where nobody can read it back")
        gaps.tell(f"{len(set(values) | self._hidden)} config variables")

    async def read_domains(self) -> None:
        self.domains, self.certificates = await read_domains(self._api, self._base, self._gaps)

    async def read_pipeline(self) -> None:
        self.pipeline, self.siblings = await read_pipeline(self._api, self._about, self._gaps)

    async def read_around(self) -> None:
        api, base, about, gaps = self._api, self._base, self._about, self._gaps
        if about.space is not None:
            gaps.add("database access", "in a Private Space: reachable through its bastion only")
        (self.buildpacks, self.drains), (self.webhooks, self.outbound_ips) = await both(
            both(
                around.read_buildpacks(api, base, gaps), around.read_drains(api, base, about, gaps)
            ),
            both(around.read_webhooks(api, base, gaps), around.read_outbound(api, about, gaps)),
        )

    async def read_people(self) -> None:
        api, base, about, gaps = self._api, self._base, self._about, self._gaps
        (self.collaborators, self.features), self.auto_deploys = await both(
            both(around.read_people(api, base, about, gaps), around.read_features(api, base, gaps)),
            by_themselves.read_auto_deploys(api, about, gaps),
        )

    def processes(self) -> tuple[Process, ...]:
        where = f"GET {self._base}/formation"
        return deployed.processes(
            self._formation, self._build, where, self._build_where, self._sizes
        )

    def variables(self, fingerprint: Fingerprint | None) -> tuple[Variable, ...]:
        guess = self._gaps.has("add-ons") or self._gaps.has("attachments")
        where = f"GET {self._base}/config-vars"
        return describe(self._values, self._hidden, self._owned, fingerprint, where, guess=guess)

    def cloud(self) -> CloudTraces:
        """What the values tell of a cloud beside Heroku."""
        where = f"GET {self._base}/config-vars"
        return read_traces(
            Given(self._about.name, name, value.get_secret_value(), where)
            for name, value in self._values.items()
        )
