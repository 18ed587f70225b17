"""Which routes the plan may name for which source: said before anything is begun."""

from pathlib import Path
from typing import Any, cast

import pytest

from tests.wizard.runbook.session_for_tests import NoOutside, open_test_session
from wizard.engine.ports import Outside
from wizard.model.plan import DatabaseChoice
from wizard.rules.job_image import job_image
from wizard.runbook.order import runbook
from wizard.runbook.perform import data_path
from wizard.steps.routes_fit import routes_gates


class Platform:
    name = "MedStack"

    def __init__(self, beside: object) -> None:
        self.beside = beside


@pytest.mark.parametrize(
    ("route", "beside", "limit", "words"),
    [
        ("laptop", False, "", None),
        ("runner", False, "20MB/s", None),
        ("job", True, "", ""),
        ("job", False, "", "has no place for one"),
        ("laptop", True, "", "says route: laptop, and only containers of MedStack reach it"),
        ("runner", True, "", "says route: runner, and only containers of MedStack reach it"),
        ("job", True, "20MB/s", "a job's copy cannot be limited"),
    ],
)
def test_a_route_that_cannot_be_gone_is_named(
    route: Any, beside: bool, limit: str, words: str | None, tmp_path: Path
) -> None:
    session = open_test_session(tmp_path)
    outside = cast(Any, NoOutside())
    outside.source = Platform(object() if beside else None)
    session.outside = cast(Outside, outside)
    choice = DatabaseChoice(variable="DATABASE_URL", handle="db", route=route, limit=limit)
    session.plan = session.plan.model_copy(update={"databases": (choice,)})
    gates = routes_gates(session)
    session.journal.close()
    assert (words is None) == (not gates)
    for gate in gates:
        assert gate.open == (not words)
        assert words is None or words in gate.reason

    lines = [task.id for task in runbook(session.plan, None)]
    at = ("entrance", "job-ready", "job-gone")
    assert [line for line in lines if line in at] == (list(at) if route == "job" else [])
    assert ("job beside the source" in data_path(session.plan)) == (route == "job")


@pytest.mark.parametrize(
    ("source", "target", "major"),
    [("16.4", "17", 17), ("15", "", 15), ("", "", 18), ("9.6", "11", 12), ("19.1", "18", 18)],
)
def test_the_image_is_the_newer_servers(source: str, target: str, major: int) -> None:
    assert job_image(source, target) == major
