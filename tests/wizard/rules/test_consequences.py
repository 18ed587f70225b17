"""What is said before a decision is kept: money, outage, what stays behind, what is asked then."""

from typing import Any

from tests.wizard.rules.mapping_examples import facts, whole_app, whole_plan
from wizard.model.plan import AddonChoice, DatabaseChoice, Plan, VariableChoice
from wizard.rules.consequences import Consequences, consequences
from wizard.rules.mapping import build_mapping


def of(changed: Plan, plan: Plan | None = None, **more: Any) -> Consequences:
    plan, app = plan or whole_plan(), whole_app()
    then = build_mapping(facts(app, changed, **more))
    return consequences(plan, build_mapping(facts(app, plan, **more)), changed, then)


def test_nothing_changed_says_so() -> None:
    found = of(whole_plan())
    assert found.cost.startswith("the same: on Aptible $")
    assert found.downtime == ("users are down for the same data as before",)
    assert found.changes == found.data == found.asked == ()


def test_an_addon_that_stays_goes_on_being_paid_and_keeps_its_data() -> None:
    found = of(whole_plan(addons={"frobnicator": AddonChoice(action="stay", reason="ours")}))
    assert any(line.startswith("frob-1: open") and "stays behind" in line for line in found.changes)
    assert "frob-1 stays where it is: its data and its bill stay behind with it" in found.data
    assert found.cost.startswith("changes: ") and "what stays behind $" in found.cost


def test_a_dropped_addon_takes_what_it_holds_with_it() -> None:
    found = of(whole_plan(addons={"frobnicator": AddonChoice(action="drop", reason="not used")}))
    assert "what frob-1 holds does not come along" in found.data
    assert "the new side runs without FROB_URL" in found.data


def test_data_that_is_moved_or_not_makes_the_outage_longer_or_shorter() -> None:
    empty = DatabaseChoice(variable="DATABASE_URL", handle="acme-db", disk_gb=50, move_data=False)
    without = whole_plan(databases=(empty,))
    assert of(without).downtime == ("shorter: the data of acme-db is not moved",)
    back = of(whole_plan(), without)
    assert back.downtime == ("longer: the data of acme-db moves while users are down",)


def test_a_larger_disk_costs_more_and_is_said_in_both_amounts() -> None:
    larger = DatabaseChoice(variable="DATABASE_URL", handle="acme-db", disk_gb=100, memory_mb=4096)
    found = of(whole_plan(databases=(larger,)))
    before, after = (
        build_mapping(facts(whole_app(), each)).monthly.cents
        for each in (whole_plan(), whole_plan(databases=(larger,)))
    )
    assert after - before == 1000
    assert f"on Aptible ${before / 100:,.2f}" in found.cost and f"${after / 100:,.2f}" in found.cost


def test_a_variable_that_is_held_back_reaches_the_new_side_at_accept() -> None:
    held = VariableChoice(action="hold-back", reason="it mails")
    found = of(whole_plan(variables={"CALLBACK": held}))
    assert "CALLBACK reaches the new side only at accept, with a restart" in found.downtime
