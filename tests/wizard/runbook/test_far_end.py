"""What a runner is told from here, and which of its lines count as the answer."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import pytest
from pydantic import SecretStr

from tests.wizard.runbook.session_for_tests import NoOutside, open_test_run, open_test_session
from tests.wizard.runbook.test_runner_line import APP
from wizard.engine.ports import Outside
from wizard.errors import OutsideError
from wizard.formats.runner_lines import lines_of
from wizard.model.database import Connection
from wizard.model.plan import DatabaseChoice
from wizard.model.routes import BY_RUNNER, RouteMeasure, Slice
from wizard.model.runner import RunnerMessage, RunnerOrder, RunnerState
from wizard.model.target import TargetApp
from wizard.ports.target import Target
from wizard.runbook.context import RunContext
from wizard.runbook.lines import far_end
from wizard.runbook.lines.far_end import FarEnd
from wizard.runbook.lines.runner_app import job_of, line_key
from wizard.runbook.runner_line import RunnerLine

CHOICE = DatabaseChoice(
    variable="DATABASE_URL", handle="db", version="18", disk_gb=10, memory_mb=1024, route="runner"
)
HERE = Connection(host="h", port=1, database="d", user="u", password=SecretStr("p"))


def measured(rate: int) -> RouteMeasure:
    return RouteMeasure(route=BY_RUNNER, slice=Slice(bytes=rate, seconds=1, streams=1))


@dataclass
class Row:
    """A runner's orders in memory; `troubles` are how many writes fail first."""

    told: list[RunnerOrder] = field(default_factory=list)
    troubles: int = 0

    async def write(self, target: Connection, move_id: str, order: RunnerOrder) -> None:
        if self.troubles:
            self.troubles -= 1
            raise OutsideError("the tunnel broke")
        self.told.append(order)


@dataclass
class Waiting:
    """A log that begins with old lines; then the runner answers what it was told."""

    row: Row
    job: str

    async def follow(self, app: TargetApp, on_line: Callable[[str], None]) -> None:
        self._say(on_line, RunnerState(phase="waiting", mark="old", measure=measured(1)))
        while True:
            await asyncio.sleep(0.01)
            if self.row.told:
                order = self.row.told[-1]
                found = measured(2) if order.seconds else None
                self._say(on_line, RunnerState(phase="waiting", mark=order.mark, measure=found))

    def _say(self, on_line: Callable[[str], None], state: RunnerState) -> None:
        for line in lines_of(RunnerMessage(job=self.job, boot="one", body=state), 1):
            on_line(line)


@dataclass
class Kit:
    orders: Row


@dataclass
class WithRunner(NoOutside):
    runner: Any = None


@pytest.fixture
def context(tmp_path: Path) -> Iterator[RunContext]:
    session = open_test_session(tmp_path)
    session.journal.append("read", key="first")
    session.outside = cast(Outside, WithRunner(runner=Kit(Row())))
    found = open_test_run(session)
    found.opened["tunnel/db-live"] = HERE
    yield found
    session.journal.close()


def row(context: RunContext) -> Row:
    return cast(Row, cast(Any, context.session.outside).runner.orders)


async def listening(context: RunContext) -> RunnerLine:
    log = Waiting(row(context), job_of(context, CHOICE).name)

    async def find() -> TargetApp | None:
        return APP

    line = RunnerLine(cast(Target, log), APP, log.job, lambda text, level: None, find)
    line.open()
    context.opened[line_key(CHOICE)] = line
    return line


async def test_only_what_it_says_after_it_was_told_is_its_answer(context: RunContext) -> None:
    line, far = await listening(context), FarEnd(context, CHOICE)
    await line.wait_for(lambda: line.in_phase("waiting"), "waiting")
    assert await far.try_its_way(0.5) == measured(2)
    await line.close()
    asked, over = row(context).told
    assert (asked.seconds, over.seconds) == (0.5, 0.0)
    assert asked.mark != over.mark
    assert not (asked.go or over.go)


async def test_one_that_waits_on_though_it_has_its_go_is_named(
    context: RunContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(far_end, "BEGUN_WITHIN", 0.02)
    row(context).told.append(RunnerOrder(go=True))
    line = await listening(context)
    with pytest.raises(OutsideError, match="did not begin, though it was told to"):
        await FarEnd(context, CHOICE).begun()
    await line.close()


async def test_a_pause_is_told_until_it_is_heard_and_lifted_when_nobody_is_left(
    context: RunContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(far_end, "_LOOK", 0.01)
    there, wished = row(context), False
    there.troubles = 2

    async def told(count: int) -> None:
        async with asyncio.timeout(60):
            while len(there.told) < count:
                await asyncio.sleep(0.01)

    async with FarEnd(context, CHOICE).held_when_asked(lambda: wished):
        wished = True
        await told(1)
        wished = False
        await told(2)
        wished = True
        await told(3)
    assert [order.hold for order in there.told] == [True, False, True, False]
    assert all(order.go for order in there.told)
    kinds = [
        e.kind for e in context.session.journal.entries if e.key == "run-1/hold/db-live-runner"
    ]
    assert kinds == ["intent", "intent", "intent", "effect", "intent", "effect"]
