"""Watches names through a switch: which side answers, everywhere, and when it will be done.

Before the switch only authoritative servers are asked: a look through a resolver would load the
old record into its cache afresh, for its whole TTL.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from wizard.clock import Clock
from wizard.errors import MovedayError, OutsideError
from wizard.forecast.durations import duration
from wizard.model.dns import NameSurvey, SiteAnswer
from wizard.model.dns_report import SideSeen, Sighting, Traffic, WatchResult
from wizard.ports.dns import Dns, PortIntercepted, Resolvers, SiteProbe
from wizard.rules.other_records import changed_others, fingerprints_beside
from wizard.rules.sides import MARKER, NOTHING_TELLS, resolver_side, site_side
from wizard.rules.survey_reading import addresses_of, alias_of
from wizard.runbook.dns.looks import look_at_others
from wizard.runbook.dns.watched import Change, Watched

Count = Callable[[float], Awaitable[Traffic]]
_SITE_EVERY = timedelta(seconds=20)
_SITE_AGAIN = timedelta(seconds=2)
_ADDRESSES_EVERY = timedelta(seconds=15)
_COUNTED_AT_ONCE = 10.0


@dataclass
class Watch:
    """One watch over several names. `tell` hears one `Change` per change, never per look.

    `ask` are the resolvers to look through after the switch; `count` counts the old side's
    visitors for so many seconds, None when nobody can. `page` is the smoke page's path, `kinds`
    what a marker in it says on the old and the new side. `others`: zone's other records by hash as
    remembered, by name. `learn` adds what became known of a name meanwhile. Seconds in `poll`.
    """

    dns: Dns
    site: SiteProbe
    resolvers: Resolvers
    clock: Clock
    tell: Callable[[Change], None]
    names: Sequence[Watched]
    ask: tuple[str, ...] = ()
    count: Count | None = None
    page: str = "/"
    kinds: tuple[str, str] = ("heroku", "aptible")
    learn: Callable[[Watched], None] = lambda _: None
    old_targets: Mapping[str, str] = field(default_factory=dict)
    others: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    poll: float = 2.0
    changes: list[str] = field(default_factory=list)
    started: datetime | None = None
    _counting: "asyncio.Task[None] | None" = None
    _visited: dict[str, datetime] = field(default_factory=dict)
    _resolved_at: datetime | None = None
    _judged: dict[str, str] = field(default_factory=dict)
    _compared: set[str] = field(default_factory=set)

    async def run(self, until: str = "everywhere", seconds: float | None = None) -> WatchResult:
        """Watch until every name is "switched" at all servers, or the new side is seen
        "everywhere" (servers, caches by the book, resolvers asked, site), or for `seconds`.

        Cancelled, it leaves `result` to say what is known. Raises PortIntercepted.
        """
        self.started = self.clock.now()
        try:
            while True:
                await self._turn()
                if seconds is None and all(self._done(w, until) for w in self.names):
                    # The book's end may have passed while resolvers were being asked.
                    for watched in self.names:
                        self._tell_book_done(watched, self.clock.now())
                    return self.result(f"the new side is seen {_WORDS[until]}")
                passed = (self.clock.now() - self.started).total_seconds()
                if seconds is not None and passed + self.poll > seconds:
                    await asyncio.sleep(max(0.0, seconds - passed))
                    return self.result(f"{duration(seconds)} are over")
                await asyncio.sleep(self.poll)
        finally:
            if self._counting is not None:
                self._counting.cancel()
                await asyncio.gather(self._counting, return_exceptions=True)

    def result(self, ended: str) -> WatchResult:
        """What is known now."""
        now = self.clock.now()
        return WatchResult(
            started=self.started or now,
            ended_at=now,
            ended=ended,
            names=tuple(watched.verdict() for watched in self.names),
            changes=tuple(self.changes),
        )

    def _say(self, change: Change) -> None:
        self.changes.append(f"{change.name}: {change.text}")
        self.tell(change)

    async def _turn(self) -> None:
        await self._resolve_sides()
        await asyncio.gather(*(self._look(watched) for watched in self.names))
        if any(w.new_at for w in self.names) and self.count is not None and self._counting is None:
            self._counting = asyncio.create_task(self._count_old(self.count))

    async def _look(self, watched: Watched) -> None:
        try:
            survey = await self.dns.survey(watched.name)
        except PortIntercepted:
            raise
        except OutsideError as error:
            if watched.troubles.get("walk") != error.title:
                watched.troubles["walk"] = error.title
                self._say(Change(watched.name, error.title, loud=True))
            return
        watched.troubles.pop("walk", None)
        at = self.clock.now()
        await self._judge_addresses(watched, survey)
        before = watched.state
        for change in watched.take(survey, at):
            self._say(change)
        if watched.new_at == at:
            end = watched.book_done_at()
            when = (
                f"in {duration((end - at).total_seconds())}" if end else "unknown: no look before"
            )
            self._say(Change(watched.name, f"switched; caches have dropped the old side {when}"))
        if before != watched.state or self._due(watched, at):
            await self._visit(watched, survey, at)
        if watched.new_at is not None:
            await self._after_switch(watched, survey, at)

    def _tell_book_done(self, watched: Watched, at: datetime) -> None:
        end = watched.book_done_at()
        if end is not None and at >= end and not watched.book_said:
            watched.book_said = True
            self._say(Change(watched.name, "by the book done: the last obedient cache has let go"))

    async def _after_switch(self, watched: Watched, survey: NameSurvey, at: datetime) -> None:
        self._tell_book_done(watched, at)
        await self._ask_resolvers(watched)
        if watched.name not in self._compared:
            await self._compare_others(watched, survey)

    async def _resolve_sides(self) -> None:
        """The addresses that stand for either side now: both platforms change theirs."""
        now = self.clock.now()
        if self._resolved_at is not None and now - self._resolved_at < _ADDRESSES_EVERY:
            return
        self._resolved_at = now
        for watched in self.names:
            self.learn(watched)
            with contextlib.suppress(OutsideError):
                if watched.new.host:
                    found = await self.dns.addresses(watched.new.host)
                    watched.new = watched.new.model_copy(update={"addresses": found})
                target = self.old_targets.get(watched.name, "")
                if target:
                    watched.old_values |= {target, *await self.dns.addresses(target)}

    async def _judge_addresses(self, watched: Watched, survey: NameSurvey) -> None:
        """An address that is neither side's by name may be so by its certificate."""
        if not watched.old_values:
            return
        for address in addresses_of(survey):
            key = f"{watched.name} {address}"
            known = address in watched.old_values or address in watched.new.addresses
            if known or self._judged.get(key):
                continue
            answer = await self._ask_site(watched, address)
            side = site_side(answer, watched.old, watched.new, self.kinds)
            self._judged[key] = side.side
            if side.side == "old":
                watched.old_values.add(address)
            elif side.side == "new":
                addresses = (*watched.new.addresses, address)
                watched.new = watched.new.model_copy(update={"addresses": addresses})

    def _due(self, watched: Watched, at: datetime) -> bool:
        """Whether to visit the site again; soon as long as it is not what DNS says."""
        last = self._visited.get(watched.name)
        fits = watched.site.side == watched.state
        return last is None or at - last >= (_SITE_EVERY if fits else _SITE_AGAIN)

    async def _visit(self, watched: Watched, survey: NameSurvey, at: datetime) -> None:
        """What somebody gets who asks the servers now."""
        self._visited[watched.name] = at
        before = watched.site
        watched.site, watched.certificate, watched.serial = await self._seen_now(watched, survey)
        known = before.side == watched.site.side and before.side in ("old", "new")
        if known or before == watched.site:
            return
        bad = watched.state == "new" and watched.site.side != "new"
        text = f"the site answers from the {watched.site.side} side ({watched.site.because})"
        if watched.site.side in ("unknown", "neither"):
            text = f"the site: {watched.site.because}"
        self._say(Change(watched.name, text, loud=bad))

    async def _seen_now(self, watched: Watched, survey: NameSurvey) -> tuple[Sighting, str, str]:
        """The side that answers, its certificate and the serial number of that.

        Visited where the survey led: the record may have moved since, and what then answers must
        not be learnt as the old side.
        """
        try:
            where = alias_of(survey) or watched.name
            addresses = addresses_of(survey) or await self.dns.addresses(where)
        except OutsideError as error:
            return Sighting(side="unknown", because=error.title), "", ""
        if not addresses:
            return Sighting(side="unknown", because="the name leads to no address"), "", ""
        answer = await self._ask_site(watched, addresses[0])
        if watched.old is None and watched.state == "old" and answer.certificate:
            watched.old = SideSeen(
                certificate=answer.certificate, serial=answer.serial, addresses=addresses
            )
        side = site_side(answer, watched.old, watched.new, self.kinds)
        return side, answer.certificate, answer.serial

    async def _ask_site(self, watched: Watched, address: str) -> SiteAnswer:
        url = f"https://{watched.name}{self.page}"
        return await self.site.visit(url, address, facts=(MARKER,))

    async def _ask_resolvers(self, watched: Watched) -> None:
        looks = (self.resolvers.look(address, watched.name) for address in self.ask)
        for answer in await asyncio.gather(*looks):
            found = resolver_side(answer, watched.name, watched.old_values, watched.new)
            before = watched.resolvers.get(answer.resolver)
            watched.resolvers[answer.resolver] = found
            if before is None or before.side != found.side:
                self._say(Change(watched.name, _resolver_words(answer.resolver, found)))

    async def _compare_others(self, watched: Watched, survey: NameSurvey) -> None:
        """Mail and proofs of ownership, once every server has the switch."""
        self._compared.add(watched.name)
        before = self.others.get(watched.name)
        if before is None:
            return
        beside = await self.dns.survey(watched.name, ("MX", "TXT"))
        zone = await look_at_others(self.dns, [survey.zone])
        for words in changed_others(before, zone[survey.zone] | fingerprints_beside(beside)):
            watched.troubles[words] = f"{words}, compared with the survey before the switch"
            self._say(Change(watched.name, watched.troubles[words], loud=True))
        if not any("compared with" in trouble for trouble in watched.troubles.values()):
            sets = "record set is" if len(before) == 1 else "record sets are"
            self._say(Change(watched.name, f"{len(before)} other {sets} the same as before"))

    async def _count_old(self, count: Count) -> None:
        """The old side's visitors, window after window, for as long as the watch goes on."""
        try:
            while True:
                traffic = await count(_COUNTED_AT_ONCE)
                rows = {row.host: row for row in traffic.hosts}
                for watched in self.names:
                    row = rows.get(watched.name)
                    had, now = watched.old_requests, row.requests if row else 0
                    watched.old_requests = now
                    if now:
                        watched.last_old_request = self.clock.now()
                    if had is None or (had == 0) != (now == 0):
                        self._say(Change(watched.name, _traffic_words(traffic, watched.name)))
        except MovedayError as error:
            text = f"the old side's visitors are not counted: {error.title}"
            self._say(Change("old side", text))

    def _done(self, watched: Watched, until: str) -> bool:
        if watched.new_at is None or until == "switched":
            return watched.new_at is not None
        end = watched.book_done_at()
        cached = any(s.side in ("old", "neither") for s in watched.resolvers.values())
        by_the_book = end is None or self.clock.now() >= end
        seen = watched.site.side == "new" or watched.site.because == NOTHING_TELLS
        return by_the_book and not cached and seen


_WORDS = {"switched": "at every server", "everywhere": "everywhere that was looked"}


def _resolver_words(resolver: str, found: Sighting) -> str:
    left = f" ({found.because})" if found.because else ""
    words = {
        "new": "gives the new side",
        "old": "still gives the old side",
        "neither": "gives neither side",
        "unknown": "cannot say",
    }
    return f"resolver {resolver} {words[found.side]}{left}"


def _traffic_words(traffic: Traffic, name: str) -> str:
    row = next((row for row in traffic.hosts if row.host == name), None)
    span = duration(traffic.seconds)
    if row is None or not row.requests:
        return f"the old side is quiet: no request in {span}"
    networks = f"{row.networks} network{'s' if row.networks != 1 else ''}"
    many = f"{row.requests} request{'s' if row.requests != 1 else ''}"
    return f"the old side still gets {many} from {networks} in {span}"
