"""How we talk to Aptible: HAL links followed, pages joined, secrets only where asked for.

Source: the behaviour of the official clients (aptible-resource, aptible-cli 0.26).
"""

from collections.abc import Mapping
from urllib.parse import urlencode

from pydantic import SecretStr

from providers.http import Answer, ApiClient, HttpRefused
from providers.targets.aptible.shapes import S, Shape, read
from providers.targets.aptible.token import AccessToken, expired_on_the_way
from wizard.clock import Clock
from wizard.errors import MovedayError, OutsideError, UnknownOutcome
from wizard.safety.consent import Consent, Level

API_ROOT, AUTH_ROOT = "https://api.aptible.com", "https://auth.aptible.com"
_MOST_PAGES = 500
_TOKEN_ERRORS = frozenset({"invalid_token", "expired_token"})


def prefer(sensitive: bool) -> dict[str, str]:
    """The header that decides about secrets; a sensitive read writes to the activity log there."""
    return {"Prefer": f"no_sensitive_extras={'false' if sensitive else 'true'}"}


class AptibleApi:
    """Both hosts of Aptible's API behind one set of verbs."""

    def __init__(
        self,
        token: AccessToken,
        clock: Clock,
        *,
        api_root: str = API_ROOT,
        auth_root: str = AUTH_ROOT,
        ca_file: str = "",
    ) -> None:
        self._token = token
        self._clock = clock
        self._api_root = api_root.rstrip("/")
        self._auth_root = auth_root.rstrip("/")
        headers = {"Accept": "application/hal+json, application/json"}
        self._api = ApiClient(
            api_root, who="Aptible", headers=headers, token=token.value, ca_file=ca_file
        )
        self._auth = ApiClient(
            auth_root, who="Aptible sign-in", headers=headers, token=token.value, ca_file=ca_file
        )

    @property
    def token(self) -> SecretStr:
        """The access token, for Aptible's SSH servers."""
        return self._token.value

    def auth(self, path: str) -> str:
        """The address of a path on the auth host."""
        return f"{self._auth_root}/{path.lstrip('/')}"

    async def get(
        self,
        shape: type[S],
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        sensitive: bool = False,
    ) -> S:
        """One resource."""
        answer = await self._call("GET", path, params=params, headers=prefer(sensitive))
        return read(shape, answer.json())

    async def find(self, shape: type[S], kind: str, **words: str) -> S | None:
        """One resource by its handle; None when it is not there."""
        path = f"/find/{kind}?{urlencode(words)}"
        for _ in range(3):
            try:
                return await self.get(shape, path)
            except HttpRefused as error:
                if error.status == 404:
                    return None
                # The official client follows redirects of reads; ours must stay on the host,
                # which the shared client checks.
                path = error.headers.get("location", "")
                if not (300 <= error.status < 400 and path):
                    raise
        raise OutsideError("Aptible keeps redirecting", f"/find/{kind}", "try again later")

    async def all(
        self,
        shape: type[S],
        path: str,
        name: str,
        *,
        params: Mapping[str, str] | None = None,
        sensitive: bool = False,
    ) -> list[S]:
        """A whole collection: `_embedded.<name>` of every page, following `_links.next`."""
        found: list[S] = []
        seen: set[str] = set()
        where: str | None = path
        query = params
        while where and where not in seen and len(seen) < _MOST_PAGES:
            seen.add(where)
            page = await self.get(Shape, where, params=query, sensitive=sensitive)
            items = page.embedded.get(name)
            found += [read(shape, item) for item in (items if isinstance(items, list) else [])]
            where, query = page.link("next"), None
        return found

    async def post(
        self,
        shape: type[S],
        path: str,
        body: Mapping[str, object],
        *,
        consent: Consent | None = None,
        level: Level = Level.CHANGE_NEW_SIDE,
        reads: bool = False,
    ) -> S:
        """Make a record; see ApiClient.request for errors."""
        answer = await self._call(
            "POST",
            path,
            body=body,
            headers=prefer(False),
            consent=consent,
            level=level,
            reads=reads,
        )
        return read(shape, answer.json())

    async def make(
        self, shape: type[S], path: str, body: Mapping[str, object], consent: Consent
    ) -> S:
        """Make a record that people know by its name. What is raised says `nothing_made`, unless
        the answer was lost: a refusal often means that somebody else has the name."""
        try:
            answer = await self._call(
                "POST", path, body=body, headers=prefer(False), consent=consent
            )
        except UnknownOutcome:
            raise
        except MovedayError as error:
            error.nothing_made = True
            raise
        return read(shape, answer.json())

    async def delete(self, path: str, consent: Consent) -> None:
        """Remove a record; one that is gone already is fine."""
        try:
            await self._call("DELETE", path, headers=prefer(False), consent=consent)
        except HttpRefused as error:
            if error.status != 404:
                raise

    async def text(self, path: str) -> str:
        """The body of a GET as text."""
        answer = await self._call("GET", path, headers=prefer(False))
        return answer.body.decode("utf-8", "replace")

    async def _call(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str],
        body: Mapping[str, object] | None = None,
        params: Mapping[str, str] | None = None,
        consent: Consent | None = None,
        level: Level = Level.CHANGE_NEW_SIDE,
        reads: bool = False,
    ) -> Answer:
        self._token.check(self._clock)
        client = self._auth if _is_below(path, self._auth_root) else self._api
        try:
            return await client.request(
                method,
                path,
                params=params,
                json=body,
                headers=headers,
                consent=consent,
                level=level,
                reads=reads,
                deadline=90.0,
            )
        except HttpRefused as error:
            refused = error
        if refused.status == 401 or refused.error_id in _TOKEN_ERRORS:
            raise expired_on_the_way()
        if refused.status == 403 and not refused.hint:
            refused.hint = "the token's user needs the permissions deploy, sensitive and tunnel"
        raise refused

    async def close(self) -> None:
        """Let go of connections."""
        await self._api.close()
        await self._auth.close()


def _is_below(path: str, root: str) -> bool:
    return path == root or path.startswith(root + "/")
