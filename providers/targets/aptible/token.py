"""May we talk to Aptible? The access token and when it ends."""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from pydantic import SecretStr

from wizard.acts import do
from wizard.clock import Clock
from wizard.errors import BlockedError
from wizard.ports.vault import Vault
from wizard.safety.redact import REDACTOR

SERVICE, ACCOUNT = "aptible", "access-token"
VARIABLE = "APTIBLE_ACCESS_TOKEN"
_HINT = f"{do('sign-in')}, or run `aptible login` and set {VARIABLE} to the new token"


@dataclass(frozen=True)
class AccessToken:
    """A token and its end; `expires` None when it does not say (then the API will)."""

    value: SecretStr
    expires: datetime | None

    def check(self, clock: Clock) -> None:
        """Raise BlockedError when the token has ended."""
        if self.expires is not None and clock.now() >= self.expires:
            raise BlockedError(
                "the Aptible token has expired",
                f"it ended at {self.expires:%Y-%m-%d %H:%M} UTC",
                _HINT,
            )


def find_token(vault: Vault, environ: Mapping[str, str]) -> AccessToken:
    """The token from the vault, else from the environment. Raises BlockedError without one."""
    value = vault.get(SERVICE, ACCOUNT)
    if value is None and environ.get(VARIABLE, "").strip():
        value = SecretStr(environ[VARIABLE].strip())
    if value is None:
        raise BlockedError("there is no Aptible token", f"{VARIABLE} is not set", _HINT)
    REDACTOR.learn(value.get_secret_value())
    return AccessToken(value, _expiry(value.get_secret_value()))


def expired_on_the_way() -> BlockedError:
    """The error for a token that the API no longer accepts."""
    return BlockedError("Aptible no longer accepts the token", "it expired or was revoked", _HINT)


def _expiry(token: str) -> datetime | None:
    # Only read, never verified: the API decides; this is to say it early and kindly.
    parts = token.split(".")
    if len(parts) != 3:
        return None
    try:
        padded = parts[1] + "=" * (-len(parts[1]) % 4)
        claims = json.loads(base64.urlsafe_b64decode(padded))
        return datetime.fromtimestamp(float(claims["exp"]), UTC)
    except (ValueError, KeyError, TypeError, OverflowError, OSError):
        return None
