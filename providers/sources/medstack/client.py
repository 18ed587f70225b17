"""Calls to MedStack's API with the token pair; answers as trees that keep every field.

Seen: Basic auth with the token's key and value, lists under `data`. A list without it is read too.
"""

from collections.abc import Mapping
from urllib.parse import quote

from pydantic import SecretStr

from providers.http import Answer, ApiClient, HttpRefused, OnCall
from providers.sources.medstack.hosts import api_url
from providers.sources.medstack.sign_in_pair import learn_pair
from providers.sources.medstack.trouble import explained, missing_token
from wizard.clock import SYSTEM_CLOCK, Clock
from wizard.errors import MovedayError, OutsideError
from wizard.formats.compose.tree import Fields, Items, Text, Tree
from wizard.formats.errors import FormatError
from wizard.formats.json_tree import read_documents
from wizard.ports.vault import Vault
from wizard.safety.consent import Consent, Level

AT_ONCE = 8
"""Calls under way: no rate limit of MedStack's is known, so this stays small."""


def client_for(
    url: str, token: SecretStr, clock: Clock, on_call: OnCall | None = None
) -> ApiClient:
    """The shared client, set up for MedStack. Nothing is called yet."""
    learn_pair(token)
    return ApiClient(
        url,
        who="MedStack",
        headers={"Accept": "application/json", "User-Agent": "moveday"},
        token=token,
        basic=True,
        connections=AT_ONCE,
        clock=clock,
        on_call=on_call,
        wait_budget=20.0,
    )


class MedStackApi:
    """`calls` counts the reading ones. All errors are wizard.errors.

    A change that is refused for a reason of its own raises HttpRefused; one whose answer never came
    UnknownOutcome.
    """

    def __init__(self, client: ApiClient) -> None:
        self._client = client
        self.calls = 0

    async def close(self) -> None:
        """Close all connections."""
        await self._client.close()

    async def one(self, path: str, called: str = "") -> Fields:
        """One thing; also where it lies under `data`. `called`: how facts name this call."""
        found = _thing(await self._tree(path, called))
        if found is None:
            raise _unknown(path, "an object was expected")
        return found

    async def several(self, path: str, called: str = "") -> "Listed":
        """A list, under `data` or bare. `called` as for one thing."""
        tree = await self._tree(path, called)
        if isinstance(tree, Items):
            return Listed(tree.items, more=False)
        inner = tree.get("data") if isinstance(tree, Fields) else None
        if not isinstance(inner, Items) or not isinstance(tree, Fields):
            raise _unknown(path, "a list was expected, under `data` or bare")
        return Listed(inner.items, more=_more(tree))

    async def change(
        self, method: str, path: str, body: object, consent: Consent, level: Level
    ) -> Fields | None:
        """PATCH, POST or DELETE: the thing that is answered, None where it tells nothing."""
        problem: MovedayError
        try:
            answer = await self._client.request(
                method, path, json=body, consent=consent, level=level
            )
        except HttpRefused as refused:
            problem = explained(refused)
        else:
            # It took effect, whatever the answer looks like: who asked for it looks it up.
            try:
                return _thing(_parsed(answer, path, f"{method} {path}"))
            except OutsideError:
                return None
        raise problem

    async def _tree(self, path: str, called: str) -> Tree:
        problem: MovedayError
        self.calls += 1
        try:
            answer = await self._client.request("GET", path)
        except HttpRefused as refused:
            problem = explained(refused)
        else:
            return _parsed(answer, path, called or f"GET {path}")
        raise problem


class Listed:
    """A list's things; `more`: the answer says that it is not the whole list."""

    def __init__(self, things: tuple[Tree, ...], *, more: bool) -> None:
        self.things = things
        self.more = more


def open_api(
    environ: Mapping[str, str],
    vault: Vault,
    clock: Clock = SYSTEM_CLOCK,
    *,
    on_call: OnCall | None = None,
) -> MedStackApi:
    """Raises BlockedError without a token, UsageError for a foreign host."""
    token = vault.get("medstack", "api-token")
    if token is None:
        raise missing_token()
    return MedStackApi(client_for(api_url(environ), token, clock, on_call))


def _parsed(answer: Answer, path: str, called: str) -> Tree:
    try:
        text = answer.body.decode("utf-8")
        # Asked first, since it says more about a login page that a proxy put there.
        answer.json()
        return read_documents(text, called)[0]
    except (FormatError, UnicodeDecodeError) as error:
        problem = _unknown(path, error.why if isinstance(error, FormatError) else "it is not UTF-8")
    raise problem


def _thing(tree: Tree) -> Fields | None:
    """One thing, also where it lies under `data`."""
    inner = tree.get("data") if isinstance(tree, Fields) else None
    found = inner if isinstance(inner, Fields) else tree
    return found if isinstance(found, Fields) else None


def segment(text: str) -> str:
    """`text` as one path segment."""
    return quote(text, safe="")


def _more(whole: Fields) -> bool:
    """Whether a list says that there is more; how pages are asked for was not seen."""
    told = whole.get("has_more")
    if isinstance(told, Text) and told.value == "true":
        return True
    return any(
        isinstance(found := whole.get(name), Text) and bool(found.value)
        for name in ("next", "next_page", "next_page_url")
    )


def _unknown(path: str, why: str) -> OutsideError:
    return OutsideError(
        f"MedStack answered in a shape moveday does not know: GET {path}",
        why,
        "moveday doctor --live --source medstack says what differs",
    )
