"""The journal: whole after any trouble, and every change to it is named by line."""

import json
import resource
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import SecretStr

from wizard.clock import Clock
from wizard.engine.chain import digest
from wizard.engine.journal import FILE_NAME, Journal, JournalReader, verify
from wizard.engine.plain_json import canonical
from wizard.errors import CheckFailedError, MachineError
from wizard.runbook.lines.freeze import MAINTENANCE_ON
from wizard.safety.redact import Redactor


def open_journal(folder: Path, redactor: Redactor | None = None) -> Journal:
    start = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)
    ticks = iter(range(1_000_000))
    clock = Clock(now=lambda: start + timedelta(seconds=next(ticks)))
    return Journal.open(folder, clock, (redactor or Redactor()).redact)


def written(folder: Path, count: int = 6) -> Path:
    with open_journal(folder) as journal:
        for number in range(count):
            journal.append("intent", task=f"task-{number}", key="app:acme", number=number)
    return folder / FILE_NAME


def lines_of(path: Path) -> list[bytes]:
    return path.read_bytes().splitlines(keepends=True)


def test_what_was_written_is_there_after_opening_again(tmp_path: Path) -> None:
    folder = tmp_path / ".moveday"
    with open_journal(folder) as journal:
        entry = journal.append(
            "evidence", task="verify", key="db:acme", what="same", at_side=datetime(2026, 1, 2)
        )
        head = journal.head
    with open_journal(folder) as again:
        assert again.entries == (entry,)
        assert (again.seq, again.head, again.healed) == (1, head, "")
        assert again.entries[0].data == {"what": "same", "at_side": "2026-01-02T00:00:00"}


def test_the_folder_is_private_and_unknown_to_git(tmp_path: Path) -> None:
    folder = tmp_path / ".moveday"
    path = written(folder)
    assert oct(folder.stat().st_mode & 0o777) == "0o700"
    assert oct(path.stat().st_mode & 0o777) == "0o600"
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    status = subprocess.run(
        ["git", "-C", str(tmp_path), "status", "--porcelain", "-uall"],
        check=True,
        capture_output=True,
        text=True,
    )
    assert status.stdout == ""


def test_secrets_do_not_reach_the_file(tmp_path: Path) -> None:
    redactor = Redactor()
    redactor.learn("hunter2-secret")
    with open_journal(tmp_path, redactor) as journal:
        journal.append(
            "effect",
            task="task hunter2-secret",
            key="hunter2-secret",
            deep={"list": ["postgres://u:hunter2-secret@h/d"], "hunter2-secret": 1},
            token=SecretStr("not even learnt"),
        )
    text = (tmp_path / FILE_NAME).read_text()
    assert "hunter2" not in text
    assert "not even learnt" not in text


@pytest.mark.parametrize("word", ["maintenance", "on", "task", "hard-down", "ended"])
def test_a_secret_that_is_a_word_of_ours_loses_no_task(tmp_path: Path, word: str) -> None:
    redactor = Redactor()
    redactor.learn(word)
    with open_journal(tmp_path, redactor) as journal:
        key = f"run-1/task/{MAINTENANCE_ON.id}"
        entry = journal.append("done", task=MAINTENANCE_ON.id, key=key, effect="hard-down")
    assert (entry.task, entry.key) == ("maintenance-on", "run-1/task/maintenance-on")
    assert entry.data == {"effect": "hard-down"}


@pytest.mark.parametrize("keep", [0, 1, 40, -1])
def test_a_torn_last_line_is_healed_and_said(tmp_path: Path, keep: int) -> None:
    path = written(tmp_path)
    whole = lines_of(path)
    torn = whole[5][:keep] if keep != 0 else b"\0\0\0\0"
    path.write_bytes(b"".join(whole[:5]) + torn)
    assert verify(path).ok
    assert verify(path).torn
    with open_journal(tmp_path) as journal:
        assert "line 6 was torn" in journal.healed
        assert journal.seq == 5
        journal.append("done", task="again")
    assert verify(path) == verify(path, journal.head)
    assert verify(path).lines == 6


@given(line=st.integers(0, 5), place=st.integers(0, 10_000), byte=st.integers(0, 255))
@settings(max_examples=150, deadline=None)
def test_any_changed_byte_is_named_by_its_line(
    tmp_path_factory: pytest.TempPathFactory, line: int, place: int, byte: int
) -> None:
    path = written(tmp_path_factory.mktemp("journal"))
    lines = lines_of(path)
    body = bytearray(lines[line])
    place %= len(body) - 1  # the newline itself: see the next test
    if body[place] == byte or (line == 5 and byte == 10) or byte == 0:
        return
    body[place] = byte
    lines[line] = bytes(body)
    path.write_bytes(b"".join(lines))
    found = verify(path)
    assert not found.ok
    assert f"line {line + 1} " in found.problems[0]
    with pytest.raises(CheckFailedError, match=f"line {line + 1} "):
        open_journal(path.parent)


