"""How does a person get into Heroku? With a token of their own, or one made through the client.

Platform API v3 (`/account`, `/oauth/authorizations`). Not tried against the real service: whether
a token without the scope global may end itself, and whether the scopes asked for here suffice on
the data API.
"""

from collections.abc import Mapping
from datetime import timedelta
from urllib.parse import urlsplit

from pydantic import SecretStr

from providers.http import ApiClient, HttpRefused
from providers.sources.heroku.client import ACCEPT, segment
from providers.sources.heroku.hosts import platform_url
from providers.sources.heroku.official_client import stored_token
from wizard.acts import do
from wizard.clock import Clock
from wizard.errors import UnknownOutcome
from wizard.model.question import Asked, SignInField, SignInWay
from wizard.model.sign_in import AlreadyRefused, Entered, MoreAsked, Refused, Seen
from wizard.safety.clean import clean
from wizard.safety.consent import Consent, Level
from wizard.safety.redact import REDACTOR

SCOPES = ("identity", "read-protected", "write-protected")
LIFETIME = 3 * 86_400
_MAKE = (
    "heroku authorizations:create --description moveday"
    f" --scope {','.join(SCOPES)} --expires-in {LIFETIME}"
)
SIGN_IN = SignInField(
    service="heroku",
    account="api-key",
    label="Heroku API key",
    secret=True,
    help=f"{do('sign-in')}, or set HEROKU_API_KEY",
    variable="HEROKU_API_KEY",
    ways=(
        SignInWay(
            id="token",
            label="a token of your own",
            help=f"make one that ends by itself: {_MAKE}",
            asks=(Asked(id="token", label="Heroku token"),),
        ),
        SignInWay(
            id="client",
            label="through the official `heroku` client of this machine",
            help="reads its token once and makes one for moveday with it, which ends in three days",
        ),
    ),
    rights="read the app with its variables, switch maintenance, scale, take backups; a token of"
    " scope global may do everything your user may",
    revoke="`heroku authorizations` lists them, `heroku authorizations:revoke ID` ends one",
)
_NOT_ACCEPTED = "Heroku does not accept the token: it is wrong, expired or revoked"
_NEEDED = {
    "read-protected": "it cannot read the variables (scope read-protected or global)",
    "write-protected": "it cannot switch maintenance, scale or take a backup at the cutover (scope"
    " write-protected or global)",
}
_IMPLIED = {"global": {"read-protected", "write-protected"}, "write-protected": {"read-protected"}}


