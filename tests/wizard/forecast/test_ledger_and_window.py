"""The ledger from journal entries; the latest moment for the way back."""

from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.wizard.forecast.samples import CONDITIONS, NOON, run
from wizard.engine.journal import Journal
from wizard.errors import CheckFailedError
from wizard.forecast.durations import duration, size
from wizard.forecast.ledger import runs_of, way_back_times
from wizard.forecast.staleness import changes
from wizard.forecast.window import window


def test_the_ledger_is_what_the_journal_holds(tmp_path: Path) -> None:
    first, second = run(1, move=10), run(2, move=20, outcome="failed")
    with Journal.open(tmp_path) as journal:
        journal.append("run-started", run=1)
        journal.append("run-finished", run=first.model_dump(mode="json"))
        journal.append("run-started", run=2)
        journal.append("run-finished", run=second)
        journal.append("run-started", run=3)
    with Journal.open(tmp_path) as journal:
        assert runs_of(journal.entries) == [first, second]


def test_a_continued_run_counts_once(tmp_path: Path) -> None:
    with Journal.open(tmp_path) as journal:
        journal.append("run-finished", run=run(1, move=10, outcome="stopped"))
        journal.append("run-finished", run=run(1, move=10, verify=2))
        assert [found.outcome for found in runs_of(journal.entries)] == ["done"]


def test_a_run_that_cannot_be_read_is_named_by_line(tmp_path: Path) -> None:
    with Journal.open(tmp_path) as journal:
        journal.append("read")
        journal.append("run-finished", run={"number": "one"})
        with pytest.raises(CheckFailedError, match="line 2"):
            runs_of(journal.entries)


def test_the_way_back_is_timed_per_run_by_what_users_felt(tmp_path: Path) -> None:
    with Journal.open(tmp_path) as journal:
        for run_number, task, effect, seconds in [
            (1, "maintenance-on", "hard-down", 2.5),
            (1, "workers-off", "hard-down", 4),
            (1, "fresh-database", "none", 90),
            (2, "fresh-database", "none", 80),
            (3, "maintenance-on", "hard-down", 3),
        ]:
            key = f"run-{run_number}/task/{task}"
            journal.append("undone", task=task, key=key, effect=effect, seconds=seconds)
        assert way_back_times(journal.entries) == [6.5, 3]


def test_nothing_changed_nothing_said() -> None:
    grown_a_little = CONDITIONS.model_copy(update={"source_bytes": 62_000_000})
    assert changes(CONDITIONS, grown_a_little) == ()


@given(
    budget=st.floats(0, 10_000),
    samples=st.lists(st.floats(0, 1e5), max_size=5),
    assumed=st.floats(0, 1e5),
    passed=st.floats(0, 1e6),
)
def test_an_abort_in_time_ends_inside_the_window(
    budget: float, samples: list[float], assumed: float, passed: float
) -> None:
    found = window(NOON, budget, samples, assumed)
    now = NOON + timedelta(seconds=passed)
    assert found.way_back == (max(samples) if samples else assumed)
    back = now + timedelta(seconds=found.way_back)
    microsecond = timedelta(microseconds=2)
    if found.remaining(now) >= 0:
        assert back <= found.end + microsecond
    else:
        assert back > found.end - microsecond
    assert found.remaining(now) == pytest.approx(budget * 60 - found.way_back - passed, abs=1e-3)


def test_the_words_of_the_window() -> None:
    found = window(NOON, 30, [240.0, 60.0], 600)
    assert "abort is in 26 min" in found.words(NOON)
    late = found.words(NOON + timedelta(minutes=28))
    assert "would now end 2 min after the announced end" in late
    assert "longer than the announced window" in window(NOON, 1, [], 600).words(NOON)
    assert "never timed" in window(NOON, 1, [], 600).words(NOON)


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0.04, "0.0 s"), (9.96, "10 s"), (59.7, "1 min"), (61, "1 min 1 s"), (7500, "2 h 5 min")],
)
def test_durations(seconds: float, said: str) -> None:
    assert duration(seconds) == said


def test_sizes() -> None:
    assert [size(n) for n in (812, 60_400_000, 2e15)] == ["812 bytes", "60.4 MB", "2000.0 TB"]
