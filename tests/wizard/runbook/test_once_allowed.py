"""The way back waits until the old side takes changes again, and ends when it never does."""

from pathlib import Path

import pytest

from tests.wizard.runbook.session_for_tests import Listener, open_test_run, open_test_session
from wizard.errors import BlockedError, OutsideError, RefusedForNow
from wizard.runbook.lines import once_allowed as subject


@pytest.fixture(autouse=True)
def _short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subject, "LOOK_AGAIN", 0.01)


async def test_it_is_tried_until_it_is_taken_and_said_once(tmp_path: Path) -> None:
    front, tries = Listener(), 0

    async def act() -> None:
        nonlocal tries
        tries += 1
        if tries < 4:
            raise RefusedForNow("the old side takes no change", "its name leads elsewhere", "wait")

    session = open_test_session(tmp_path, front)
    try:
        await subject.once_allowed(open_test_run(session), act)
    finally:
        session.journal.close()
    assert tries == 4
    assert len([e for e in front.heard if "takes no change" in getattr(e, "text", "")]) == 1


async def test_a_stop_ends_the_waiting_with_what_to_do(tmp_path: Path) -> None:
    async def act() -> None:
        raise RefusedForNow("the old side takes no change", "its name leads elsewhere", "wait")

    session = open_test_session(tmp_path)
    session.stop.set()
    try:
        with pytest.raises(RefusedForNow) as caught:
            await subject.once_allowed(open_test_run(session), act)
    finally:
        session.journal.close()
    assert "wait" in caught.value.hint and "rollback" in caught.value.hint


@pytest.mark.parametrize("other", [BlockedError("no token"), OutsideError("no answer")])
async def test_other_trouble_is_not_waited_for(tmp_path: Path, other: Exception) -> None:
    tries = 0

    async def act() -> None:
        nonlocal tries
        tries += 1
        raise other

    session = open_test_session(tmp_path)
    try:
        with pytest.raises(type(other)):
            await subject.once_allowed(open_test_run(session), act)
    finally:
        session.journal.close()
    assert tries == 1