class HerokuDoor:
    """Implements wizard.ports.sign_in.Door."""

    side = "Heroku"
    field = SIGN_IN

    def __init__(
        self, environ: Mapping[str, str], clock: Clock, ask_client_to_revoke: bool = False
    ) -> None:
        """`ask_client_to_revoke`: the person allows to end a token with the official client's."""
        self._ask_client = ask_client_to_revoke
        self._root = platform_url(environ)
        self._environ = environ
        self._clock = clock
        self.host = urlsplit(self._root).netloc

    def misshapen(self, token: str) -> str:
        """One word of printable ASCII; their look has changed over the years, so no more."""
        if any(char.isspace() for char in token):
            return "a token has no spaces and no line breaks"
        if not token.isascii() or not token.isprintable():
            return "a token is plain ASCII"
        if len(token) < 20:
            return "a Heroku token is longer"
        return ""

    async def enter(
        self, way: str, typed: Mapping[str, SecretStr], carry: str, consent: Consent
    ) -> Entered | MoreAsked | Refused:
        """The token as it was typed, or one of moveday's own made with the official client's."""
        if way != "client":
            return Entered(token=typed["token"])
        theirs, where = await stored_token(self._environ, self.host)
        if theirs is None:
            return Refused(reason="the official client has no token to use", hint=where)
        problem = self.misshapen(theirs.get_secret_value())
        if problem:
            return Refused(reason=f"what {where} holds is no token: {problem}", again=False)
        return await self._make(theirs, where, consent)

    async def look(self, token: SecretStr) -> Seen | Refused:
        """Whose it is and what it may do: `/account` and the header Oauth-Scope."""
        try:
            async with self._client(token) as client:
                answer = await client.request("GET", "/account")
        except HttpRefused as error:
            if error.status == 401:
                return Refused(reason=_NOT_ACCEPTED)
            if error.error_id == "two_factor":
                return Refused(
                    reason="Heroku asks for a second factor with this token",
                    hint=f"a token of your own needs none: {_MAKE}",
                )
            if error.status != 403:
                raise
            # Good, but without the scope identity: it does not tell whose it is.
            return _seen("unknown: the token lacks the scope identity", dict(error.headers))
        fields = answer.json()
        email = fields.get("email") if isinstance(fields, dict) else None
        return _seen(
            clean(email, 200) if isinstance(email, str) else "unknown", dict(answer.headers)
        )

    async def revoke(
        self, token: SecretStr, reference: str, consent: Consent
    ) -> Refused | AlreadyRefused | None:
        """End an authorization that moveday made; for any other its owner has to."""
        if not reference:
            return Refused(reason="it is a token of your own", hint=SIGN_IN.revoke)
        path = f"/oauth/authorizations/{segment(reference)}"
        by_hand = f"heroku authorizations:revoke {reference}"
        reason, spent = "", False
        able = [token]
        if self._ask_client:
            theirs, reason = await stored_token(self._environ, self.host)
            able += [theirs] if theirs is not None else []
        for one in able:
            try:
                # Not as a call that may be repeated: the second time, its own success is a refusal.
                async with self._client(one) as client:
                    await client.request("DELETE", path, consent=consent)
            except UnknownOutcome:
                if isinstance(await self.look(token), Refused):
                    return None
                raise
            except HttpRefused as error:
                if error.status == 404:
                    return AlreadyRefused(reason="Heroku has no such authorization any more")
                if error.status not in (401, 403):
                    return Refused(reason=error.detail or error.title, hint=by_hand)
                spent = spent or (one is token and error.status == 401)
                reason = error.problem.get("message") or error.title
                continue
            return None
        if spent:
            return AlreadyRefused(reason=_NOT_ACCEPTED)
        return Refused(reason=reason, hint=by_hand)

    async def close(self) -> None:
        """Every call has its own connection."""

    async def _make(
        self, theirs: SecretStr, where: str, consent: Consent
    ) -> Entered | MoreAsked | Refused:
        wanted = {
            "description": "moveday",
            "scope": list(SCOPES),
            "expires_in": LIFETIME,
        }
        try:
            async with self._client(theirs) as client:
                answer = await client.request(
                    "POST", "/oauth/authorizations", json=wanted, consent=consent, level=Level.LOOK
                )
        except HttpRefused as error:
            why = error.problem.get("message") or error.title
            return Refused(
                reason=f"Heroku makes no token of moveday's own with the client's: {why}",
                hint=f"make one yourself and paste it: {_MAKE}",
            )
        fields = answer.json()
        made = fields.get("access_token") if isinstance(fields, dict) else None
        text = made.get("token") if isinstance(made, dict) else None
        if not isinstance(text, str) or self.misshapen(text):
            return Refused(reason="Heroku made a token and did not show it", again=False)
        REDACTOR.learn(text)
        left = made.get("expires_in") if isinstance(made, dict) else None
        seconds = left if isinstance(left, int) and 0 < left < 10**9 else 0
        return Entered(
            token=SecretStr(text),
            reference=str(fields.get("id") or "") if isinstance(fields, dict) else "",
            expires=self._clock.now() + timedelta(seconds=seconds) if seconds else None,
            note=f"read the token of {where}, made one of moveday's own with it, kept only that",
        )

    def _client(self, token: SecretStr) -> ApiClient:
        headers = {"Accept": ACCEPT, "User-Agent": "moveday"}
        return ApiClient(self._root, who="Heroku", headers=headers, token=token, clock=self._clock)


def _seen(account: str, headers: Mapping[str, str]) -> Seen:
    scopes = tuple(clean(headers.get("oauth-scope", ""), 200).replace(",", " ").split())
    held = set(scopes).union(*(_IMPLIED.get(scope, set()) for scope in scopes))
    gaps = tuple(words for scope, words in _NEEDED.items() if scopes and scope not in held)
    return Seen(
        account=account,
        scopes=scopes,
        expires_words="unknown: `heroku authorizations:info ID` tells it",
        gaps=gaps,
    )
