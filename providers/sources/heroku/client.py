"""Calls to Heroku: headers, paging by 206 and Next-Range, both hosts, errors in plain words."""

from collections.abc import Mapping
from typing import TypeVar
from urllib.parse import quote

from pydantic import SecretStr

from providers.http import Answer, ApiClient, HttpRefused, OnCall
from providers.sources.heroku.shapes import parse
from providers.sources.heroku.trouble import explained
from wizard.clock import SYSTEM_CLOCK, Clock
from wizard.errors import MovedayError, OutsideError
from wizard.safety.consent import Consent, Level

T = TypeVar("T")

ACCEPT = "application/vnd.heroku+json; version=3"
ACCEPT_SDK = "application/vnd.heroku+json; version=3.sdk"
_MOST_PAGES = 200


def segment(text: str) -> str:
    """`text` as one path segment."""
    return quote(text, safe="")


class HerokuApi:
    """The Platform API and the data API under one token.

    `rate_remaining` is what Heroku last said is left of the hourly budget, None before the first
    call. All errors are wizard.errors; refusals that have a plain meaning say it.
    """

    def __init__(
        self,
        platform: str,
        data: str,
        token: SecretStr,
        *,
        on_call: OnCall | None = None,
        clock: Clock = SYSTEM_CLOCK,
        wait_budget: float = 60.0,
    ) -> None:
        def to(base: str, who: str) -> ApiClient:
            return ApiClient(
                base,
                who=who,
                headers={"Accept": ACCEPT, "User-Agent": "moveday"},
                token=token,
                on_call=on_call,
                clock=clock,
                wait_budget=wait_budget,
            )

        self._platform = to(platform, "Heroku")
        self._data = to(data, "Heroku's data API")
        self.rate_remaining: int | None = None

    async def close(self) -> None:
        """Close all connections."""
        await self._platform.close()
        await self._data.close()

    async def get(self, shape: type[T], path: str, headers: Mapping[str, str] | None = None) -> T:
        """One thing of the Platform API."""
        answer = await self._call(self._platform, "GET", path, headers=headers)
        return parse(shape, answer.json(), f"GET {path}")

    async def list(
        self,
        shape: type[T],
        path: str,
        headers: Mapping[str, str] | None = None,
        *,
        first: str = "",
    ) -> list[T]:
        """A whole list: follows Next-Range until a 200.

        `first` is a Range of one's own ("version ..; max=10, order=desc"); then only that page
        is read.
        """
        found: list[T] = []
        wanted = first
        seen: set[str] = set()
        while True:
            full = dict(headers or {}) | ({"Range": wanted} if wanted else {})
            answer = await self._call(self._platform, "GET", path, headers=full)
            found += parse(list[shape], answer.json(), f"GET {path}")  # type: ignore[valid-type]
            following = answer.headers.get("next-range", "")
            if answer.status != 206 or not following or first:
                return found
            if following in seen or len(seen) >= _MOST_PAGES:
                raise OutsideError(f"Heroku's list does not end: GET {path}", "pages repeat", "")
            seen.add(following)
            wanted = following

    async def change(
        self, shape: type[T], path: str, body: object, consent: Consent, level: Level
    ) -> T:
        """One PATCH, sent once: UnknownOutcome when its answer is lost, for the caller to look."""
        answer = await self._call(
            self._platform, "PATCH", path, json=body, consent=consent, level=level
        )
        return parse(shape, answer.json(), f"PATCH {path}")

    async def data(self, shape: type[T], path: str) -> T:
        """One thing of the data API."""
        answer = await self._call(self._data, "GET", path)
        return parse(shape, answer.json(), f"GET {path}")

    async def data_start(self, shape: type[T], path: str, consent: Consent, level: Level) -> T:
        """POST without a body to the data API: starts something, so it is never repeated."""
        answer = await self._call(self._data, "POST", path, consent=consent, level=level)
        return parse(shape, answer.json(), f"POST {path}")

    async def _call(
        self,
        client: ApiClient,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str] | None = None,
        json: object = None,
        consent: Consent | None = None,
        level: Level = Level.USERS_NOTICE,
    ) -> Answer:
        problem: MovedayError
        try:
            answer = await client.request(
                method,
                path,
                headers=headers,
                json=json,
                consent=consent,
                level=level,
            )
        except HttpRefused as refused:
            problem = explained(refused)
        else:
            left = answer.headers.get("ratelimit-remaining", "")
            if left.isascii() and left.isdigit():
                self.rate_remaining = int(left)
            return answer
        raise problem
