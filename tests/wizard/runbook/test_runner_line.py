"""What this machine makes of a runner's log: beginnings, failures, a removed app."""

import asyncio
from collections.abc import Callable
from typing import cast

import pytest

from wizard.errors import BlockedError, CheckFailedError, MovedayError, OutsideError
from wizard.formats.runner_lines import lines_of
from wizard.model.database import Check, MoveProgress, MoveResult, Verdict
from wizard.model.runner import RunnerFailure, RunnerMessage, RunnerState
from wizard.model.target import TargetApp
from wizard.ports.target import Target
from wizard.runbook import runner_line
from wizard.runbook.lines.runner_app import handle_of_runner
from wizard.runbook.runner_line import RunnerLine

APP = TargetApp(id=7, handle="db-runner", status="provisioned", git_repo="", deployed=True)
JOB = "clinic/db/0#1"
MOVED = MoveResult(seconds=1, bytes=2, phases=(), tables=())
VERDICT = Verdict(checks=(Check(kind="rows", subject="t", result="same"),), seconds=1)


class Log:
    """A log that ends after each of its pieces; without more of them it cannot be reached.

    After `None` it stays open and says nothing, as a connection does that slept too long.
    """

    def __init__(self, *pieces: list[str] | None, there: bool = True) -> None:
        self._pieces, self._there = list(pieces), there

    async def follow(self, app: TargetApp, on_line: Callable[[str], None]) -> None:
        if not self._pieces:
            raise OutsideError("the log cannot be followed", "no route")
        lines = self._pieces.pop(0)
        if lines is None:
            await asyncio.Event().wait()
        for line in lines or ():
            on_line(line)

    async def find(self) -> TargetApp | None:
        return APP if self._there else None


def said(body: object, boot: str = "one") -> list[str]:
    message = RunnerMessage.model_validate({"job": JOB, "boot": boot, "body": body})
    return list(lines_of(message, 1))


async def listen(log: Log, told: list[str]) -> RunnerLine:
    line = RunnerLine(cast(Target, log), APP, JOB, lambda text, level: told.append(text), log.find)
    line.open()
    return line


async def test_result_and_verdict_are_heard_and_progress_is_of_the_right_phase() -> None:
    progress = MoveProgress(
        phase="copy", done_bytes=1, total_bytes=2, tables_done=0, tables_total=1, choice="2 copy"
    )
    state = RunnerState(phase="copying", progress=progress)
    told: list[str] = []
    heard: list[MoveProgress] = []
    line = await listen(Log(said(state), said(MOVED) + said(VERDICT)), told)
    assert await line.wait_for(lambda: line.moved, "copying", heard.append) == MOVED
    assert await line.wait_for(lambda: line.verdict, "comparing", heard.append) == VERDICT
    await line.close()
    assert {p.choice for p in heard} == {"the runner: 2 copy"}
    assert not line.began_again


async def test_what_an_earlier_life_of_it_said_counts_no_more() -> None:
    again = RunnerState(phase="copying", trouble="the connection to the source was lost")
    told: list[str] = []
    line = await listen(Log(said(MOVED) + said(again, "two") + said(VERDICT, "two")), told)
    await line.wait_for(lambda: line.verdict, "comparing")
    await line.close()
    assert line.moved is None
    assert line.began_again
    assert told == [
        "the runner db-runner had to begin again: the connection to the source was lost"
    ]


@pytest.mark.parametrize(
    ("kind", "shape"),
    [
        ("CheckFailedError", CheckFailedError),
        ("DatabaseTrouble", OutsideError),
        ("bug", OutsideError),
    ],
)
async def test_its_failure_is_raised_as_what_it_was(kind: str, shape: type[MovedayError]) -> None:
    failure = RunnerFailure(kind=kind, title="the target is not fresh", hint="give a new one")
    line = await listen(Log(said(failure)), [])
    with pytest.raises(shape, match="the target is not fresh") as raised:
        await line.wait_for(lambda: line.moved, "copying")
    await line.close()
    assert raised.value.exit_code == shape.exit_code


async def test_a_connection_that_slept_is_opened_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner_line, "_DEAF_AFTER", 0.05)
    line = await listen(Log(None, said(MOVED)), [])
    assert await line.wait_for(lambda: line.moved, "copying") == MOVED
    await line.close()


async def test_an_app_that_somebody_removed_is_not_waited_for() -> None:
    told: list[str] = []
    line = await listen(Log(there=False), told)
    async with asyncio.timeout(20):
        with pytest.raises(BlockedError, match="not there any more"):
            await line.wait_for(lambda: line.moved, "copying")
    await line.close()
    assert told == ["the log cannot be followed: no route; trying again"]


def test_runners_of_long_handles_are_told_apart() -> None:
    database = "a-database-whose-handle-is-about-as-long-as-aptible-takes"
    first, second = (handle_of_runner(f"{database}-rehearsal-{run}") for run in (1, 2))
    assert first != second
    assert max(len(first), len(second)) <= 64
    assert handle_of_runner("acme-clinic-db-live") == "acme-clinic-db-live-runner"
