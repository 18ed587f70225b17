"""Calls to Heroku: headers, paging by 206 and Next-Range, all hosts, errors in plain words."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import TypeVar
from urllib.parse import quote

from pydantic import BaseModel, SecretStr

from providers.http import Answer, ApiClient, HttpRefused, OnCall
from providers.sources.heroku.hosts import Hosts
from providers.sources.heroku.parsing import (
    Read,
    document,
    parse,
    parse_one,
    parse_some,
    unknown_shape,
)
from providers.sources.heroku.trouble import TokenRefused, explained
from wizard.clock import SYSTEM_CLOCK, Clock
from wizard.errors import MovedayError, OutsideError
from wizard.safety.consent import Consent, Level

T = TypeVar("T")
S = TypeVar("S", bound=BaseModel)

ACCEPT = "application/vnd.heroku+json; version=3"
ACCEPT_SDK = "application/vnd.heroku+json; version=3.sdk"
ACCEPT_FILTERS = "application/vnd.heroku+json; version=3.filters"
ACCEPT_WEBHOOKS = "application/vnd.heroku+json; version=3.webhooks"
_MOST_PAGES = 200
AT_ONCE = 8
SPARE = 150
"""Calls of the hourly budget that reading leaves for the freeze and the way back."""
REFILL_SECONDS = 60 / 75
"""Heroku gives back about 75 calls a minute (Dev Center, "Limits")."""
_ASIDE_SECONDS = 8.0


def segment(text: str) -> str:
    """`text` as one path segment."""
    return quote(text, safe="")


class HerokuApi:
    """The Platform API, the data API and two hosts beside them, under one token.

    `rate_remaining` is what Heroku last said is left of the hourly budget, None before the first
    call; `calls` counts calls. At most AT_ONCE calls are under way; below SPARE remaining ones,
    reads go no faster than the budget fills up. All errors are wizard.errors; refusals that have a
    plain meaning say it.
    """

    def __init__(
        self,
        hosts: Hosts,
        token: SecretStr,
        *,
        on_call: OnCall | None = None,
        clock: Clock = SYSTEM_CLOCK,
        wait_budget: float = 60.0,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        def to(base: str, who: str, patience: float = wait_budget) -> ApiClient:
            return ApiClient(
                base,
                who=who,
                headers={"Accept": ACCEPT, "User-Agent": "moveday"},
                token=token,
                connections=AT_ONCE,
                on_call=on_call,
                clock=clock,
                wait_budget=patience,
            )

        self._platform = to(hosts.platform, "Heroku")
        self._data = to(hosts.data, "Heroku's data API")
        # Undocumented hosts that a company's network may not let through: little patience.
        self._metrics = to(hosts.metrics, "Heroku's metrics host", 3.0)
        self._github = to(hosts.github, "Heroku's GitHub host", 3.0)
        self._turn = asyncio.Semaphore(AT_ONCE)
        self._slow = asyncio.Lock()
        self._sleep = sleep
        self.rate_remaining: int | None = None
        self.calls = 0

    async def close(self) -> None:
        """Close all connections."""
        for client in (self._platform, self._data, self._metrics, self._github):
            await client.close()

    async def get(self, shape: type[T], path: str, headers: Mapping[str, str] | None = None) -> T:
        """One thing of the Platform API."""
        answer = await self._call(self._platform, "GET", path, headers=headers)
        return parse(shape, document(answer), f"GET {path}")

    async def list(
        self,
        shape: type[T],
        path: str,
        headers: Mapping[str, str] | None = None,
        *,
        first: str = "",
    ) -> list[T]:
        """A whole list: follows Next-Range until a 200.

        `first` is a Range of one's own; of one that asks for the newest first
        ("version ..; max=10, order=desc") only that page is read.
        """
        found: list[T] = []
        async for page in self._pages(path, headers, first):
            found += parse(list[shape], page, f"GET {path}")  # type: ignore[valid-type]
        return found

    async def one(
        self, shape: type[S], path: str, headers: Mapping[str, str] | None = None
    ) -> Read[S]:
        """One thing, read as far as it can be understood: `found` holds it, or nothing."""
        answer = await self._call(self._platform, "GET", path, headers=headers)
        return _one(shape, answer, path)

    async def one_or_list(
        self, shape: type[S], path: str, headers: Mapping[str, str] | None = None
    ) -> Read[S]:
        """One thing that was also seen as a list of one."""
        answer = await self._call(self._platform, "GET", path, headers=headers)
        value = document(answer)
        whole = value if isinstance(value, list) else [value]
        return parse_some(shape, whole, f"GET {path}")

    async def some(
        self,
        shape: type[S],
        path: str,
        headers: Mapping[str, str] | None = None,
        *,
        first: str = "",
    ) -> Read[S]:
        """A whole list, entry by entry: what cannot be understood is named, the rest is kept."""
        read: Read[S] = Read()
        async for page in self._pages(path, headers, first):
            part = parse_some(shape, page, f"GET {path}")
            read.found += part.found
            read.strange += part.strange
        return read

    async def _pages(
        self, path: str, headers: Mapping[str, str] | None, first: str
    ) -> AsyncIterator[object]:
        wanted = first
        seen: set[str] = set()
        while True:
            full = dict(headers or {}) | ({"Range": wanted} if wanted else {})
            answer = await self._call(self._platform, "GET", path, headers=full)
            yield document(answer)
            following = answer.headers.get("next-range", "")
            # Newest first is asked for one page; a range over everything goes on.
            if answer.status != 206 or not following or "order=desc" in first:
                return
            if following in seen or len(seen) >= _MOST_PAGES:
                raise OutsideError(f"Heroku's list does not end: GET {path}", "pages repeat", "")
            seen.add(following)
            wanted = following

    async def look_up(
        self, shape: type[S], path: str, body: object, headers: Mapping[str, str]
    ) -> Read[S]:
        """A POST that only looks something up."""
        answer = await self._call(
            self._platform, "POST", path, headers=headers, json=body, reads=True
        )
        return parse_some(shape, document(answer), f"POST {path}")

    async def change(
        self, shape: type[T], path: str, body: object, consent: Consent, level: Level
    ) -> T:
        """One PATCH, sent once: UnknownOutcome when its answer is lost, for the caller to look."""
        answer = await self._call(
            self._platform, "PATCH", path, json=body, consent=consent, level=level
        )
        return parse(shape, document(answer), f"PATCH {path}")

    async def data(self, shape: type[T], path: str) -> T:
        """One thing of the data API."""
        answer = await self._call(self._data, "GET", path)
        return parse(shape, document(answer), f"GET {path}")

    async def ask(
        self, shape: type[T], path: str, body: object, headers: Mapping[str, str] | None = None
    ) -> T:
        """One POST that changes nothing of the app."""
        answer = await self._call(
            self._platform, "POST", path, headers=headers, json=body, reads=True
        )
        return parse(shape, document(answer), f"POST {path}")

    async def data_one(self, shape: type[S], path: str) -> Read[S]:
        """One thing of the data API, read as far as it can be understood."""
        return _one(shape, await self._call(self._data, "GET", path), path)

    async def monitors(self, shape: type[S], path: str) -> Read[S]:
        """A list of the metrics host. It is not documented, so its 401 speaks for itself only."""
        answer = await self._aside(self._metrics, path)
        return parse_some(shape, document(answer), f"GET {path}")

    async def github(self, shape: type[S], path: str) -> Read[S]:
        """One thing of the GitHub host, which is not documented either."""
        return _one(shape, await self._aside(self._github, path), path)

    async def _aside(self, client: ApiClient, path: str) -> Answer:
        try:
            return await self._call(client, "GET", path, deadline=_ASIDE_SECONDS)
        except TokenRefused:
            problem = OutsideError(
                f"{client.who} does not take this token",
                "Heroku itself does",
                "look at the dashboard",
            )
        raise problem

    async def data_start(self, shape: type[T], path: str, consent: Consent, level: Level) -> T:
        """POST without a body to the data API: starts something, so it is never repeated."""
        answer = await self._call(self._data, "POST", path, consent=consent, level=level)
        return parse(shape, document(answer), f"POST {path}")

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
        reads: bool = False,
        deadline: float = 30.0,
    ) -> Answer:
        problem: MovedayError
        if method == "GET" or reads:
            await self._spare_the_budget()
        try:
            async with self._turn:
                self.calls += 1
                answer = await client.request(
                    method,
                    path,
                    headers=headers,
                    json=json,
                    consent=consent,
                    level=level,
                    reads=reads,
                    deadline=deadline,
                )
        except HttpRefused as refused:
            problem = explained(refused)
        else:
            left = answer.headers.get("ratelimit-remaining", "")
            if left.isascii() and left.isdigit():
                self.rate_remaining = int(left[:9])
            return answer
        raise problem

    async def _spare_the_budget(self) -> None:
        """Wait a refill's time when little is left. Writes never wait: a freeze must not."""
        if self.rate_remaining is not None and self.rate_remaining < SPARE:
            async with self._slow:
                await self._sleep(REFILL_SECONDS)


def _one(shape: type[S], answer: Answer, path: str) -> Read[S]:
    found, wrong = parse_one(shape, document(answer))
    if found is None:
        raise unknown_shape(f"GET {path}", wrong)
    return Read([found], [", ".join(wrong)] if wrong else [])
