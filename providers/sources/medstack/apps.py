"""Which clusters does this token see, and which services are in them?"""

from collections.abc import Mapping

from providers.http import OnCall
from providers.sources.medstack.account import ClusterSeen, read_account
from providers.sources.medstack.client import open_api
from providers.sources.medstack.service_object import answered
from providers.sources.medstack.trouble import TokenRefused
from providers.sources.together import together
from wizard.clock import SYSTEM_CLOCK, Clock
from wizard.errors import MovedayError
from wizard.formats.compose.tree import Fields
from wizard.model.account import AppSeen, AppsSeen
from wizard.ports.vault import Vault


async def list_apps(
    environ: Mapping[str, str],
    vault: Vault,
    clock: Clock = SYSTEM_CLOCK,
    *,
    on_call: OnCall | None = None,
) -> AppsSeen:
    """All clusters, by name, with their services.

    Raises BlockedError without a token, OutsideError when MedStack refuses.
    """
    api = open_api(environ, vault, clock, on_call=on_call)
    unknown: list[str] = []

    async def seen(cluster: ClusterSeen) -> AppSeen:
        names: tuple[str, ...] = ()
        try:
            listed = await api.several(f"{cluster.path}/services", "GET services")
        except TokenRefused:
            raise
        except MovedayError as error:
            unknown.append(f"services of {cluster.label}: {error.title}")
        else:
            names = tuple(answered(t).name for t in listed.things if isinstance(t, Fields))
        return AppSeen(
            name=cluster.label,
            team=account.company,
            region=cluster.region,
            stack=cluster.provider,
            services=names,
        )

    try:
        account = await read_account(api)
        unknown += [f"{gap.subject}: {gap.reason}" for gap in account.gaps]
        found = await together(seen(cluster) for cluster in account.clusters)
    finally:
        await api.close()
    return AppsSeen(
        apps=tuple(sorted(found, key=lambda app: app.name)),
        unknown=tuple(unknown),
        calls=api.calls,
        where="GET /companies/ID/clusters",
    )
