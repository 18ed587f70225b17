"""The caches: whole or not there, and never believed for another journal."""

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from wizard.engine.journal import Journal, JournalReader
from wizard.engine.store import FACTS, Store
from wizard.errors import MachineError
from wizard.model.runs import Conditions, Run
from wizard.safety.redact import Redactor

CONDITIONS = Conditions(
    source_release=3,
    schema_hash="aa",
    source_bytes=1000,
    source_version="16",
    target_version="16",
    path="tunnel",
    moveday="0.1",
)


def test_facts_are_kept_for_this_journal_even_when_it_grows(tmp_path: Path) -> None:
    store = Store(tmp_path)
    with Journal.open(tmp_path) as journal:
        assert store.load_facts(journal).reason == "there is no facts.json"
        journal.append("read")
        store.save_facts({"patients": 12}, journal)
        journal.append("decided")
        assert store.load_facts(journal).content == {"patients": 12}
    reader = JournalReader(tmp_path)
    reader.refresh()
    assert Store(tmp_path, writing=False).load_facts(reader).content == {"patients": 12}


def test_facts_of_another_journal_are_not_used_and_it_says_why(tmp_path: Path) -> None:
    store = Store(tmp_path)
    with Journal.open(tmp_path) as journal:
        journal.append("read", what="the first move")
        store.save_facts({"patients": 12}, journal)
    (tmp_path / "journal.jsonl").unlink()
    with Journal.open(tmp_path) as journal:
        assert "another journal" in store.load_facts(journal).reason
        journal.append("read", what="another move")
        found = store.load_facts(journal)
        assert found.content is None
        assert "another journal" in found.reason


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "cannot be read"),
        ('{"format": 1', "cannot be read"),
        ("[]", "cannot be read"),
        ('{"format": 99, "journal": {"seq": 0, "hash": ""}, "content": {}}', "has format 99"),
        ('{"format": 1, "journal": {"seq": 0, "hash": ""}, "content": 7}', "cannot be read"),
        ('{"format": 1, "journal": {"seq": -1, "hash": ""}, "content": {}}', "another journal"),
    ],
)
def test_a_damaged_cache_is_not_used(tmp_path: Path, text: str, reason: str) -> None:
    store = Store(tmp_path)
    (tmp_path / FACTS).write_text(text)
    with Journal.open(tmp_path) as journal:
        assert reason in store.load_facts(journal).reason


def test_a_run_is_kept_in_its_own_folder(tmp_path: Path) -> None:
    run = Run(
        number=2,
        mode="rehearsal",
        started=datetime(2026, 5, 4, tzinfo=UTC),
        finished=None,
        outcome="failed",
        tasks=(),
        conditions=CONDITIONS,
    )
    store = Store(tmp_path)
    with Journal.open(tmp_path) as journal:
        path = store.save_run(run, journal)
        assert path == tmp_path / "runs" / "2" / "run.json"
        assert oct(path.stat().st_mode & 0o777) == "0o600"
        assert json.loads(path.read_text())["content"]["number"] == 2


def test_orphans_are_removed_by_a_writer_and_left_by_a_reader(tmp_path: Path) -> None:
    store = Store(tmp_path)
    orphan = store.run_folder(1) / ".writing-run.json-ab12"
    orphan.write_text("half")
    Store(tmp_path, writing=False)
    assert orphan.exists()
    Store(tmp_path)
    assert not orphan.exists()


def test_secrets_do_not_reach_a_cache(tmp_path: Path) -> None:
    redactor = Redactor()
    redactor.learn('pa"ss\nword')
    store = Store(tmp_path, redact=redactor.redact)
    with Journal.open(tmp_path) as journal:
        store.save_facts({"url": 'postgres://u:pa"ss\nword@h/d'}, journal)
    assert json.loads((tmp_path / FACTS).read_text())["content"] == {"url": "postgres://u:•••@h/d"}


def test_a_full_disk_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    program = """
import pathlib, resource, signal, sys
from wizard.engine.store import Store
from wizard.errors import MachineError
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (5000, 5000))
folder = pathlib.Path(sys.argv[1])
store = Store(folder)
store.write_json(folder / "facts.json", {"old": True})
try:
    store.write_json(folder / "facts.json", {"new": "x" * 9000})
except MachineError as error:
    print(error.title)
"""
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)], capture_output=True, text=True, check=True
    )
    assert "no space left" in done.stdout
    assert json.loads((tmp_path / FACTS).read_text()) == {"old": True}
    assert sorted(path.name for path in tmp_path.iterdir()) == [".gitignore", FACTS]


def test_a_folder_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(MachineError):
        Store(tmp_path / "file" / "state")
