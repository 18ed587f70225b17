"""What MedStack's refusals mean, in words a person can act on.

Seen at support.medstack.co/api: 401, 404 and 500. How the error's body looks was not seen.
"""

from providers.http import HttpRefused
from wizard.errors import BlockedError, MovedayError, OutsideError

WHERE_TOKENS_ARE = "MedStack Control, user menu, API Tokens"
VARIABLES = "MEDSTACK_TOKEN_KEY and MEDSTACK_TOKEN_VALUE"
SIGN_IN_COMMAND = "moveday sign-in --source medstack"
NOT_ACCEPTED = "MedStack does not accept the token: it is wrong, or was deleted"


class TokenRefused(OutsideError):
    """The token pair is wrong or deleted."""


class NotThere(OutsideError):
    """MedStack has no such thing for this token; it tells no difference from "not yours"."""


def missing_token() -> BlockedError:
    """There is no token pair at all."""
    return BlockedError(
        "no token for MedStack",
        f"{VARIABLES} are not set, and no keyring has them",
        f"make one in {WHERE_TOKENS_ARE}, then run {SIGN_IN_COMMAND}, or set the variables",
    )


def explained(error: HttpRefused) -> MovedayError:
    """The error for people that belongs to a refusal; the refusal itself when nothing fits."""
    if error.status == 401:
        return TokenRefused(
            NOT_ACCEPTED,
            said(error),
            f"make one in {WHERE_TOKENS_ARE}, then run {SIGN_IN_COMMAND}, or set {VARIABLES} anew",
        )
    if error.status == 404:
        return NotThere(
            "MedStack has nothing there for this token",
            error.title,
            "a token sees one company only: look which one it was made for",
        )
    if error.status >= 500:
        error.hint = error.hint or "trouble on MedStack's side; try again later"
    return error


def said(error: HttpRefused) -> str:
    """What the refusal's body says, wherever it says it."""
    inner = [texts.get("message", "") for texts in error.inner.values()]
    return next((text for text in (error.problem.get("message", ""), *inner) if text), "")
