"""The forecast: sums, ranges and words that claim no more than was measured."""

import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.wizard.forecast.samples import CONDITIONS, TASKS, Line, run
from wizard.forecast.model import forecast, hard_down_seconds
from wizard.model.runs import Conditions, Forecast, Outage, Run


def look(
    runs: list[Run], today: Conditions | None = CONDITIONS, budget_minutes: float = 30
) -> Forecast:
    return forecast(runs, tasks=TASKS, budget_minutes=budget_minutes, today=today)


FULL = {"maintenance_on": 2.0, "move": 100.0, "verify": 20.0}


def test_nothing_measured_is_assumed_and_says_so() -> None:
    found = look([])
    assert found.samples == 0
    assert found.measured_share == 0
    assert {share.basis for share in found.shares} == {"assumed"}
    assert [share.task for share in found.shares] == ["maintenance-on", "move", "verify", "switch"]
    assert found.median == 2 + 60 + 15 + 30
    assert "from no complete run" in found.words
    assert "0 % of it measured, 100 % assumed" in found.words
    assert "by assumption alone" in found.words


def test_an_assumed_move_grows_with_the_data() -> None:
    huge = CONDITIONS.model_copy(update={"source_bytes": 80_000_000_000})
    assert look([], huge).median > 80e9 / 8e6


def test_one_run_is_one_sample_without_a_range() -> None:
    found = look([run(**FULL)])
    assert found.samples == 1
    assert found.low == found.median == found.high == 2 + 100 + 20 + 30
    assert found.p90 is None
    assert "2 min 32 s, one sample" in found.words
    assert found.owner == "move"
    assert "Most of it: move the data (1 min 40 s)" in found.words
    assert found.measured_share == pytest.approx(122 / 152)
    assert "80 % of it measured, 20 % assumed" in found.words


def test_a_few_runs_give_range_and_worst_seen() -> None:
    found = look([run(n, **{**FULL, "move": seconds}) for n, seconds in enumerate([90, 100, 180])])
    assert (found.low, found.median, found.high) == (142, 152, 232)
    assert "worst seen" in found.words
    assert "P90" not in found.words


def test_p90_only_from_nine() -> None:
    eight = [run(n, **{**FULL, "move": 100.0 + n}) for n in range(8)]
    assert look(eight).p90 is None
    nine = look([*eight, run(9, **{**FULL, "move": 300.0})])
    assert nine.p90 == 352
    assert "P90" in nine.words


def test_a_table_walk_is_not_measured() -> None:
    found = look([run(**FULL, switch=50)])
    switch = found.shares[-1]
    assert (switch.basis, switch.fidelity, switch.median) == ("assumed", "tabletop", 50)
    short = look([run(**FULL, switch=1)]).shares[-1]
    assert short.median == 30, "a quick chat at the table does not make the switch quick"


def test_the_data_move_is_scaled_to_todays_bytes_and_the_rest_is_not() -> None:
    today = CONDITIONS.model_copy(update={"source_bytes": 120_000_000})
    shares = {share.task: share for share in look([run(**FULL)], today).shares}
    assert shares["maintenance-on"].median == 2
    assert shares["move"].median == pytest.approx(200)
    assert shares["verify"].median == pytest.approx(40)
    with_indexes = look([run(**FULL, index_seconds=10)], today).shares[1].median
    assert 200 < with_indexes < 220


def test_void_and_incomparable_runs_are_left_out() -> None:
    over_another_path = CONDITIONS.model_copy(update={"path": "runner"})
    found = look(
        [
            run(1, **FULL),
            run(2, void="the machine slept", **{**FULL, "move": 9000.0}),
            run(3, conditions=over_another_path, **{**FULL, "move": 9000.0}),
        ]
    )
    assert (found.samples, found.high) == (1, 152)


def test_only_incomparable_runs_measure_nothing() -> None:
    older = CONDITIONS.model_copy(update={"source_version": "15.2"})
    found = look([run(conditions=older, **FULL)])
    assert found.samples == 0
    assert found.measured_share == 0
    assert "same path between the same database versions" in found.stale[0]


