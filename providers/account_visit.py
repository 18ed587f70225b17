"""Reading calls to one account, made by a doctor: what came back, what was refused, whose clock.

Everything goes out as GET; there is no other verb here.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime

from pydantic import BaseModel

from providers.http import Answer, ApiClient, HttpRefused
from providers.shape_check import check_items
from wizard.clock import Clock
from wizard.errors import MovedayError
from wizard.model.doctor import AccountHealth, Fact, FactSeen, Finding, Outcome, ShapeSeen

SKEW_WARN, SKEW_FAIL = 5.0, 120.0
"""Seconds. One-time codes change every 30 s, tokens and certificates compare wall clocks."""


@dataclass
class Reply:
    """One answer, or why there is none. `status` 0: no answer came."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    document: object = None
    trouble: str = ""

    @property
    def ok(self) -> bool:
        """Whether a document came."""
        return 200 <= self.status < 300


class Visit:
    """Calls through one or more clients, and what was learnt from all of them.

    `facts` are those that nobody has verified on the real service; the calls may settle some.
    """

    def __init__(self, clock: Clock, facts: Sequence[Fact]) -> None:
        self.calls = 0
        self.shapes: list[ShapeSeen] = []
        self._clock = clock
        self._facts = facts
        self._outcomes: dict[str, tuple[Outcome, str]] = {}
        self._skews: list[float] = []

    async def get(
        self,
        client: ApiClient,
        path: str,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str] | None = None,
    ) -> Reply:
        """One reading call; trouble is told, not raised."""
        self.calls += 1
        began = time.monotonic()
        try:
            answer: Answer = await client.request("GET", path, headers=headers, params=params)
        except HttpRefused as refused:
            self._note_clock(refused.headers, began)
            return Reply(refused.status, refused.headers, trouble=refused.detail or refused.title)
        except MovedayError as error:
            return Reply(0, trouble=f"{error.title}: {error.detail}".rstrip(": "))
        self._note_clock(answer.headers, began)
        try:
            return Reply(answer.status, answer.headers, answer.json())
        except MovedayError as error:
            return Reply(0, answer.headers, trouble=error.detail or error.title)

    def judge(
        self,
        call: str,
        shape: type[BaseModel],
        reply: Reply,
        items: Sequence[object] | None,
        may_lack: Sequence[str] = (),
        absent_ok: Sequence[int] = (),
    ) -> None:
        """Compare a reply with the shape that moveday reads it as. `items` None: not where it
        should be; a status of `absent_ok` means that there is nothing of the kind."""
        if reply.status in absent_ok:
            seen = ShapeSeen(call=call, state="nothing to see", detail=f"status {reply.status}")
        elif reply.status == 0:
            seen = ShapeSeen(call=call, state="no answer", detail=reply.trouble)
        elif not reply.ok:
            seen = ShapeSeen(call=call, state="refused", detail=reply.trouble)
        elif items is None:
            seen = ShapeSeen(
                call=call, state="differs", detail="the answer is not of the kind it should be"
            )
        else:
            seen = check_items(call, shape, items, frozenset(may_lack))
        self.shapes.append(seen)

    def turned_out(self, fact: str, good: bool | None, seen: str) -> None:
        """A fact was seen to hold, or not; None: what was `seen` does not settle it."""
        outcomes: dict[bool | None, Outcome] = {True: "confirmed", False: "contradicted"}
        self._outcomes[fact] = (outcomes.get(good, "not seen here"), seen)

    def is_open(self, fact: str) -> bool:
        """Whether nothing was seen of a fact so far."""
        return fact not in self._outcomes

    def health(self, side: str, host: str, findings: Sequence[Finding]) -> AccountHealth:
        """All that was learnt, with the findings of the doctor that made the calls."""
        return AccountHealth(
            side=side,
            host=host,
            findings=(*findings, self.clock_finding(side)),
            shapes=tuple(self.shapes),
            facts=tuple(self._seen(fact) for fact in self._facts),
            calls=self.calls,
        )

    def _seen(self, fact: Fact) -> FactSeen:
        """How a fact turned out; one without a way to look stays open."""
        outcome, seen = self._outcomes.get(fact.id, ("not seen here", ""))
        if not fact.how:
            outcome, seen = "cannot be checked without a change", ""
        return FactSeen(id=fact.id, fact=fact.fact, how=fact.how, outcome=outcome, seen=seen)

    def _note_clock(self, headers: Mapping[str, str], began: float) -> None:
        """The clocks' difference at the middle of a call; the header has whole seconds."""
        try:
            there = parsedate_to_datetime(headers.get("date", "")).timestamp() + 0.5
        except (ValueError, TypeError, IndexError, OverflowError):
            return
        here = self._clock.now().timestamp() - (time.monotonic() - began) / 2
        self._skews.append(here - there)

    def clock_finding(self, side: str) -> Finding:
        """Whether this machine's clock agrees with the other side's."""
        name = f"clock-{side.lower()}"
        if not self._skews:
            return Finding(
                id=name, group="clock", state="warn", seen=f"{side} sends no usable Date header"
            )
        skew = sorted(self._skews)[len(self._skews) // 2]
        good, bad = abs(skew) < SKEW_WARN, abs(skew) >= SKEW_FAIL
        size = "less than a second" if abs(skew) < 1 else f"{abs(skew):.0f} s"
        way = "" if abs(skew) < 1 else (" ahead" if skew > 0 else " behind")
        return Finding(
            id=name,
            group="clock",
            state="ok" if good else "fail" if bad else "warn",
            seen=f"this clock and {side}'s differ by {size}{way}",
            means="" if good else "one-time codes and the ends of tokens go by the clock",
            todo="" if good else "set the clock by the network (NTP)",
        )
