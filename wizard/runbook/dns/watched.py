"""One name under watch: what each look at its servers changes in what is known of it."""

import itertools
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, NamedTuple

from wizard.forecast.durations import duration
from wizard.model.dns import NameSurvey, ServerAnswer
from wizard.model.dns_report import NameVerdict, SideSeen, Sighting, TtlStory
from wizard.rules.domains import book_done, keep_old_until, leads_to
from wizard.rules.survey_reading import leading, leading_at, plain_name, record_words
from wizard.rules.ttl_history import Look, ttl_story

State = Literal["old", "split", "new", "third", "unknown"]
NEW_SIDE_HOSTS = ".aptible.in"
"""How the names of the new side's load balancers end (Aptible documentation, “Custom domain”)."""
QUIET = 172_800
"""Seconds without a request after which the old side may go: some hold an address for days."""
_DEFAULT_HOSTS = ".on-aptible.com"


class Change(NamedTuple):
    """One line worth telling; `loud` for what somebody has to act on."""

    name: str
    text: str
    loud: bool = False


@dataclass
class Watched:
    """What is known of one name. `old_values` lead to the old side: targets and addresses.

    `new` is the new side as far as it is known; `looks` begins with those of earlier surveys.
    """

    name: str
    low_ttl: int
    old_values: set[str] = field(default_factory=set)
    old: SideSeen | None = None
    new: SideSeen = field(default_factory=SideSeen)
    told_ttl: int | None = None
    looks: list[Look] = field(default_factory=list)
    state: State = "unknown"
    new_at: datetime | None = None
    story: TtlStory | None = None
    site: Sighting = field(default_factory=lambda: Sighting(side="unknown"))
    certificate: str = ""
    serial: str = ""
    resolvers: dict[str, Sighting] = field(default_factory=dict)
    troubles: dict[str, str] = field(default_factory=dict)
    old_requests: int | None = None
    last_old_request: datetime | None = None
    book_said: bool = False
    _shown: str = ""
    _ttl_shown: str = ""

    def take(self, survey: NameSurvey, at: datetime) -> Iterator[Change]:
        """Take in one look; the lines it is worth, none when nothing changed."""
        if not self.old_values and not self.leads_new(survey):
            self.old_values = {plain_name(v) for r in leading(survey) for v in r.values}
        sides = {answer.server: self._side(answer) for answer in survey.answers}
        self.state = _common(set(sides.values()))
        self._keep(Look(at, survey))
        if self.state == "new" and self.new_at is None:
            self.new_at = at
        elif {"old", "third"} & set(sides.values()):
            # A server that is silent for a moment takes nothing back.
            self.new_at, self.book_said = None, False
        yield from self._where(survey, sides)
        if self.state in ("old", "split") and self.new_at is None:
            yield from self._ttl(at)

    def book_done_at(self) -> datetime | None:
        """When caches that obey TTLs have dropped the old side; None before the switch.

        Every look counts until the next one: somebody may have asked just before that. None as
        well when no look ever saw the old side.
        """
        if self.new_at is None:
            return None
        ends = [
            book_done(following.at, max((r.ttl for r in leading(look.survey)), default=0))
            for look, following in itertools.pairwise(self.looks)
            if look.at < self.new_at
        ]
        return max([*ends, self.new_at]) if ends else None

    def verdict(self) -> NameVerdict:
        """What is known now."""
        last = self.looks[-1].survey if self.looks else None
        leads = sorted({record_words(r) for r in leading(last)}) if last is not None else []
        return NameVerdict(
            name=self.name,
            state=self.state,
            leads_to=tuple(leads),
            new_at=self.new_at,
            book_done_at=self.book_done_at(),
            safe_at=self.story.safe_at if self.story else None,
            site=self.site,
            certificate=self.certificate,
            serial=self.serial,
            resolvers=dict(self.resolvers),
            troubles=tuple(self.troubles.values()),
            old_requests=self.old_requests,
            keep_old_until=self._keep_old_until(),
        )

    def _keep_old_until(self) -> datetime | None:
        if self.new_at is None or self.old_requests is None:
            return None
        longest = (self.story.old_ttl if self.story else None) or 0
        return keep_old_until(self.new_at, longest, self.last_old_request, QUIET)

    def _keep(self, look: Look) -> None:
        """Of equal looks the first and the last are enough: a watch may go on for days."""
        if len(self.looks) > 1 and self.looks[-2].survey == self.looks[-1].survey == look.survey:
            self.looks[-1] = look
        else:
            self.looks.append(look)

    def leads_new(self, survey: NameSurvey) -> bool:
        """Whether every server leads to the new side."""
        return bool(survey.answers) and all(self._leads_new(a) for a in survey.answers)

    def _leads_new(self, answer: ServerAnswer) -> bool:
        if self.new.host:
            return leads_to(answer, self.name, self.new.host, self.new.addresses)
        found = leading_at(answer.records, self.name)
        values = {value for record in found for value in record.values}
        judged = bool(values) and values <= set(self.new.addresses)
        return judged or any(value.endswith(NEW_SIDE_HOSTS) for value in values)

    def _side(self, answer: ServerAnswer) -> State:
        if answer.error:
            return "unknown"
        if self._leads_new(answer):
            return "new"
        values = {plain_name(v) for r in leading_at(answer.records, self.name) for v in r.values}
        return "old" if values <= self.old_values else "third"

    def _where(self, survey: NameSurvey, sides: dict[str, State]) -> Iterator[Change]:
        by_words: dict[str, list[ServerAnswer]] = {}
        for answer in survey.answers:
            by_words.setdefault(self._words(answer), []).append(answer)
        shown = "; ".join(
            f"{_servers(answers, survey)}: {words}" for words, answers in by_words.items()
        )
        if shown == self._shown:
            return
        self._shown = shown
        loud = self.state == "third"
        if loud:
            strange = [a for a in survey.answers if sides[a.server] == "third"]
            self.troubles["third"] = f"leads to neither side: {self._words(strange[0])}"
            shown += f": neither the old side nor the new one{self._hint(strange[0])}"
        else:
            self.troubles.pop("third", None)
        silent = [a for a in survey.answers if a.error]
        self.troubles.pop("servers", None)
        if silent:
            self.troubles["servers"] = f"{silent[0].server} {silent[0].error}"
        meaning = {
            "old": "the old side",
            "new": "the new side",
            "split": "the switch has not reached every server yet",
            "unknown": "not every server answers",
        }
        yield Change(self.name, shown + ("" if loud else f" — {meaning[self.state]}"), loud)

    def _words(self, answer: ServerAnswer) -> str:
        if answer.error:
            return answer.error
        found = leading_at(answer.records, self.name)
        return " and ".join(f"{r.type} {', '.join(r.values)}" for r in found) or "no record"

    def _hint(self, answer: ServerAnswer) -> str:
        values = [v for r in leading_at(answer.records, self.name) for v in r.values]
        if any(v.endswith(_DEFAULT_HOSTS) for v in values):
            return ": that is a default name of the platform's, whose certificate is for itself"
        if not self.new.host:
            return ": which host the new side has is not known here, --to HOST says it"
        return f": it has to be {self.new.host}"

    def _ttl(self, at: datetime) -> Iterator[Change]:
        self.story = story = ttl_story(self.looks, self.low_ttl, at, self.told_ttl)
        if story.old_ttl is None:
            return
        key = f"{story.now} {story.low_since} {story.raised_at}"
        if key == self._ttl_shown:
            return
        first, self._ttl_shown = not self._ttl_shown, key
        if story.raised_at == at:
            self.troubles["ttl"] = f"the TTL was raised again, to {story.now} s"
            yield Change(
                self.name,
                f"TTL raised again: {story.now} s; lower it to {story.low_ttl} s, "
                f"the wait of {duration(story.old_ttl)} then begins anew",
                loud=True,
            )
        elif story.safe_at is not None:
            self.troubles.pop("ttl", None)
            left = (story.safe_at - at).total_seconds()
            when = f"in {duration(left)}" if left > 0 else "now"
            yield Change(self.name, f"TTL {story.now} s at every server; safe to switch {when}")
        elif first or story.raised_at is None:
            yield Change(
                self.name,
                f"TTL {story.now} s; a switch is safe {duration(_wait(story, at))} after it "
                f"stands at {story.low_ttl} s or less at every server",
            )


def _wait(story: TtlStory, at: datetime) -> float:
    return (story.if_lowered_now - at).total_seconds() if story.if_lowered_now else 0.0


def _servers(answers: Collection[ServerAnswer], survey: NameSurvey) -> str:
    if len(answers) == len(survey.answers):
        return "every server" if len(answers) > 1 else "its one server"
    return ", ".join(a.server for a in answers)


def _common(sides: set[State]) -> State:
    if "third" in sides:
        return "third"
    if not sides or sides == {"unknown"}:
        return "unknown"
    if len(sides) == 1:
        return next(iter(sides))
    return "split" if "new" in sides else "unknown"
