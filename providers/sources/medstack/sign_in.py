"""How does a person get into MedStack? With an API token: a key and a value, for one company.

Seen: tokens are made in the user menu, for a company that is chosen there; it is shown once;
a token is ended by deleting it there (support.medstack.co, authentication). `GET companies/current`
tells whose it is.
"""

from collections.abc import Mapping
from urllib.parse import urlsplit

from pydantic import SecretStr

from providers.sources.medstack.account import Account, read_account
from providers.sources.medstack.client import MedStackApi, client_for
from providers.sources.medstack.hosts import api_url
from providers.sources.medstack.sign_in_pair import misshapen, pair
from providers.sources.medstack.trouble import (
    NOT_ACCEPTED,
    SIGN_IN_COMMAND,
    VARIABLES,
    WHERE_TOKENS_ARE,
    TokenRefused,
)
from wizard.clock import Clock
from wizard.model.question import Asked, SignInField, SignInWay
from wizard.model.sign_in import AlreadyRefused, Entered, MoreAsked, Refused, Seen
from wizard.safety.clean import clean
from wizard.safety.consent import Consent

SIGN_IN = SignInField(
    service="medstack",
    account="api-token",
    label="MedStack API token",
    secret=True,
    help=f"run {SIGN_IN_COMMAND}, or set {VARIABLES}",
    variable=VARIABLES,
    ways=(
        SignInWay(
            id="token",
            label="an API token",
            help=f"make one for the company that moves: {WHERE_TOKENS_ARE}",
            asks=(
                Asked(id="key", label="MedStack token key", kind="text"),
                Asked(id="value", label="MedStack token value"),
            ),
        ),
    ),
    rights="everything its owner may do in this company's clusters; moveday reads, and changes only"
    " during a move: replicas, the chosen way of maintenance, secrets of its own",
    revoke=f"{WHERE_TOKENS_ARE}: delete it there",
)


class MedStackDoor:
    """Implements wizard.ports.sign_in.Door."""

    side = "MedStack"
    field = SIGN_IN

    def __init__(self, environ: Mapping[str, str], clock: Clock) -> None:
        self._url = api_url(environ)
        self._clock = clock
        self.host = urlsplit(self._url).netloc

    def misshapen(self, token: str) -> str:
        """Two halves of printable ASCII, joined by a colon."""
        return misshapen(token)

    async def enter(
        self, way: str, typed: Mapping[str, SecretStr], carry: str, consent: Consent
    ) -> Entered | MoreAsked | Refused:
        """The pair as it was typed. A colon in the key would move the border between them."""
        key, value = typed["key"].get_secret_value(), typed["value"].get_secret_value()
        if ":" in key:
            return Refused(reason="that is no token: the key has no colon in it")
        return Entered(token=pair(key, value))

    async def look(self, token: SecretStr) -> Seen | Refused:
        """Which company it is for, and which clusters it sees."""
        api = MedStackApi(client_for(self._url, token, self._clock))
        try:
            account = await read_account(api)
        except TokenRefused:
            return Refused(reason=NOT_ACCEPTED, hint=f"make one: {WHERE_TOKENS_ARE}")
        finally:
            await api.close()
        return _seen(account)

    async def revoke(
        self, token: SecretStr, reference: str, consent: Consent
    ) -> Refused | AlreadyRefused | None:
        """No call that ends a token was seen: its owner deletes it."""
        return Refused(reason="MedStack's API ends no token that is known of", hint=SIGN_IN.revoke)

    async def close(self) -> None:
        """Every look has its own connection."""


def _seen(account: Account) -> Seen:
    gaps = tuple(f"{gap.subject}: {gap.reason}" for gap in account.gaps)
    clusters = tuple(f"cluster {clean(c.label, 80)}" for c in account.clusters)
    return Seen(
        account=clean(account.company, 200) or "a company that is not told",
        scopes=clusters,
        expires_words="never, until it is deleted",
        gaps=gaps if clusters or gaps else ("it sees no cluster",),
    )