def test_two_lines_run_together_are_named(tmp_path: Path) -> None:
    path = written(tmp_path)
    lines = lines_of(path)
    lines[2] = lines[2].replace(b"\n", b" ")
    path.write_bytes(b"".join(lines))
    assert "line 3 was edited" in verify(path).problems[0]


@pytest.mark.parametrize("gone", range(5))
def test_a_removed_line_is_named(tmp_path: Path, gone: int) -> None:
    path = written(tmp_path)
    lines = lines_of(path)
    del lines[gone]
    path.write_bytes(b"".join(lines))
    found = verify(path)
    assert len(found.problems) == 1
    assert f"line {gone + 1} follows a gap: entry {gone + 1} was removed" in found.problems[0]


@pytest.mark.parametrize("first", range(5))
def test_swapped_lines_are_named(tmp_path: Path, first: int) -> None:
    path = written(tmp_path)
    lines = lines_of(path)
    lines[first], lines[first + 1] = lines[first + 1], lines[first]
    path.write_bytes(b"".join(lines))
    found = verify(path)
    assert f"line {first + 1} was swapped" in found.problems[0]
    assert f"line {first + 2} was swapped" in found.problems[1]


def test_an_edit_with_a_hash_made_to_fit_is_named(tmp_path: Path) -> None:
    path = written(tmp_path)
    lines = lines_of(path)
    fields = json.loads(lines[2])
    fields["data"] = {"number": 999}
    del fields["hash"]
    fields["hash"] = digest(fields)
    lines[2] = (canonical(fields) + "\n").encode()
    path.write_bytes(b"".join(lines))
    found = verify(path)
    assert len(found.problems) == 1
    assert found.problems[0].startswith("line 3 was edited")


def test_a_cut_tail_is_found_by_the_head_kept_elsewhere(tmp_path: Path) -> None:
    path = written(tmp_path)
    head = verify(path).head
    path.write_bytes(b"".join(lines_of(path)[:4]))
    assert verify(path).ok
    assert "line 5 is missing" in verify(path, head).problems[0]


def test_a_second_writer_is_noticed_before_anything_is_written(tmp_path: Path) -> None:
    with open_journal(tmp_path) as one, open_journal(tmp_path) as two:
        one.append("read")
        with pytest.raises(CheckFailedError, match="somebody else"):
            two.append("read")
    assert verify(tmp_path / FILE_NAME).lines == 1


def test_a_full_disk_leaves_the_journal_whole(tmp_path: Path) -> None:
    program = """
import pathlib, resource, signal, sys
from wizard.engine.journal import Journal
from wizard.errors import MachineError
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (4700, 4700))
journal = Journal.open(pathlib.Path(sys.argv[1]))
try:
    while True:
        journal.append("read", filler="x" * 700)
except MachineError as error:
    print(journal.seq, error.exit_code.value, error.title)
journal.append("read", filler="small")
"""
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)], capture_output=True, text=True, check=True
    )
    seq, code, title = done.stdout.split(" ", 2)
    assert code == "6"
    assert "no space left" in title
    found = verify(tmp_path / FILE_NAME)
    assert found.ok
    assert not found.torn
    assert found.lines == int(seq) + 1
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] != 4700


def test_a_folder_that_cannot_be_made_is_the_machines_trouble(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(MachineError):
        Journal.open(tmp_path / "file" / ".moveday")


def test_a_reader_follows_a_writer(tmp_path: Path) -> None:
    reader = JournalReader(tmp_path)
    assert reader.refresh() == ()
    with open_journal(tmp_path) as journal:
        journal.append("read", what="one")
        assert [entry.data for entry in reader.refresh()] == [{"what": "one"}]
        assert reader.refresh() == ()
        journal.append("read", what="two")
        with (tmp_path / FILE_NAME).open("ab") as file:
            file.write(b'{"at":')
        assert [entry.data for entry in reader.refresh()] == [{"what": "two"}]
        assert reader.entries == journal.entries
    with open_journal(tmp_path) as journal:
        journal.append("read", what="three")
    assert [entry.seq for entry in reader.refresh()] == [3]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@given(documents=st.lists(st.dictionaries(st.sampled_from(["a", "b"]), json_values), max_size=5))
@settings(max_examples=100, deadline=None)
def test_any_data_survives_the_round_trip(
    tmp_path_factory: pytest.TempPathFactory, documents: list[dict[str, object]]
) -> None:
    folder = tmp_path_factory.mktemp("journal")
    with open_journal(folder) as journal:
        for document in documents:
            journal.append("evidence", **document)
        kept = journal.entries
    with open_journal(folder) as again:
        assert again.entries == kept
