"""How runs compare, and what one more would tell: honest words at 80 columns."""

import math

from hypothesis import given
from hypothesis import strategies as st

from tests.wizard.forecast.samples import CONDITIONS, TASKS, run
from wizard.cli.forecast_words import outlook_words
from wizard.forecast.compare import compare
from wizard.forecast.model import forecast
from wizard.forecast.one_more import one_more_run
from wizard.model.runs import Forecast, Run
from wizard.steps.rehearsal import Outlook


def look(runs: list[Run], budget: float = 5) -> Outlook:
    found = forecast(runs, tasks=TASKS, budget_minutes=budget)
    return Outlook(
        **found.model_dump(), comparison=compare(runs), one_more=one_more_run(found, budget)
    )


def test_a_run_is_compared_task_by_task_with_what_changed() -> None:
    bigger = CONDITIONS.model_copy(update={"source_bytes": 90_000_000, "source_release": 8})
    runs = [
        run(1, move=60, verify=10, maintenance_on=1),
        run(2, move=64, verify=10, maintenance_on=1, void="the machine slept for 9 min"),
        run(3, move=95, verify=10.4, maintenance_on=1, conditions=bigger),
    ]
    found = compare(runs)
    assert found is not None
    assert (found.run, found.against) == (3, (1,)), "a void run is nothing to compare with"
    assert any("v7 was measured, v8 runs" in words for words in found.changed)
    assert any("60.0 MB was measured, 90.0 MB" in words for words in found.changed)
    told = {row.name: row.words for row in found.tasks}
    assert told["move"] == "35 s longer (1 min before)"
    assert told["verify"].startswith("about the same")
    (phase,) = found.phases
    assert phase.words.startswith("35 s longer")


def test_the_first_run_has_nothing_to_compare_with() -> None:
    found = compare([run(1, move=60)])
    assert found is not None and found.against == ()
    assert found.tasks[0].words == "first time measured"
    assert compare([]) is None


def test_one_more_run_names_what_was_never_timed_or_only_once() -> None:
    found = look([run(1, move=60, verify=10, switch=4, fidelities={"switch": "tabletop"})]).one_more
    assert found.unmeasured == ("maintenance page on", "switch the DNS names")
    assert found.single == ("move the data", "prove that the copy is the same")
    words = " ".join(found.words)
    assert "One more run would time: maintenance page on." in words
    assert "no run will time them: switch the DNS names" in words
    assert "longer than the worst seen" in words


def test_without_a_run_nothing_is_claimed() -> None:
    found = look([]).one_more
    assert found.could_change is None
    assert "from an assumption into one sample" in " ".join(found.words)


def test_a_verdict_that_no_run_can_change_is_said() -> None:
    runs = [run(number, move=900 + number, verify=10) for number in (1, 2, 3)]
    found = look(runs).one_more
    assert found.could_change is False
    assert "no single run can change that" in " ".join(found.words)


@given(
    st.lists(st.floats(0.1, 4_000), min_size=1, max_size=12),
    st.floats(1, 60),
    st.floats(0, 10_000),
)
def test_no_length_of_one_more_run_contradicts_what_was_said(
    windows: list[float], budget: float, more: float
) -> None:
    """Whatever the next run takes: where it was said that nothing can change, nothing does."""
    assume = Forecast(
        samples=len(windows),
        median=0,
        low=0,
        high=0,
        p90=None,
        shares=(),
        measured_share=1,
        words="",
        windows=tuple(windows),
    )
    before = one_more_run(assume, budget)
    after = one_more_run(assume.model_copy(update={"windows": (*windows, more)}), budget)
    seconds = budget * 60

    def verdict(values: list[float]) -> tuple[bool, bool]:
        middle = sorted(values)
        half = len(middle) // 2
        median = middle[half] if len(middle) % 2 else (middle[half - 1] + middle[half]) / 2
        return max(values) <= seconds, median <= seconds

    if before.could_change is False:
        assert verdict(windows) == verdict([*windows, more])
    assert before.words and after.words
    assert not any(math.isnan(window) for window in windows)


def test_it_is_readable_at_80_columns() -> None:
    bigger = CONDITIONS.model_copy(update={"source_release": 8, "schema_hash": "bb"})
    runs = [run(1, move=60, verify=10), run(2, move=90, verify=11, conditions=bigger)]
    text = outlook_words(look(runs, budget=1).model_copy(update={"stale": ("s " * 80,)}))
    assert max(map(len, text.splitlines())) <= 80
    for words in ("2 runs, real", "run 2 against run(s) 1", "changed since", "one more run"):
        assert words in text
