"""Two looks at one app: what is said to have changed, and what is not."""

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from wizard.model.inventory import Addon, Domain, Gap, Inventory, Process, SourceDatabase, Variable
from wizard.model.platform_facts import Autoscaler, Feature, Release
from wizard.rules.inventory_changes import KINDS, changes, that_matter_for_a_freeze

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
PLACE = "GET /x"


def look(**more: Any) -> Inventory:
    facts: dict[str, Any] = {
        "source": "heroku",
        "app": "clinic",
        "app_id": "1",
        "region": "us",
        "stack": "heroku-24",
        "maintenance": False,
        "release": Release(version=7, commit="c", description="", created_at=NOON),
        "processes": (process("web", 2), process("worker", 1)),
        "variables": (variable("KEY"), variable("URL")),
        "addons": (addon("pg-1"),),
        "domains": (domain("www.test"),),
        "databases": (database(100),),
        "read_at": NOON,
    }
    return Inventory(**(facts | more))


def process(name: str, quantity: int) -> Process:
    return Process(name=name, command=f"run {name}", quantity=quantity, size="Basic", where=PLACE)


def variable(name: str, mark: str | None = "m", length: int = 5) -> Variable:
    return Variable(name=name, origin="user", length=length, fingerprint=mark, where=PLACE)


def addon(name: str, cents: int = 500) -> Addon:
    return Addon(id=name, name=name, service="s", plan="s:p", monthly_cents=cents, where=PLACE)


def domain(name: str, state: str = "ok") -> Domain:
    return Domain(hostname=name, kind="custom", certificate_state=state, where=PLACE)


def database(megabytes: int) -> SourceDatabase:
    return SourceDatabase(
        id="d",
        name="pg-1",
        engine="postgres",
        plan="p",
        size_bytes=megabytes * 1_000_000,
        connections=f"{megabytes}/120",
        where=PLACE,
    )


def said(before: Inventory, now: Inventory) -> list[str]:
    return [change.words for change in changes(before, now)]


def test_what_breathes_by_itself_is_no_change() -> None:
    later = look(read_at=NOON + timedelta(hours=3), databases=(database(104),))
    assert said(look(), later) == []


def test_every_kind_of_change_is_said_once() -> None:
    now = look(
        maintenance=True,
        release=Release(version=8, commit="d", description="", created_at=NOON),
        processes=(process("web", 3), process("clock", 1)),
        variables=(variable("KEY", "other"), variable("NEW")),
        addons=(addon("pg-1", 900),),
        domains=(domain("www.test", "failing"),),
        databases=(database(250),),
        features=(Feature(name="preboot", enabled=True, where=PLACE),),
        autoscalers=(Autoscaler(process="web", minimum=1, maximum=4, active=True, where=PLACE),),
    )
    assert said(look(), now) == [
        "maintenance page: off → on",
        "release: v7 → v8",
        "process clock is new: 1 × Basic, run clock",
        "process web: 2 × Basic, run web → 3 × Basic, run web",
        "process worker is gone: 1 × Basic, run worker",
        "variable NEW is new: user",
        "variable URL is gone: user",
        "price of pg-1: $5.00 a month → $9.00 a month",
        "certificate of www.test: ok → failing",
        "feature preboot is new: on",
        "autoscaler of web is new: 1 to 4, active",
        "the value of KEY changed",
        "size of pg-1: 100 MB → 250 MB",
    ]


def test_a_value_without_a_lasting_hash_is_told_by_its_length() -> None:
    before = look(variables=(variable("KEY", None, 5),))
    assert said(before, look(variables=(variable("KEY", "m", 5),))) == []
    assert len(said(before, look(variables=(variable("KEY", "m", 6),)))) == 1


def test_what_cannot_be_read_is_unknown_and_not_gone() -> None:
    blind = look(domains=(), gaps=(Gap(subject="domains", reason="403"),))
    assert said(look(), blind) == ["domains could not be read this time: 403"]
    assert said(blind, look()) == ["domains could be read this time"]
    assert [c.subject for c in that_matter_for_a_freeze(changes(look(), blind))] == ["domains"]


def test_a_freeze_minds_what_was_rehearsed_and_nothing_else() -> None:
    now = look(addons=(addon("pg-1", 900),), domains=(domain("www.test", "failing"),))
    assert that_matter_for_a_freeze(changes(look(), now)) == ()
    now = look(addons=(), domains=(domain("www.test"), domain("new.test")))
    assert [c.words for c in that_matter_for_a_freeze(changes(look(), now))] == [
        "add-on pg-1 is gone: s:p",
        "domain new.test is new",
    ]


def test_another_app_under_the_same_plan_is_one_change() -> None:
    assert said(look(), look(app="other", app_id="2")) == ["the app itself: clinic → other"]


NAMES = st.lists(st.sampled_from("abcd"), unique=True, max_size=4)


@given(NAMES, NAMES, NAMES, NAMES)
def test_a_look_and_itself_never_differ_and_differences_turn_around(
    domains: list[str], others: list[str], addons: list[str], more: list[str]
) -> None:
    one = look(domains=tuple(map(domain, domains)), addons=tuple(map(addon, addons)))
    two = look(domains=tuple(map(domain, others)), addons=tuple(map(addon, more)))
    assert changes(one, one) == ()
    opposite = {"added": "removed", "removed": "added", "changed": "changed"}
    there = {(c.kind, c.subject, c.what) for c in changes(one, two)}
    back = {(c.kind, c.subject, opposite[c.what]) for c in changes(two, one)}
    assert there == back
    assert {kind for kind, _, _ in there} <= set(KINDS)
