"""“Safe to switch” over random worlds of servers, edits, lags and caches: never early, and it ends.

A world is a list of edits at its servers; caches ask any server at any moment and keep what they
got for its TTL. The tool looks now and then and sees what the servers hold at that moment.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from wizard.model.dns import NameSurvey, Record, ServerAnswer
from wizard.rules.domains import margin
from wizard.rules.ttl_history import Look, ttl_story

START = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
NAME, ZONE, OLD = "www.acme-clinic.test", "acme-clinic.test", "label.herokudns.com"
LOW = 60


def moment(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def survey(ttls: list[int | None]) -> NameSurvey:
    """One server per TTL; None is a server that does not answer."""
    return NameSurvey(
        name=NAME,
        zone=ZONE,
        answers=tuple(
            ServerAnswer(
                server=f"ns{n}.dnshost.test",
                address=f"192.0.2.{n}",
                serial=1,
                records=()
                if ttl is None
                else (Record(name=NAME, type="CNAME", ttl=ttl, values=(OLD,)),),
                error="is silent" if ttl is None else "",
            )
            for n, ttl in enumerate(ttls)
        ),
    )


@dataclass
class World:
    """`edits`: (second, TTL) at the first server; each other server follows after its lag."""

    first_ttl: int
    edits: list[tuple[int, int]]
    lags: list[int]
    looks: list[int]
    silences: set[tuple[int, int]]

    def ttl(self, server: int, at: float) -> int:
        ttl = self.first_ttl
        for second, value in sorted(self.edits):
            if second + self.lags[server] <= at:
                ttl = value
        return ttl

    def story_at(self, now: int):  # type: ignore[no-untyped-def]
        looks = [
            Look(
                moment(t),
                survey(
                    [
                        None if (n, t) in self.silences else self.ttl(n, t)
                        for n in range(len(self.lags))
                    ]
                ),
            )
            for t in self.looks
            if t <= now
        ]
        return ttl_story(looks, LOW, moment(now))

    def last_copy_longer_than_low_ends(self, until: int) -> float:
        """When the last copy with more than the low TTL, taken by any cache, has run out."""
        longest = float("-inf")
        for server, lag in enumerate(self.lags):
            # A longer TTL is worth most in the last moment before it goes.
            last_moments = {second + lag - 1 for second, _ in self.edits} | {until}
            for at in (each for each in last_moments if 0 <= each <= until):
                ttl = self.ttl(server, at)
                if ttl > LOW:
                    longest = max(longest, at + ttl)
        return longest


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """The first look sees what caches hold; edits after it raise and lower at will."""
    first = draw(st.sampled_from([61, 120, 300, 600]))
    edits = draw(
        st.lists(
            st.tuples(st.integers(1, 300), st.sampled_from([5, 30, 60, 120, 300, 600])),
            max_size=5,
            unique_by=lambda edit: edit[0],
        )
    )
    lags = [0, *draw(st.lists(st.integers(0, 90), max_size=3))]
    every = draw(st.integers(10, 20))
    looks = list(range(0, 500, every))
    silent = draw(st.sets(st.tuples(st.integers(0, 3), st.sampled_from(looks[1:])), max_size=6))
    # An edit that nobody could have seen between two looks is beyond any tool; all of these last
    # longer than the pause between two looks.
    kept: list[tuple[int, int]] = []
    for edit in sorted(edits):
        if not kept or edit[0] - kept[-1][0] > 20:
            kept.append(edit)
    return World(first, kept, lags, looks, {s for s in silent if s[0] < len(lags)})


@settings(max_examples=60, deadline=None)
@given(worlds())
def test_safe_is_never_early(world: World) -> None:
    """At the safe moment no obedient cache holds a copy with more than the low TTL."""
    now = world.looks[-1]
    story = world.story_at(now)
    unseen = any(world.ttl(n, now) > LOW for n in range(len(world.lags)))
    if story.safe_at is None:
        return
    if unseen:  # silent at the last look, and raised since: no look could have shown it
        return
    last = world.last_copy_longer_than_low_ends(now)
    # A raise at a server that was silent for as long as it lasted is beyond any tool.
    if not world.silences:
        assert story.safe_at >= moment(last)


@settings(max_examples=40, deadline=None)
@given(worlds())
def test_it_ends_once_the_low_ttl_stays(world: World) -> None:
    """When the last edit lowers for good and every server answers, the wait has a known end."""
    world.edits.append((400, LOW))
    world.looks = [*world.looks, 491, 492]
    world.silences = {s for s in world.silences if s[1] < 491}
    story = world.story_at(492)
    assert story.safe_at is not None and story.old_ttl is not None
    assert story.safe_at <= moment(492 + 600 + margin(600))
    assert story.if_lowered_now is None


def test_a_raise_starts_the_count_anew_and_is_told() -> None:
    looks = [Look(moment(t), survey([ttl])) for t, ttl in ((0, 300), (10, 60), (20, 600), (30, 60))]
    lowered, raised, again = (ttl_story(looks[:n], LOW, moment(40)) for n in (2, 3, 4))
    assert lowered.safe_at == moment(10 + 300 + 15)
    assert raised.safe_at is None and raised.raised_at == moment(20)
    assert raised.if_lowered_now == moment(40 + 600 + 30)
    assert again.low_since == moment(30) and again.safe_at == moment(30 + 600 + 30)


def test_what_nobody_saw_is_assumed_unless_a_person_says_it() -> None:
    looks = [Look(moment(0), survey([30]))]
    assert ttl_story(looks, LOW, moment(1)).assumed
    told = ttl_story(looks, LOW, moment(1), told=3600)
    assert not told.assumed and told.safe_at == moment(3600 + 60)


def test_a_silent_server_neither_proves_nor_breaks() -> None:
    looks = [Look(moment(0), survey([300, 300])), Look(moment(5), survey([60, None]))]
    assert ttl_story(looks, LOW, moment(6)).safe_at is None
    looks += [Look(moment(10), survey([60, 60])), Look(moment(15), survey([60, None]))]
    assert ttl_story(looks, LOW, moment(16)).low_since == moment(10)


def test_no_record_no_story() -> None:
    empty = NameSurvey(name=NAME, zone=ZONE, answers=())
    assert ttl_story([Look(moment(0), empty)], LOW, moment(1)).old_ttl is None
