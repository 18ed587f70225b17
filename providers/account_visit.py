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
from wizard.model.doctor import Fact, FactSeen, Finding, Outcome, ShapeSeen

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
    """Calls through one or more clients, and what was learnt from all of them."""

    def __init__(self, clock: Clock) -> None:
        self.calls = 0
        self.shapes: list[ShapeSeen] = []
        self._clock = clock
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


def fact_seen(fact: Fact, outcome: Outcome, seen: str) -> FactSeen:
    """A fact with how it turned out; one without a way to look stays open."""
    if not fact.how:
        outcome, seen = "cannot be checked without a change", ""
    return FactSeen(id=fact.id, fact=fact.fact, how=fact.how, outcome=outcome, seen=seen)
