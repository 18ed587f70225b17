"""Which apps can this account see? For choosing one before there is a plan."""

from collections.abc import Mapping
from datetime import UTC, datetime

from providers.http import OnCall
from providers.sources.heroku.client import HerokuApi
from providers.sources.heroku.hosts import hosts
from providers.sources.heroku.shapes import App
from providers.sources.heroku.trouble import missing_token
from wizard.clock import SYSTEM_CLOCK, Clock
from wizard.model.account import AppSeen, AppsSeen
from wizard.ports.vault import Vault

EVERYTHING = "id ..; max=1000"
"""The largest page Heroku gives: an account of 300 apps is one call."""


async def list_apps(
    environ: Mapping[str, str],
    vault: Vault,
    clock: Clock = SYSTEM_CLOCK,
    *,
    on_call: OnCall | None = None,
) -> AppsSeen:
    """All apps, by name, in as few calls as there are thousands of them.

    Raises BlockedError without a token, OutsideError when Heroku refuses.
    """
    token = vault.get("heroku", "api-key")
    if token is None:
        raise missing_token()
    api = HerokuApi(hosts(environ), token, on_call=on_call, clock=clock)
    try:
        read = await api.some(App, "/apps", first=EVERYTHING)
    finally:
        await api.close()
    there = [app for app in read.found if app.archived_at is None]
    return AppsSeen(
        apps=tuple(sorted((_seen(app) for app in there), key=lambda app: app.name)),
        unknown=tuple(read.strange),
        calls=api.calls,
        calls_left=api.rate_remaining,
        where="GET /apps",
    )


def _seen(app: App) -> AppSeen:
    return AppSeen(
        name=app.name,
        team=app.team_name,
        region=app.region.name if app.region else "",
        stack=app.stack.name if app.stack else "",
        released=_in_utc(app.released_at),
        maintenance=app.maintenance,
    )


def _in_utc(moment: datetime | None) -> datetime | None:
    return moment.replace(tzinfo=UTC) if moment and moment.tzinfo is None else moment
