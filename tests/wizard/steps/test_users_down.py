"""Are users down? From the maintenance page on, until either side serves them."""

from datetime import UTC, datetime
from pathlib import Path

from wizard.engine.journal import Journal
from wizard.steps.users_down import users_down_since

DOWN = datetime(2026, 11, 22, 7, 18, 34, tzinfo=UTC)


def test_from_the_maintenance_page_until_a_side_serves_them(tmp_path: Path) -> None:
    with Journal.open(tmp_path) as journal:
        journal.append("run-started", key="run-1", mode="live", number=1)
        assert users_down_since(journal.entries) is None
        journal.append("read", key="run-1/down_at", value=DOWN.timestamp())
        assert users_down_since(journal.entries) == DOWN
        begun = list(journal.entries)
        journal.append("read", key="run-1/switch_seen_at", value=DOWN.timestamp() + 20)
        assert users_down_since(journal.entries) is None

        journal.append("decided", key="run-1/way-back")
        back = [*begun, journal.entries[-1]]
        assert users_down_since(back) == DOWN
        journal.append("undone", task="maintenance-on", key="run-1/task/maintenance-on")
        assert users_down_since([*back, journal.entries[-1]]) is None


def test_a_rehearsal_and_a_closed_run_keep_nobody_down(tmp_path: Path) -> None:
    with Journal.open(tmp_path) as journal:
        journal.append("run-started", key="run-1", mode="rehearsal", number=1)
        journal.append("read", key="run-1/down_at", value=DOWN.timestamp())
        assert users_down_since(journal.entries) is None
        journal.append("run-finished", key="run-1", number=1, outcome="done")
        journal.append("run-started", key="run-2", mode="live", number=2)
        journal.append("read", key="run-2/down_at", value=DOWN.timestamp())
        journal.append("run-finished", key="run-2", number=2, outcome="rolled-back")
        assert users_down_since(journal.entries) is None
