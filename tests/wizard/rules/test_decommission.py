"""The decommission list: safe order in every case, nothing of the old side while it serves."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.wizard.reports.samples import PLAN, inventory
from wizard.model.decommission import Aftermath, Ending, Farewell
from wizard.model.inventory import Addon
from wizard.model.plan import AddonChoice
from wizard.rules.decommission import decommission, in_order
from wizard.rules.farewell_old_side import QUIET_HOURS

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
MOVED = Aftermath(
    ending="moved",
    switched=NOON,
    book_done=NOON + timedelta(seconds=60),
    old_ttls={"www.acme-clinic.test": 3600, "acme-clinic.test": 300},
    practice_databases=("acme-clinic-throwaway",),
    removed_databases=("acme-clinic-rehearsal-1",),
    default_endpoint=True,
)


def ids(found: tuple[Farewell, ...]) -> list[str]:
    return [each.id for each in found]


def test_the_app_goes_after_everything_it_could_still_be_needed_for() -> None:
    found = decommission(PLAN, inventory(), MOVED)
    order = ids(found)
    for first, then in [
        ("ttl-run-out", "old-quiet"),
        ("old-quiet", "decide"),
        ("backup-proven", "decide"),
        ("decide", "last-backup"),
        ("decide", "ttl-back"),
        ("decide", "dns-leftovers"),
        ("dns-leftovers", "old-domain www.acme-clinic.test"),
        ("last-backup", "addon acme-clinic"),
        ("addon acme-clinic", "old-app"),
        ("old-domain www.acme-clinic.test", "old-app"),
        ("old-app", "tokens"),
        ("practice-database acme-clinic-throwaway", "retained-backups"),
    ]:
        assert order.index(first) < order.index(then), (first, then)


def test_the_longest_old_ttl_counts_and_then_two_quiet_days() -> None:
    found = {each.id: each for each in decommission(PLAN, inventory(), MOVED)}
    run_out = NOON + timedelta(hours=1)
    assert found["ttl-run-out"].earliest_at == run_out
    assert found["old-quiet"].earliest_at == run_out + timedelta(hours=QUIET_HOURS)


def test_a_switch_that_was_not_timed_is_unknown() -> None:
    found = {e.id: e for e in decommission(PLAN, None, Aftermath(ending="moved"))}
    assert found["ttl-run-out"].earliest_at is None
    assert "unknown" in found["ttl-run-out"].earliest
    assert "there is no inventory" in found["addons"].what


@pytest.mark.parametrize("ending", ["old side serves", "not moved"])
def test_while_the_old_side_serves_nothing_of_it_is_switched_off(ending: Ending) -> None:
    found = decommission(PLAN, inventory(), MOVED.model_copy(update={"ending": ending}))
    assert not [each for each in found if each.side == "old side"]
    assert "practice-database acme-clinic-throwaway" in ids(found)


def test_what_holds_patients_data_is_named() -> None:
    found = {e.id: e for e in decommission(PLAN, inventory(), MOVED)}
    assert "acme-clinic-rehearsal-1" in found["retained-backups"].what
    assert "PHI" in found["retained-backups"].why
    assert "PHI" in found["last-backup"].why


def test_keys_of_an_addon_are_replaced_before_it_goes() -> None:
    mailer = Addon(
        id="m",
        name="sendgrid-1",
        service="sendgrid",
        plan="sendgrid:starter",
        provides=("SENDGRID_PASSWORD",),
        where="addons",
    )
    found = inventory().model_copy(update={"addons": (mailer,)})
    order = ids(decommission(PLAN, found, MOVED))
    assert order.index("keys sendgrid-1") < order.index("addon sendgrid-1")
    dropped = PLAN.model_copy(update={"addons": {"sendgrid-1": AddonChoice(action="drop")}})
    assert "keys sendgrid-1" not in ids(decommission(dropped, found, MOVED))


def test_a_shared_addon_is_not_simply_removed() -> None:
    shared = {e.id: e for e in decommission(PLAN, inventory(), MOVED)}["addon acme-clinic"]
    assert "other-app" in shared.what
    assert shared.action == ""


@given(st.data())
def test_any_order_is_put_right(data: st.DataObject) -> None:
    found = decommission(PLAN, inventory(), MOVED)
    mixed = data.draw(st.permutations(found))
    seen: set[str] = set()
    for each in in_order(mixed):
        assert set(each.after) & set(ids(found)) <= seen
        seen.add(each.id)
    assert len(seen) == len(found)


def test_a_circle_is_refused() -> None:
    def one(name: str, after: str) -> Farewell:
        return Farewell(id=name, side="people", what="", earliest="", why="", after=(after,))

    with pytest.raises(ValueError, match="wait for one another"):
        in_order([one("a", "b"), one("b", "a")])
