"""Answers to the plan's questions: what the journal says was answered stands in moveday.yaml."""

from pathlib import Path
from typing import Any, cast

import pytest

from tests.wizard.runbook.session_for_tests import Listener
from wizard.clock import SYSTEM_CLOCK
from wizard.engine.journal import Journal
from wizard.engine.plan_file import read_plan
from wizard.engine.store import Store
from wizard.errors import UsageError
from wizard.steps.planning import Planning

DRAFT = """\
format: 1
source: {kind: heroku, app: clinic}
target: {stack: s, environment: e, app: clinic}
regulated: false
"""


class Folder:
    """A folder that is no repository."""

    async def remotes(self) -> dict[str, str]:
        return {}


async def _looked(folder: Path, journal: Journal) -> Planning:
    store = Store(folder / ".moveday")
    repo = cast(Any, Folder())
    planning = Planning(folder, journal, store, Listener(), repo, SYSTEM_CLOCK)
    await planning.look()
    return planning


def _answered(journal: Journal) -> list[str]:
    return [entry.key for entry in journal.entries if entry.kind == "answer"]


async def test_an_answer_that_could_not_be_stored_does_not_count_as_given(tmp_path: Path) -> None:
    file = tmp_path / "moveday.yaml"
    file.write_text(DRAFT)
    with Journal.open(tmp_path / ".moveday") as journal:
        planning = await _looked(tmp_path, journal)
        file.write_text(DRAFT + "# edited meanwhile\n")
        planning.put("target.stack", "other", "test")
        with pytest.raises(UsageError, match="was changed by somebody"):
            planning.save()
        assert _answered(journal) == []

        again = await _looked(tmp_path, journal)
        again.put("target.stack", "other", "test")
        assert again.save() and not again.save()
        assert _answered(journal) == ["target.stack"]
    assert read_plan(tmp_path)[0].target.stack == "other"
