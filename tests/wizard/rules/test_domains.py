"""When a switch is safe, what it is, and whether it happened."""

import math
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from wizard.model.dns import NameSurvey, Record, ServerAnswer
from wizard.rules.domains import (
    book_done,
    keep_old_until,
    low_everywhere,
    margin,
    old_ttl,
    record_to_switch,
    safe_to_switch_at,
    seen_everywhere_at,
    switched,
)

ZONE = "acme-clinic.test"
WWW = f"www.{ZONE}"
OLD, NEW = "label.herokudns.com", "elb-acme-7.aptible.in"
NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
TTLS = st.integers(min_value=0, max_value=604_800)


def cname(target: str, ttl: int = 30, name: str = WWW) -> Record:
    return Record(name=name, type="CNAME", ttl=ttl, values=(target,))


def survey(*records: Record | str, name: str = WWW) -> NameSurvey:
    """One server for each record; a text is a server with that trouble."""
    answers = [
        ServerAnswer(
            server=f"ns{n}.dnshost.test",
            address=f"192.0.2.{n}",
            serial=1,
            records=() if isinstance(r, str) else (r,),
            error=r if isinstance(r, str) else "",
        )
        for n, r in enumerate(records)
    ]
    return NameSurvey(name=name, zone=ZONE, answers=tuple(answers))


@given(TTLS)
def test_margin_is_small_but_never_nothing(ttl: int) -> None:
    assert 2 <= margin(ttl) <= 60
    assert margin(ttl) >= min(60, math.ceil(ttl / 20))


@given(TTLS, st.floats(min_value=0, max_value=604_800))
def test_no_obedient_cache_holds_the_old_record_when_it_is_safe(ttl: int, asked: float) -> None:
    """A cache that asked at any moment before the low TTL was everywhere has dropped its copy."""
    asked_at = NOW - timedelta(seconds=asked)
    assert asked_at + timedelta(seconds=ttl) < safe_to_switch_at(NOW, ttl)


@given(TTLS, TTLS)
def test_waiting_never_gets_shorter_with_a_longer_ttl(one: int, other: int) -> None:
    low, high = sorted((one, other))
    assert safe_to_switch_at(NOW, low) <= safe_to_switch_at(NOW, high)
    assert book_done(NOW, low) <= book_done(NOW, high)
    assert seen_everywhere_at(NOW, low) <= seen_everywhere_at(NOW, high)


@given(TTLS, TTLS, st.integers(-604_800, 604_800))
def test_old_side_outlives_the_book_and_the_last_caller(ttl: int, quiet: int, last: int) -> None:
    last_request = NOW + timedelta(seconds=last)
    until = keep_old_until(NOW, ttl, last_request, quiet)
    assert until >= book_done(NOW, ttl)
    assert until >= last_request + timedelta(seconds=quiet)
    assert keep_old_until(NOW, ttl, None, quiet) == book_done(NOW, ttl)


@given(st.lists(TTLS, min_size=1, max_size=6))
def test_old_ttl_is_the_longest_ever_seen(ttls: list[int]) -> None:
    assert old_ttl(survey(*(cname(OLD, ttl) for ttl in ttls))) == max(ttls)
    assert old_ttl(*(survey(cname(OLD, ttl)) for ttl in ttls)) == max(ttls)


def test_old_ttl_counts_links_of_the_zone_but_not_text() -> None:
    link = cname(OLD, 900, f"app.{ZONE}")
    text = Record(name=WWW, type="CAA", ttl=86_400, values=('0 issue "x"',))
    answer = ServerAnswer(
        server="a", address="b", serial=1, records=(cname(f"app.{ZONE}", 30), link, text)
    )
    assert old_ttl(NameSurvey(name=WWW, zone=ZONE, answers=(answer,))) == 900
    assert old_ttl(survey("silent")) == 0


def test_record_to_switch() -> None:
    www = record_to_switch(WWW, ZONE, f"{NEW}.")
    assert (www.name, www.type, www.ttl, www.values) == (WWW, "CNAME", 60, (NEW,))
    apex = record_to_switch("Acme-Clinic.test.", ZONE, NEW, ttl=5)
    assert (apex.name, apex.type, apex.ttl) == (ZONE, "ALIAS", 5)


def test_switched_needs_every_server() -> None:
    assert switched(survey(cname(NEW), cname(NEW.upper() + ".")), NEW)
    assert not switched(survey(cname(NEW), cname(OLD)), NEW)
    assert not switched(survey(cname(NEW), "silent"), NEW)
    assert not switched(survey(), NEW)


def test_switched_by_addresses_at_the_apex() -> None:
    def apex(*addresses: str) -> NameSurvey:
        return survey(Record(name=ZONE, type="A", ttl=5, values=addresses), name=ZONE)

    new = ("198.51.100.20", "198.51.100.21")
    assert switched(apex("198.51.100.20"), NEW, new)
    assert not switched(apex("198.51.100.20", "198.51.100.10"), NEW, new)
    assert not switched(apex("198.51.100.10"), NEW, new)
    assert not switched(apex("198.51.100.20"), NEW)
    assert not switched(apex(), NEW, new)


def test_switched_through_a_link_of_the_same_zone_and_not_in_circles() -> None:
    def chain(*links: tuple[str, str]) -> NameSurvey:
        records = tuple(cname(target, name=owner) for owner, target in links)
        answer = ServerAnswer(server="a", address="b", serial=1, records=records)
        return NameSurvey(name=WWW, zone=ZONE, answers=(answer,))

    assert switched(chain((WWW, f"app.{ZONE}"), (f"app.{ZONE}", NEW)), NEW)
    assert not switched(chain((WWW, f"app.{ZONE}"), (f"app.{ZONE}", WWW)), NEW)


def test_low_means_all_servers_and_never_a_cache() -> None:
    assert low_everywhere(survey(cname(OLD, 5), cname(OLD, 5)), 5)
    assert not low_everywhere(survey(cname(OLD, 5), cname(OLD, 3600)), 5)
    assert not low_everywhere(survey(cname(OLD, 5), "silent"), 5)
    assert not low_everywhere(survey(), 5)
    cached = survey(cname(OLD, 5)).model_copy(update={"through": "cache"})
    assert not low_everywhere(cached, 5)
