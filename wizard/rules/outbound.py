"""Which variables reach people or partners? By name and by add-on; the evidence is named."""

import re

from pydantic import SecretStr

from wizard.rules.addon_catalog import kind_of
from wizard.rules.outbound_names import HARMLESS, MESSAGES, OUTBOUND_NAMES, SAYS_NO, SIGN_IN

_PATTERNS = tuple((re.compile(pattern), effect) for pattern, effect in OUTBOUND_NAMES)
_MESSENGER, _SIGN_IN = (re.compile(pattern) for pattern in SIGN_IN)
_HARMLESS = re.compile(HARMLESS)


def reaches_nobody(value: SecretStr) -> bool:
    """Whether a value is none of an account or address: off, or this machine."""
    return value.get_secret_value().strip().lower() in SAYS_NO


def outbound_evidence(name: str, service: str = "") -> str:
    """Why the variable `name` seems to reach the outside; "" when nothing says so.

    `service` is the slug of the add-on that owns it, "" for a person's own variable. The value is
    never looked at.
    """
    kind = kind_of(service) if service else None
    if kind is not None and kind.reaches:
        return f"the add-on {service}: {kind.reaches}"
    upper = name.upper()
    if _HARMLESS.search(upper):
        return ""
    effect = next((effect for pattern, effect in _PATTERNS if pattern.search(upper)), "")
    if _MESSENGER.search(upper) if effect == MESSAGES else _SIGN_IN.search(upper):
        return ""
    return f"its name: {effect}" if effect else ""
