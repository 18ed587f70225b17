"""What a rehearsal that was cut off does next is said as it will be."""

from pathlib import Path
from typing import Literal

import pytest

from screens.steps.rehearsal_words import forecast_words
from tests.wizard.runbook.session_for_tests import PLAN, open_test_session
from wizard.model.plan import DatabaseChoice
from wizard.steps.rehearsal import forecast_now

BACK = "g takes back what it began, then rehearses"


@pytest.mark.parametrize(
    ("route", "task", "words"),
    [
        ("job", "move", "the job beside the source went on, and g goes on with it"),
        ("runner", "move", "its runner went on, and g goes on with it"),
        ("laptop", "move", BACK),
        ("job", "preflight", BACK),
    ],
)
def test_the_screen_says_whether_it_goes_on_or_begins_anew(
    tmp_path: Path, route: Literal["job", "runner", "laptop"], task: str, words: str
) -> None:
    session = open_test_session(tmp_path)
    choice = DatabaseChoice(variable="DATABASE_URL", handle="clinic-db", route=route)
    session.plan = PLAN.model_copy(update={"databases": (choice,)})
    session.journal.append("run-started", key="run-1", number=1, mode="rehearsal")
    session.journal.append("intent", key=f"run-1/task/{task}", task=task)
    told = forecast_words(session, forecast_now(session), at_work=False)
    assert f"! Rehearsal 1 was cut off: {words}." in told
    session.journal.close()
