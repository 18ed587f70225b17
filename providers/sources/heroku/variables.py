"""Whose is each config variable? Names, lengths, origins and keyed hashes; never a value."""

import re
from collections.abc import Iterable, Mapping

from pydantic import SecretStr

from providers.sources.heroku.shapes import Addon, Attachment
from wizard.model.inventory import Variable
from wizard.ports.source import Fingerprint

_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*)://")
# Set by the platform itself, or read by the platform only (Dev Center: dyno metadata, maintenance
# mode, buildpacks).
_PLATFORM = re.compile(
    r"PORT|DYNO|DYNO_RAM|BUILDPACK_URL|MAINTENANCE_PAGE_URL|ERROR_PAGE_URL|HEROKU_.+"
)
# Add-ons whose variables begin with HEROKU_ although the platform does not own them.
_ADDON_BY_NAME = re.compile(
    r"DATABASE_URL|DATABASE_CONNECTION_POOL_URL|HEROKU_POSTGRESQL_[A-Z0-9_]+_URL"
    r"|REDIS_URL|REDIS_TLS_URL|HEROKU_REDIS_[A-Z0-9_]+_URL"
)


def owners(addons: Iterable[Addon], attachments: Iterable[Attachment]) -> dict[str, str]:
    """Variable name → the name of the add-on it belongs to, from what Heroku itself says.

    An attachment without a list of variables owns `<ALIAS>_URL`, Heroku's rule for databases.
    """
    found: dict[str, str] = {}
    for addon in addons:
        found |= dict.fromkeys(addon.config_vars or [], addon.name)
    for attachment in attachments:
        names = attachment.config_vars
        if names is None and attachment.addon.name not in found.values():
            names = [f"{attachment.name}_URL"]
        for name in names or []:
            found.setdefault(name, attachment.addon.name)
    return found


def describe(
    values: Mapping[str, SecretStr],
    hidden: Iterable[str],
    owned: Mapping[str, str],
    fingerprint: Fingerprint | None,
    where: str,
    *,
    guess: bool = False,
) -> tuple[Variable, ...]:
    """One fact per variable, by name. `hidden` are masked ones, whose value nobody can read.

    `guess`: the add-ons could not be read, so well-known names stand in for them.
    """
    facts = []
    for name in sorted(set(values) | set(hidden)):
        value = values[name].get_secret_value() if name in values else ""
        masked = name not in values
        known = owned.get(name, "")
        addon = bool(known) or (guess and _ADDON_BY_NAME.fullmatch(name) is not None)
        scheme = _SCHEME.match(value)
        facts.append(
            Variable(
                name=name,
                origin="addon" if addon else "platform" if _PLATFORM.fullmatch(name) else "user",
                owner=known,
                length=len(value),
                fingerprint=fingerprint(value) if fingerprint and not masked else None,
                empty=not value and not masked,
                masked=masked,
                scheme=scheme[1] if scheme else "",
                where=where,
            )
        )
    return tuple(facts)
