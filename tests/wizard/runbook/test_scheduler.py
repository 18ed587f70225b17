"""Scheduled jobs are switched off by a person, who says so; and on again in the way back."""

import json
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import pytest

from tests.wizard.runbook.session_for_tests import (
    Listener,
    NoOutside,
    open_test_run,
    open_test_session,
)
from wizard.cli.front import CommandLine
from wizard.cli.hook import HOOK
from wizard.engine.events import Said
from wizard.errors import BlockedError
from wizard.model.inventory import Addon, Inventory
from wizard.runbook.context import RunContext
from wizard.runbook.lines.scheduler import SCHEDULER_OFF
from wizard.runbook.order import runbook
from wizard.runbook.runner import run_tasks
from wizard.runbook.stage import Stage
from wizard.runbook.way_back import go_back


@dataclass
class OldSide:
    """The dynos that run, and nothing else."""

    app: str = "clinic"
    looks: list[dict[str, int]] = field(default_factory=list)

    async def running(self) -> dict[str, int]:
        return self.looks.pop(0) if len(self.looks) > 1 else self.looks[0]


def inventory(*services: str) -> Inventory:
    addons = tuple(
        Addon(id=s, name=f"{s}-flat-1", service=s, plan=f"{s}:standard", where="test")
        for s in services
    )
    document: dict[str, Any] = {
        "source": "heroku",
        "app": "clinic",
        "app_id": "1",
        "region": "us",
        "stack": "heroku-24",
        "maintenance": False,
        "release": None,
        "processes": (),
        "variables": (),
        "addons": addons,
        "domains": (),
        "databases": (),
        "read_at": "2026-05-04T12:00:00Z",
    }
    return Inventory.model_validate(document)


def opened(folder: Path, front: Any, *looks: dict[str, int]) -> RunContext:
    session = open_test_session(folder, front)
    session.outside = cast(Any, NoOutside())
    context = open_test_run(session)
    fields = {**vars(context.stage), "frozen_app": OldSide(looks=list(looks) or [{}])}
    return RunContext(session, Stage(**fields), context.label)


LINE = [SCHEDULER_OFF.__class__(**{**vars(SCHEDULER_OFF), "needs": (), "poll": 0.01})]


def test_only_an_app_with_a_scheduler_has_the_line() -> None:
    from tests.wizard.runbook.session_for_tests import PLAN

    def ids(found: Inventory | None) -> list[str]:
        return [task.id for task in runbook(PLAN, found)]

    assert "scheduler-off" not in ids(None)
    assert "scheduler-off" not in ids(inventory("heroku-redis"))
    with_one = runbook(PLAN, inventory("scheduler"))
    assert "scheduler-off" in [task.id for task in with_one]
    page = next(task for task in with_one if task.id == "maintenance-on")
    assert "scheduler-off" in page.needs, "no job starts into the freeze"


async def test_without_an_answer_the_run_is_blocked_and_says_the_flag(tmp_path: Path) -> None:
    context = opened(tmp_path, Listener())
    with pytest.raises(BlockedError, match="--scheduler-off"):
        await run_tasks(context, LINE)
    context.session.journal.close()


async def test_jobs_that_still_run_are_waited_for(tmp_path: Path) -> None:
    front = Listener(answers={"scheduler-off": "yes"})
    context = opened(tmp_path, front, {"scheduler": 1, "web": 2}, {"web": 2})
    await run_tasks(context, LINE)
    said = [event.text for event in front.heard if isinstance(event, Said)]
    assert any("1 scheduled job(s) still run" in text for text in said)
    assert any(
        e.kind == "answer" and e.key == "scheduler-off" for e in context.session.journal.entries
    )
    context.session.journal.close()


async def test_the_way_back_asks_for_the_jobs_until_somebody_says_they_are_on(
    tmp_path: Path,
) -> None:
    front = Listener(answers={"scheduler-off": "yes"})
    context = opened(tmp_path, front)
    await run_tasks(context, LINE)
    with pytest.raises(BlockedError, match="--scheduler-on"):
        await go_back(context, LINE)
    front.answers["scheduler-on"] = "yes"
    await go_back(context, LINE)
    asked = len(front.asked)
    await go_back(context, LINE)
    assert len(front.asked) == asked, "once they are on, nobody is asked again"
    context.session.journal.close()


async def test_a_hook_may_say_that_it_is_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hook = tmp_path / "hook.py"
    hook.write_text(
        "import json, sys\n"
        "asked = json.load(sys.stdin)\n"
        "assert asked['confirm'] and asked['task'] == 'scheduler-off'\n"
        "print(json.dumps({'done': True, 'by': 'sam'}))\n"
    )
    monkeypatch.setenv(HOOK, f"{sys.executable} {hook}")
    context = opened(tmp_path / "app", CommandLine(quiet=True))
    await run_tasks(context, LINE)
    done = next(e for e in context.session.journal.entries if e.kind == "done")
    assert "says sam" in json.dumps(done.data, default=str)
    context.session.journal.close()
