"""How does a person get into Aptible? Password with a one-time code, a token, or single sign-on.

Requests as the official clients make them (aptible-cli 0.26, the dashboard). Which HTTP status
comes with a refusal is not known for certain, so the `error` of the body decides. Not tried
against the real service.
"""

import base64
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from pydantic import SecretStr

from providers.http import ApiClient, HttpRefused
from providers.targets.aptible.client import AUTH_ROOT
from providers.targets.aptible.shapes import OrganizationShape, Shape, read
from providers.targets.aptible.token import ACCOUNT, SERVICE, VARIABLE
from wizard.acts import do
from wizard.clock import Clock
from wizard.errors import UnknownOutcome
from wizard.model.question import Asked, SignInField, SignInWay
from wizard.model.sign_in import AlreadyRefused, Entered, MoreAsked, Refused, Seen
from wizard.safety.clean import clean
from wizard.safety.consent import Consent, Level
from wizard.safety.redact import REDACTOR

LIFETIME = 43_200
"""Seconds asked for, as the dashboard does: a day's work. The most the service gives is unknown."""

_CODE = Asked(id="code", label="One-time code of your authenticator app", kind="totp")
_TOKEN = Asked(id="token", label="Aptible access token")
SIGN_IN = SignInField(
    service=SERVICE,
    account=ACCOUNT,
    label="Aptible access token",
    secret=True,
    help=f"{do('sign-in')}; `aptible login` writes one to ~/.aptible/tokens.json, too",
    variable=VARIABLE,
    ways=(
        SignInWay(
            id="password",
            label="e-mail and password",
            help="the password goes to Aptible once and is not kept, only the token it gives",
            asks=(
                Asked(id="email", label="Aptible e-mail", kind="text"),
                Asked(id="password", label="Aptible password"),
            ),
        ),
        SignInWay(
            id="token",
            label="an access token",
            help="`aptible login` writes one to ~/.aptible/tokens.json",
            asks=(_TOKEN,),
        ),
        SignInWay(
            id="sso",
            label="single sign-on (SSO)",
            help="dashboard.aptible.com, your profile, “CLI Token for SSO”",
            asks=(Asked(id="token", label="CLI token for SSO"),),
        ),
    ),
    rights="everything your user may do at Aptible, until it ends: the API knows no narrower token"
    " for a move (scope manage)",
    revoke="in the dashboard: settings, security, end all sessions",
)
_NOT_ACCEPTED = "Aptible does not accept the token: it is wrong, expired or revoked"
_ASK_AGAIN = frozenset({"invalid_credentials", "invalid_email", "unprocessable_entity"})


class AptibleDoor:
    """Implements wizard.ports.sign_in.Door."""

    side = "Aptible"
    field = SIGN_IN

    def __init__(self, environ: Mapping[str, str], clock: Clock, ca_file: str = "") -> None:
        self._root = environ.get("APTIBLE_AUTH_ROOT_URL") or AUTH_ROOT
        self._ca_file = ca_file
        self._clock = clock
        self.host = urlsplit(self._root).netloc

    def misshapen(self, token: str) -> str:
        """A token is a JWT: three parts of base64url, the middle one JSON."""
        if any(char.isspace() for char in token):
            return "a token has no spaces and no line breaks"
        if not token.isascii() or not token.isprintable():
            return "a token is plain ASCII"
        if claims_of(token) is None:
            return "an Aptible token has three parts with dots between (a JWT); this has not"
        return ""

    async def enter(
        self, way: str, typed: Mapping[str, SecretStr], carry: str, consent: Consent
    ) -> Entered | MoreAsked | Refused:
        """Password: a token, or the one-time code is asked for. Else: the token as it was typed."""
        if way != "password":
            return Entered(token=typed["token"])
        return await self._password(typed, carry, consent)

    async def look(self, token: SecretStr) -> Seen | Refused:
        """Who it is, until when, and which organizations it cannot see."""
        claims = claims_of(token.get_secret_value()) or {}
        expires = _date(claims.get("exp"))
        if expires is not None and expires <= self._clock.now():
            ended = f"it ended at {expires:%Y-%m-%d %H:%M} UTC"
            return Refused(reason=f"the Aptible token has expired: {ended}", again=True)
        try:
            async with self._client(token) as client:
                current = (await client.request("GET", "/current_token")).json()
                account = await self._account(client, current, claims)
                seen = await _organizations(client, "/organizations")
                hidden = await _organizations(client, "/reauthenticate_organizations")
        except HttpRefused as error:
            if error.status != 401:
                raise
            return Refused(reason=_NOT_ACCEPTED)
        fields = current if isinstance(current, dict) else {}
        return Seen(
            account=account,
            scopes=tuple(str(fields.get("scope") or claims.get("scope") or "").split()),
            expires=expires,
            expires_words="" if expires else "unknown: the token does not say",
            reference=_text(fields.get("id") or claims.get("id")),
            gaps=_gaps(seen, hidden, sso="act" in claims, scope=str(claims.get("scope") or "")),
        )

    async def revoke(
        self, token: SecretStr, reference: str, consent: Consent
    ) -> Refused | AlreadyRefused | None:
        """DELETE /tokens/{id}. A token that is no longer accepted had ended before."""
        if not reference:
            found = await self.look(token)
            if isinstance(found, Refused):
                return AlreadyRefused(reason=found.reason)
            reference = found.reference
        try:
            # Not as a call that may be repeated: the second time, its own success is a refusal.
            async with self._client(token) as client:
                await client.request("DELETE", f"/tokens/{reference}", consent=consent)
        except UnknownOutcome:
            if isinstance(await self.look(token), Refused):
                return None
            raise
        except HttpRefused as error:
            if error.status in (401, 404):
                return AlreadyRefused(reason=_NOT_ACCEPTED)
            return Refused(reason=error.detail or error.title, hint=SIGN_IN.revoke)
        return None

    async def close(self) -> None:
        """Every call has its own connection."""

    async def _password(
        self, typed: Mapping[str, SecretStr], carry: str, consent: Consent
    ) -> Entered | MoreAsked | Refused:
        password, code = typed["password"].get_secret_value(), typed.get("code")
        REDACTOR.learn(password)
        body: dict[str, object] = {
            "grant_type": "password",
            "username": typed["email"].get_secret_value().strip(),
            "password": password,
            "scope": "manage",
            "expires_in": LIFETIME,
        }
        if code is not None:
            body["otp_token"] = code.get_secret_value().strip().replace(" ", "")
            if carry:
                body["previous_login_attempt_id"] = carry
        try:
            async with self._client(None) as client:
                answer = await client.request(
                    "POST", "/tokens", json=body, consent=consent, level=Level.LOOK
                )
        except HttpRefused as error:
            return _refused(error, code is not None)
        fields = answer.json()
        token = fields.get("access_token") if isinstance(fields, dict) else None
        if not isinstance(token, str) or not token:
            return Refused(reason="Aptible said yes and gave no token", again=False)
        REDACTOR.learn(token)
        return Entered(token=SecretStr(token))

    async def _account(self, client: ApiClient, current: object, claims: Mapping[str, Any]) -> str:
        acting = claims.get("act")
        told = _text(claims.get("email"))
        if not told and isinstance(acting, Mapping):
            told = _text(acting.get("email"))
        href = read(Shape, current).link("user")
        if href:
            try:
                user = (await client.request("GET", href)).json()
            except HttpRefused:
                user = None
            if isinstance(user, dict) and user.get("email"):
                return _text(user["email"])
        return told or "unknown: Aptible does not say"

    def _client(self, token: SecretStr | None) -> ApiClient:
        return ApiClient(
            self._root,
            who="Aptible sign-in",
            headers={"Accept": "application/hal+json, application/json"},
            token=token,
            ca_file=self._ca_file,
            clock=self._clock,
        )


