"""How to reach one of the app's databases right now: credentials change, so always read anew."""

from urllib.parse import parse_qs, unquote, urlsplit

from pydantic import SecretStr

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
from wizard.errors import OutsideError, UsageError
from wizard.model.database import Connection
from wizard.model.inventory import Addon as AddonFact
from wizard.safety.redact import REDACTOR

_TLS = {"require", "verify-ca", "verify-full"}


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


def parse_url(url: SecretStr, name: str) -> Connection:
    """A postgres URL as keywords. The error never shows a piece of the URL."""
    text = url.get_secret_value().strip()
    REDACTOR.learn(text)
    try:
        parts = urlsplit(text)
        port = parts.port or 5432
    except ValueError:
        parts, port = urlsplit(""), 0
    database = unquote(parts.path.lstrip("/"))
    if (
        parts.scheme not in ("postgres", "postgresql")
        or not parts.hostname
        or not database
        or parts.username is None
    ):
        raise OutsideError(f"the address of the database {name} is not a postgres URL")
    password = unquote(parts.password or "")
    REDACTOR.learn(password)
    asked = parse_qs(parts.query).get("sslmode", ["require"])[-1]
    return Connection(
        host=parts.hostname,
        port=port,
        database=database,
        user=unquote(parts.username),
        password=SecretStr(password),
        tls=asked if asked in _TLS else "require",  # type: ignore[arg-type]
    )
