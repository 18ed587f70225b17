"""The lock: one process per move, named to the next one, gone with its process."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from wizard.engine.lock import Lock, holder
from wizard.errors import BlockedError, MachineError

HOLD = """
import pathlib, sys
from wizard.engine.lock import Lock
lock = Lock.take(pathlib.Path(sys.argv[1]), "moveday rehearse")
print("held", flush=True)
sys.stdin.readline()
"""


def hold(folder: Path) -> "subprocess.Popen[str]":
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def end(process: "subprocess.Popen[str]") -> None:
    process.kill()
    process.communicate()


def test_a_second_process_is_refused_and_told_who_works(tmp_path: Path) -> None:
    process = hold(tmp_path)
    try:
        with pytest.raises(BlockedError) as caught:
            Lock.take(tmp_path, "moveday cutover")
        assert f"process {process.pid} on {os.uname().nodename}" in caught.value.detail
        assert "moveday rehearse" in caught.value.detail
        found = holder(tmp_path)
        assert found is not None
        assert found.pid == process.pid
    finally:
        end(process)


def test_the_lock_ends_with_a_killed_process(tmp_path: Path) -> None:
    end(hold(tmp_path))
    assert holder(tmp_path) is None
    with Lock.take(tmp_path, "moveday cutover") as lock:
        assert lock.holder.command == "moveday cutover"


def test_released_is_free_again(tmp_path: Path) -> None:
    lock = Lock.take(tmp_path, "moveday map")
    assert holder(tmp_path) == lock.holder
    lock.release()
    lock.release()
    assert holder(tmp_path) is None
    Lock.take(tmp_path, "moveday map").release()


def test_the_same_process_cannot_take_it_twice(tmp_path: Path) -> None:
    with Lock.take(tmp_path, "moveday map"), pytest.raises(BlockedError):
        Lock.take(tmp_path, "moveday map")


def test_a_childs_child_does_not_keep_the_lock(tmp_path: Path) -> None:
    with Lock.take(tmp_path, "moveday map"):
        child = subprocess.Popen(["sleep", "30"])
    try:
        Lock.take(tmp_path, "moveday map").release()
    finally:
        child.kill()
        child.wait()


def test_looking_at_nothing_finds_nobody(tmp_path: Path) -> None:
    assert holder(tmp_path / "none") is None
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(MachineError):
        Lock.take(tmp_path / "file" / "state", "moveday map")
