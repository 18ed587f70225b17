"""What a move left around: only what it made is to be deleted, and no TTL is forgotten."""

from pathlib import Path

from tests.wizard.runbook.session_for_tests import PLAN
from wizard.engine.journal import Journal
from wizard.model.decommission import LeftBeside
from wizard.reports.aftermath import aftermath


def test_a_database_that_was_there_before_is_not_named_for_deletion(tmp_path: Path) -> None:
    journal = Journal.open(tmp_path)
    journal.append("adopted", key="database/theirs", id=1)
    for name, number in (("ours", 2), ("gone", 3)):
        journal.append("intent", key=f"database/{name}")
        journal.append("effect", key=f"database/{name}", id=number)
    journal.append("effect", key="remove database/gone")
    found = aftermath(PLAN, None, journal.entries)
    assert found.practice_databases == ("ours",)
    assert found.removed_databases == ("gone",)
    journal.close()


def test_the_longest_ttl_counts_wherever_it_was_seen_or_told(tmp_path: Path) -> None:
    journal = Journal.open(tmp_path)
    names = ("a.test", "b.test", "c.test")
    record = {"name": "a.test", "type": "CNAME", "ttl": 300, "values": ["old.test"]}
    journal.append("read", key="run-1/record/a.test", value=record)
    journal.append("read", key="run-1/ttl-seen/a.test", value=3_600)
    journal.append("answer", key="dns-old-ttl/b.test", value=86_400)
    plan = PLAN.model_copy(update={"domains": names})
    assert aftermath(plan, None, journal.entries).old_ttls == {"a.test": 3_600, "b.test": 86_400}
    journal.close()


def test_what_a_person_put_beside_the_source_is_named_with_what_is_left_of_it(
    tmp_path: Path,
) -> None:
    journal = Journal.open(tmp_path)
    for run, job in ((1, "moveday-a"), (2, "moveday-b"), (2, "moveday-b")):
        asked = {"image": "postgres:18", "secrets": [f"{job}-source", f"{job}-target"]}
        journal.append("read", key=f"run-{run}/asked-to-start/{job}", value=asked)
    journal.append("intent", key="run-1/forget/moveday-a-source")
    for name in ("moveday-b-source", "moveday-b-target"):
        journal.append("effect", key=f"run-2/forget/{name}")
    assert aftermath(PLAN, None, journal.entries).beside == (
        LeftBeside(container="moveday-a", secrets=("moveday-a-source", "moveday-a-target")),
        LeftBeside(container="moveday-b"),
    )
    journal.close()
