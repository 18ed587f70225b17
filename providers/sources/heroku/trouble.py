"""What Heroku's refusals mean, in words a person can act on."""

from providers.http import HttpRefused
from wizard.acts import do
from wizard.errors import BlockedError, MovedayError, OutsideError, UsageError

HOW_TO_SIGN_IN = (
    f"{do('sign-in')}, or make one with `heroku authorizations:create --scope "
    "identity,read-protected,write-protected --expires-in 259200` and set HEROKU_API_KEY to it"
)


class NoSuchApp(UsageError):
    """No app of that name that this token can see."""


class TokenRefused(OutsideError):
    """The token is wrong, expired or revoked."""


class ScopeMissing(OutsideError):
    """The token is good but may not do this."""


def missing_token() -> BlockedError:
    """There is no Heroku token at all."""
    return BlockedError("no token for Heroku", "HEROKU_API_KEY is not set", HOW_TO_SIGN_IN)


def no_such_app(app: str) -> NoSuchApp:
    """404 on the app itself: Heroku does not tell "not there" from "not yours"."""
    return NoSuchApp(
        f"Heroku knows no app “{app}”, or this account has no access to it",
        "Heroku gives the same answer for both",
        "check the name with `moveday inventory --apps`, or have its owner add you as collaborator",
    )


def explained(error: HttpRefused) -> MovedayError:
    """The error for people that belongs to a refusal; the refusal itself when nothing fits."""
    status, said = error.status, error.problem.get("message", "")
    if status == 401:
        return TokenRefused(
            "Heroku does not accept the token: it is wrong, expired or revoked",
            said,
            HOW_TO_SIGN_IN,
        )
    if status == 403 and error.error_id == "two_factor":
        return TokenRefused(
            "Heroku asks for a second factor",
            said,
            "use a token made with `heroku authorizations:create`: it needs none",
        )
    if status == 403:
        has = error.headers.get("oauth-scope", "")
        needs = error.headers.get("oauth-scope-accepted", "")
        scopes = f"the token has: {has or 'unknown'}; this needs one of: {needs or 'unknown'}"
        return ScopeMissing(
            "the Heroku token may not do this",
            "; ".join(part for part in (error.title, said, scopes) if part),
            "use a token with more scope, or ask for a role with more rights. " + HOW_TO_SIGN_IN,
        )
    if status == 402:
        return OutsideError(
            "Heroku says the account has unpaid bills", said, "settle them, then try again"
        )
    if status == 406:
        error.hint = "Heroku does not serve this version of its API; a newer moveday may help"
    if status == 429:
        error.hint = "Heroku allows 4500 calls an hour per account; " + error.hint
    return error
