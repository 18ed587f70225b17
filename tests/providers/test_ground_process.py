"""Child programs: what they see, how they end, and that none outlives us."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from providers import bundled_postgres, process
from wizard.errors import MachineError


def _alive(pid: int) -> bool:
    """Zombies do not count: process 1 of a container may not reap them."""
    try:
        state = subprocess.run(
            ["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False
        ).stdout.strip()
    except FileNotFoundError:
        return False
    return bool(state) and not state.startswith("Z")


def _gone_soon(pid: int) -> bool:
    deadline = time.monotonic() + 20
    while _alive(pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    return not _alive(pid)


async def test_it_gets_input_and_tells_output_and_errors_line_by_line() -> None:
    lines: list[str] = []
    done = await process.run(
        ["sh", "-c", "cat; echo one >&2; echo two >&2; exit 3"],
        env=process.environment(),
        stdin=b"hello",
        on_stderr=lines.append,
    )
    assert (done.code, done.stdout, lines) == (3, b"hello", ["one", "two"])


async def test_its_environment_is_the_allow_list_and_what_it_was_given(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HEROKU_API_KEY", "secret")
    done = await process.run(["env"], env=process.environment({"GIVEN": "yes"}))
    assert b"GIVEN=yes" in done.stdout
    assert b"HEROKU_API_KEY" not in done.stdout


async def test_a_deadline_ends_the_whole_group(tmp_path: Path) -> None:
    note = tmp_path / "pid"
    with pytest.raises(TimeoutError):
        await process.run(
            ["sh", "-c", f"sleep 60 & echo $! > {note}; wait"],
            env=process.environment(),
            deadline=0.5,
        )
    assert _gone_soon(int(note.read_text()))


async def test_one_that_ignores_term_is_killed() -> None:
    child = await process.start(
        ["sh", "-c", "trap '' TERM; echo ready; sleep 60; sleep 60"], env=process.environment()
    )
    assert child.process.stdout is not None
    await child.process.stdout.readline()
    assert await child.stop(grace=0.3) == -signal.SIGKILL


async def test_a_program_that_is_not_there_is_a_machine_error() -> None:
    with pytest.raises(MachineError, match="no-such-program"):
        await process.run(["no-such-program"], env=process.environment())


@pytest.mark.skipif(not process.can_step_down(), reason="only root can step down to nobody")
async def test_root_steps_down_when_asked() -> None:
    done = await process.run(["id", "-un"], env=process.environment(), as_nobody=True)
    assert done.stdout == b"nobody\n"


async def test_no_child_or_grandchild_outlives_a_killed_parent(tmp_path: Path) -> None:
    note = tmp_path / "pids"
    program = f"""
import asyncio
from providers import process
async def main():
    child = await process.start(
        ["sh", "-c", "sleep 60 & echo $$ $! > {note}.part; mv {note}.part {note}; wait"],
        env=process.environment(), stdout=False)
    await child.wait()
asyncio.run(main())
"""
    parent = subprocess.Popen([sys.executable, "-c", program], cwd=Path.cwd())
    try:
        for _ in range(200):
            if note.exists():
                break
            await asyncio.sleep(0.05)
        pids = [int(word) for word in note.read_text().split()]
        assert all(_alive(pid) for pid in pids)
    finally:
        os.kill(parent.pid, signal.SIGKILL)
        parent.wait()
    assert all(_gone_soon(pid) for pid in pids)


async def test_the_bundled_programs_run_also_for_the_user_root_steps_down_to() -> None:
    for name in ("postgres", "initdb", "pg_dump", "pg_restore", "psql"):
        done = await process.run(
            [bundled_postgres.programs() / name, "--version"],
            env=process.environment(),
            as_nobody=True,
        )
        assert b"(PostgreSQL) 18" in done.stdout


async def test_a_pg_dump_is_new_enough_or_the_error_says_what_to_install() -> None:
    assert await bundled_postgres.major_of(await bundled_postgres.newest_pg_dump(15)) >= 18
    with pytest.raises(MachineError, match="no pg_dump of version 99"):
        await bundled_postgres.newest_pg_dump(99)