def claims_of(token: str) -> Mapping[str, Any] | None:
    """What a token says of itself (read, not verified: that is its owner's part), or None."""
    parts = token.split(".")
    if len(parts) != 3 or not all(parts):
        return None
    try:
        for part in parts:
            base64.b64decode(_padded(part), altchars=b"-_", validate=True)
        claims = json.loads(base64.urlsafe_b64decode(_padded(parts[1])))
    except (ValueError, RecursionError):
        return None
    return claims if isinstance(claims, dict) else None


def _refused(error: HttpRefused, with_code: bool) -> MoreAsked | Refused:
    context = error.inner.get("exception_context", {})
    if error.error_id == "otp_token_required":
        key = "u2f" in context
        also = (
            "; the account has a security key, too: moveday cannot use it, but a code will do"
            if key
            else ""
        )
        why = "the code was not accepted" if with_code else "Aptible asks for a one-time code"
        hint = " (is this machine's clock right?)" if with_code else ""
        carry = context.get("failed_login_attempt_id", "")
        return MoreAsked(asks=(_CODE,), reason=why + hint + also, carry=carry)
    if error.error_id in _ASK_AGAIN or error.status == 401:
        what = "e-mail, password or code" if with_code else "e-mail or password"
        return Refused(reason=f"Aptible does not accept this {what}")
    if error.error_id == "access_denied":
        return Refused(
            reason="Aptible does not let this user sign in with a password",
            hint="if your organization requires single sign-on, choose that way",
        )
    raise error


def _gaps(
    seen: tuple[str, ...], hidden: tuple[str, ...], *, sso: bool, scope: str
) -> tuple[str, ...]:
    gaps = []
    for name in hidden:
        other = "your password" if sso else "single sign-on"
        gaps.append(
            f"the organization “{name}” is not seen with this token: sign in with {other} for it"
        )
    if not seen:
        gaps.append("this token sees no organization")
    if scope and not {"manage", "elevated", "privileged"} & set(scope.split()):
        gaps.append(f"this token may only read (scope {clean(scope, 60)}): nothing can be built")
    return tuple(gaps)


async def _organizations(client: ApiClient, path: str) -> tuple[str, ...]:
    try:
        page = read(Shape, (await client.request("GET", path)).json())
    except HttpRefused as error:
        if error.status == 401:
            raise
        return ()
    items = page.embedded.get("organizations")
    found = [read(OrganizationShape, item) for item in (items if isinstance(items, list) else [])]
    return tuple(clean(item.name or str(item.id), 80) for item in found)


def _date(value: object) -> datetime | None:
    try:
        return datetime.fromtimestamp(float(str(value)), UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _text(value: object) -> str:
    return clean(str(value), 200) if isinstance(value, str | int) else ""


def _padded(part: str) -> str:
    return part + "=" * (-len(part) % 4)
