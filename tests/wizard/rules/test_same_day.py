"""Can it be today? Every ground as it is known, and never a day that nobody named."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from wizard.model.database import Finding
from wizard.model.dns import NameSurvey
from wizard.model.dns_report import NameReport, TtlStory
from wizard.model.inventory import Domain, Inventory
from wizard.model.plan import Expected
from wizard.model.runs import Forecast
from wizard.model.same_day import Reason, SameDay
from wizard.model.target import ActivePlan, Stack
from wizard.model.target_facts import TargetFacts
from wizard.rules.same_day import same_day
from wizard.rules.same_day_facts import SameDayFacts
from wizard.rules.same_day_needs import Needs
from wizard.rules.to_do import person_tasks

NOW = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)  # a Tuesday
THURSDAY = date(2026, 3, 5)
SHARED = Stack(id=1, name="shared-us-east-1", region="us-east-1", dedicated=False)
FAR = Stack(id=3, name="shared-eu", region="eu-central-1", dedicated=False)
OWN = Stack(id=2, name="clinic-stack", region="us-east-1", dedicated=True)
SMALL = Needs(memory_mb=2048, disk_gb=10, endpoints=1, whole=True)
NOTHING = Inventory(
    source="heroku",
    app="clinic",
    app_id="1",
    region="us",
    stack="heroku-24",
    maintenance=False,
    release=None,
    processes=(),
    variables=(),
    addons=(),
    domains=(),
    databases=(),
    read_at=NOW,
)


def told(*stacks: Stack, plan: str = "production", **limits: Any) -> TargetFacts:
    """What a sign-in saw."""
    active = ActivePlan(name=plan, **limits)
    return TargetFacts(organization="Clinic", stacks=stacks, plan=active, at=NOW)


def seen(ttl: int | None, low_since: datetime | None = None, *findings: Finding) -> NameReport:
    """A survey of clinic.test."""
    safe = None if low_since is None or ttl is None else low_since + timedelta(seconds=ttl)
    return NameReport(
        name="clinic.test",
        survey=NameSurvey(name="clinic.test", zone="clinic.test", answers=()),
        dns_host="a small DNS host",
        signed=False,
        ttl=TtlStory(low_ttl=60, old_ttl=ttl, low_since=low_since, safe_at=safe),
        findings=findings,
    )


def measured(high: float, *, fits: bool, stale: tuple[str, ...] = ()) -> Forecast:
    """A forecast from three rehearsals."""
    return Forecast(
        samples=3,
        median=high,
        low=high,
        high=high,
        p90=None,
        shares=(),
        measured_share=1.0,
        words="",
        stale=stale,
        fits_budget=fits,
    )


def facts(**changes: Any) -> SameDayFacts:
    """Everything is known and fine, but for `changes`."""
    fine: dict[str, Any] = {
        "now": NOW,
        "regulated": True,
        "agreement": "signed 2026-03-02",
        "chosen_plan": "production",
        "stack": "clinic-stack",
        "domains": ("clinic.test",),
        "needs": SMALL,
        "inventory": NOTHING,
        "target": told(OWN, SHARED),
        "names": (seen(300, NOW - timedelta(hours=2)),),
        "forecast": measured(600, fits=True),
        "switch_practised": True,
    }
    return SameDayFacts(**{**fine, **changes})


def one(verdict: SameDay, name: str) -> Reason:
    """The ground of that id."""
    return next(reason for reason in verdict.reasons if reason.id == name)


def test_all_known_and_fine_is_today() -> None:
    verdict = same_day(facts())
    assert verdict.today is True
    assert verdict.words == "today is possible"
    assert {reason.state for reason in verdict.reasons} == {"holds"}


APEX = Finding(
    rule="dns.apex-needs-alias",
    severity="block",
    subject="clinic.test",
    detail="no CNAME",
    remedy="move the zone to a host with ALIAS, or redirect to www",
)
TABLE: list[tuple[dict[str, Any], str, str, bool | None, str]] = [
    # what is different, ground, its state, today, what the verdict says
    ({"regulated": None}, "stack", "unknown", None, "your answer"),
    ({"target": None}, "stack", "unknown", None, "sign-in"),
    ({"target": told(SHARED)}, "stack", "in the way", False, "no day can be named yet"),
    (
        {"target": told(SHARED), "expected": Expected(stack=THURSDAY)},
        "stack",
        "in the way",
        False,
        "earliest Thursday 5 March 2026, because the dedicated stack is promised",
    ),
    (
        {"target": told(SHARED), "expected": Expected(stack=date(2026, 3, 2))},
        "stack",
        "in the way",
        False,
        "the promised day has passed",
    ),
    (
        {"target": None, "expected": Expected(stack=THURSDAY)},
        "stack",
        "in the way",
        False,
        "earliest Thursday 5 March 2026",
    ),
    ({"stack": "shared-us-east-1"}, "stack", "in the way", None, "choose clinic-stack"),
    ({"stack": "other"}, "stack", "in the way", None, "once this is put right: the stack other"),
    ({"stack": ""}, "stack", "in the way", None, "clinic-stack would do"),
    (
        {"regulated": False, "stack": "shared-us-east-1"},
        "stack",
        "holds",
        True,
        "today is possible",
    ),
    ({"agreement": ""}, "agreement", "in the way", False, "when it will be signed is not known"),
    (
        {"agreement": "", "expected": Expected(agreement=THURSDAY)},
        "agreement",
        "in the way",
        False,
        "earliest Thursday 5 March 2026, because the signed agreement",
    ),
    ({"regulated": False, "agreement": ""}, "agreement", "holds", True, "today is possible"),
    ({"target": told(OWN, plan="trial")}, "plan", "in the way", None, "Aptible says trial"),
    (
        {"chosen_plan": "development", "target": told(OWN, plan="development")},
        "plan",
        "in the way",
        None,
        "come with Production",
    ),
    ({"chosen_plan": "", "target": None}, "plan", "unknown", None, "your answer"),
    (
        {"target": TargetFacts(organization="C", stacks=(OWN,), no_plan=True, at=NOW)},
        "plan",
        "unknown",
        None,
        "1 point is unknown",
    ),
    ({"names": ()}, "ttl", "unknown", None, "dns survey"),
    ({"names": (seen(86_400),)}, "ttl", "in the way", False, "earliest Wednesday 4 March 2026"),
    ({"names": (seen(3_600),)}, "ttl", "holds", True, "today is possible"),
    ({"names": (seen(None),)}, "ttl", "unknown", None, "dns survey"),
    (
        {"names": (seen(300, NOW - timedelta(hours=2), APEX),)},
        "apex/clinic.test",
        "in the way",
        False,
        "no day can be named yet",
    ),
    ({"domains": (), "inventory": None}, "names", "unknown", None, "inventory"),
    ({"domains": ()}, "names", "holds", True, "today is possible"),
    ({"switch_practised": False}, "dns-access", "unknown", None, "rehearsal"),
    ({"forecast": None}, "outage", "unknown", None, "rehearsal"),
    ({"forecast": measured(2400, fits=False)}, "outage", "in the way", False, "announce more"),
    (
        {"forecast": measured(60, fits=True, stale=("new release",))},
        "outage",
        "unknown",
        None,
        "rehearsal",
    ),
]


@pytest.mark.parametrize(("changes", "ground", "state", "today", "words"), TABLE)
def test_each_ground_as_it_is_known(
    changes: dict[str, Any], ground: str, state: str, today: bool | None, words: str
) -> None:
    verdict = same_day(facts(**changes))
    assert (one(verdict, ground).state, verdict.today) == (state, today)
    assert words in verdict.words


@pytest.mark.parametrize(
    ("needs", "state", "words"),
    [
        (SMALL, "holds", "fits the trial"),
        (SMALL.model_copy(update={"memory_mb": 4096}), "in the way", "memory 4 of 3 GB"),
        (SMALL.model_copy(update={"disk_gb": 30}), "in the way", "disk 30 of 20 GB"),
        (SMALL.model_copy(update={"endpoints": 2}), "in the way", "endpoints 2 of 1"),
        (SMALL.model_copy(update={"whole": False}), "unknown", "whether the app fits"),
    ],
)
def test_the_trial_has_limits(needs: Needs, state: str, words: str) -> None:
    found = facts(
        regulated=False,
        chosen_plan="trial",
        target=told(SHARED, plan="trial"),
        stack=SHARED.name,
        needs=needs,
    )
    limits = one(same_day(found), "limits")
    assert limits.state == state
    assert words in limits.words


def test_a_trial_runs_in_one_region_only() -> None:
    found = facts(
        regulated=False, chosen_plan="trial", target=told(FAR, plan="trial"), stack=FAR.name
    )
    assert one(same_day(found), "trial-stack").state == "in the way"


def test_limits_that_aptible_tells_go_before_published_ones() -> None:
    lifted = told(SHARED, plan="trial", memory_mb=64_000, disk_gb=500, endpoints=9)
    large = SMALL.model_copy(update={"memory_mb": 32_000})
    found = facts(
        regulated=False, chosen_plan="trial", target=lifted, stack=SHARED.name, needs=large
    )
    assert one(same_day(found), "limits").state == "holds"


def test_names_that_the_plan_forgot_are_named() -> None:
    custom = Domain(hostname="clinic.test", kind="custom", where="api")
    inventory = NOTHING.model_copy(update={"domains": (custom,)})
    verdict = same_day(facts(domains=(), inventory=inventory))
    assert one(verdict, "names-left-out").state == "in the way"


def test_the_latest_of_several_days_counts() -> None:
    expected = Expected(stack=date(2026, 3, 4), agreement=THURSDAY)
    verdict = same_day(facts(target=told(SHARED), agreement="", expected=expected))
    assert verdict.earliest == datetime(2026, 3, 5, tzinfo=UTC)


def test_it_sharpens_as_facts_come_in() -> None:
    """From nothing but the folder to everything: unknowns only ever become fewer."""
    bare = facts(target=None, inventory=None, names=(), forecast=None, switch_practised=False)
    steps = [
        bare,
        facts(inventory=None, names=(), forecast=None, switch_practised=False),
        facts(names=(), forecast=None, switch_practised=False),
        facts(forecast=None, switch_practised=False),
        facts(),
    ]
    unknown = [sum(r.state == "unknown" for r in same_day(s).reasons) for s in steps]
    assert unknown == sorted(unknown, reverse=True)
    assert unknown[-1] == 0


def test_people_hear_their_tasks_in_order_with_a_day() -> None:
    tasks = person_tasks(facts(target=None, agreement="", expected=Expected(stack=THURSDAY)))
    assert [task.id for task in tasks] == ["account", "stack", "agreement", "review"]
    assert tasks[0].by == "Tuesday 3 March 2026"
    assert tasks[1].by == "promised for Thursday 5 March 2026"
    done = {task.id: task.done for task in person_tasks(facts())}
    assert done["stack"] and done["agreement"] and done["account"]


def test_a_name_is_told_as_it_is_spelt() -> None:
    name = "athens-clinic.test"
    report = seen(3_600).model_copy(update={"name": name})
    ground = one(same_day(facts(domains=(name,), names=(report,))), "ttl")
    assert ground.words.startswith(f"the old TTL of {name} (1 h) runs out at ")