def test_a_broken_off_run_counts_for_its_tasks_only() -> None:
    found = look([run(outcome="failed", maintenance_on=4, move=80)])
    assert found.samples == 0
    assert found.shares[1].basis == "measured"
    assert found.median == 4 + 80 + 15 + 30


def test_tasks_side_by_side_are_not_added_up() -> None:
    found = look([run(**FULL, side_by_side=True)])
    assert found.median == 100 + 30


def test_the_budget_is_judged_by_the_worst_and_by_the_median() -> None:
    runs = [run(1, **FULL), run(2, **FULL), run(3, **{**FULL, "move": 300.0})]
    assert (look(runs).fits_budget, look(runs).fits_median) == (True, True)
    between = look(runs, budget_minutes=4)
    assert (between.fits_budget, between.fits_median) == (False, True)
    assert "by the median, not by the worst seen" in between.words
    assert "Does not fit the announced 2 min." in look(runs, budget_minutes=2).words


def test_what_changed_since_is_said() -> None:
    today = CONDITIONS.model_copy(
        update={"source_release": 8, "schema_hash": "bb", "source_bytes": 70_000_000}
    )
    found = look([run(**FULL)], today)
    assert len(found.stale) == 3
    assert "v7 was measured, v8 runs" in found.words
    assert "60.0 MB was measured, 70.0 MB is there" in found.words


def test_a_runbook_without_outage() -> None:
    found = forecast([], tasks=[Line("look", "look", effect="none")], budget_minutes=1)
    assert (found.median, found.fits_budget, found.owner) == (0, None, "")
    assert "no task that takes users down" in found.words


seconds = st.floats(0.1, 5000)


@given(
    moves=st.lists(st.tuples(seconds, seconds), max_size=12),
    growth=st.floats(0.01, 50),
    budget=st.floats(0.1, 500),
)
def test_figures_are_ordered_and_shares_honest(
    moves: list[tuple[float, float]], growth: float, budget: float
) -> None:
    runs = [run(n, maintenance_on=2, move=m, verify=v) for n, (m, v) in enumerate(moves)]
    today = CONDITIONS.model_copy(update={"source_bytes": int(60_000_000 * growth)})
    found = look(runs, today, budget)
    assert found.low <= found.median <= found.high
    assert found.samples == len(moves)
    assert (found.p90 is None) == (len(moves) < 9)
    assert found.p90 is None or found.low <= found.p90 <= found.high
    assert 0 <= found.measured_share < 1, "the switch was never measured"
    assert "100 % of it measured" not in found.words
    assert ("one sample" in found.words) == (len(moves) == 1)
    assert found.fits_budget == (found.high <= budget * 60)
    for share in found.shares:
        assert share.low <= share.median <= share.high
    if moves and growth == 1:
        assert found.median == pytest.approx(32 + statistics.median(m + v for m, v in moves))


@given(small=st.floats(0.1, 10), more=st.floats(1.0, 10), index=st.floats(0, 100))
def test_more_data_never_takes_less_time(small: float, more: float, index: float) -> None:
    runs = [run(**FULL, index_seconds=index)]
    sizes = [int(60_000_000 * small), int(60_000_000 * small * more)]
    figures = [
        look(runs, CONDITIONS.model_copy(update={"source_bytes": size})).median for size in sizes
    ]
    assert figures[0] <= figures[1] + 1e-6


def test_an_interrupted_cutover_took_users_down_until_its_switch() -> None:
    acted = run(**FULL)
    stopped_between = acted.model_copy(
        update={"mode": "live", "outage": Outage(service_ready=1_700, switch_seen=1_800)}
    )
    assert hard_down_seconds(acted) == 122
    assert hard_down_seconds(stopped_between) == 1_800


def test_a_run_that_broke_off_before_it_read_the_databases_hides_no_sample() -> None:
    nothing_read = CONDITIONS.model_copy(
        update={"source_release": 0, "schema_hash": "", "source_bytes": 0, "source_version": ""}
    )
    broken_off = run(2).model_copy(update={"outcome": "failed", "conditions": nothing_read})
    found = look([run(1, **FULL), broken_off], today=None)
    assert found.samples == 1
    assert found.stale == ()
