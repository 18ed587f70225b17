"""How to reach one of the app's databases right now: credentials change, so always read anew."""

from providers.sources.heroku.client import HerokuApi, segment
from providers.sources.heroku.config_values import read_masked, read_values
from providers.sources.heroku.databases import main_variable
from providers.sources.heroku.services import (
    EXPAND_ADDONS,
    INCLUDE_VARIABLES,
    POSTGRES,
    addon_facts,
)
from providers.sources.heroku.shapes import Addon, Attachment, DataService
from providers.sources.postgres_url import parse_url
from wizard.errors import OutsideError, UsageError
from wizard.model.database import Connection
from wizard.model.inventory import Addon as AddonFact


async def find_postgres(api: HerokuApi, app: str, database_id: str) -> AddonFact:
    """The Postgres add-on by id, name or variable; UsageError when the app has no such one."""
    base = f"/apps/{segment(app)}"
    own = await api.list(Addon, f"{base}/addons", EXPAND_ADDONS)
    attachments = await api.list(Attachment, f"{base}/addon-attachments", INCLUDE_VARIABLES)
    facts = [
        addon
        for addon in addon_facts(own, attachments, f"GET {base}/addons")
        if addon.service == POSTGRES
    ]
    # An attachment knows the variables even where the add-on's own list is missing.
    aliases: dict[str, set[str]] = {}
    for attachment in attachments:
        if attachment.namespace is None:
            names = attachment.config_vars or [f"{attachment.name}_URL"]
            aliases.setdefault(attachment.addon.id, set()).update(names)
    for addon in facts:
        provides = tuple(sorted(set(addon.provides) | aliases.get(addon.id, set())))
        if database_id in (addon.id, addon.name, *provides):
            return addon.model_copy(update={"provides": provides})
    known = ", ".join(addon.name for addon in facts) or "none"
    raise UsageError(f"the app has no Postgres database {database_id!r}", f"it has: {known}")


async def connection(api: HerokuApi, app: str, database_id: str) -> Connection:
    """Fresh credentials: from the config variable, else from the data API.

    Heroku insists on TLS with a certificate of its own, hence `require` where the URL does not
    ask for more.
    """
    addon = await find_postgres(api, app, database_id)
    usual = main_variable(addon.provides, "DATABASE_URL")
    variable = database_id if database_id in addon.provides else usual
    values, _ = await read_values(api, app)
    hidden = await read_masked(api, app)
    url = values.get(variable) if variable not in hidden else None
    if url is None or not url.get_secret_value():
        facts = await api.data(DataService, f"/client/v11/databases/{segment(addon.id)}")
        url = facts.resource_url
    if url is None or not url.get_secret_value():
        raise OutsideError(
            f"Heroku gives no address for the database {addon.name}",
            f"{variable or 'its variable'} cannot be read",
            f"look with `heroku pg:credentials:url {addon.name}`",
        )
    return parse_url(url, addon.name)
