"""A runner's log lines: whatever a log does to them, only whole and honest messages come out."""

import pytest

from wizard.errors import CheckFailedError
from wizard.formats.runner_lines import LineReader, lines_of
from wizard.model.database import Check, MoveProgress, Verdict
from wizard.model.runner import RunnerFailure, RunnerMessage, RunnerState
from wizard.safety.redact import REDACTOR

JOB = "clinic/clinic-db-live/0123456789ab#1"
STATE = RunnerState(
    phase="copying",
    snapshot_age=2.5,
    progress=MoveProgress(
        phase="copy", done_bytes=1, total_bytes=2, tables_done=0, tables_total=9, detail="Größe"
    ),
)
LARGE = Verdict(
    checks=tuple(
        Check(kind="rows", subject=f'public."t {n} Ä\\"', result="same") for n in range(900)
    ),
    seconds=1.5,
)


def message(body: object, boot: str = "one") -> RunnerMessage:
    return RunnerMessage.model_validate({"job": JOB, "boot": boot, "body": body})


def heard(lines: list[str]) -> list[object]:
    reader = LineReader(JOB)
    return [found.body for line in lines if (found := reader.read(line)) is not None]


def test_what_was_said_is_heard_behind_any_prefix_of_the_log() -> None:
    large = list(lines_of(message(LARGE), 2))
    assert len(large) > 10
    assert max(len(line.encode()) for line in large) < 8_000
    lines = [f"2026-01-02T03:04:05Z app/runner.1: {line}" for line in lines_of(message(STATE), 1)]
    assert heard([*lines, "Traceback: noise", *large]) == [STATE, LARGE]


def test_a_message_heard_from_its_middle_or_with_a_gap_is_waited_for_again() -> None:
    large = list(lines_of(message(LARGE), 2))
    again = list(lines_of(message(LARGE), 3))
    assert heard(large[1:]) == []
    assert heard(large[:3] + large[4:]) == []
    assert heard(large[3:] + again) == [LARGE]
    assert heard([line[:200] for line in large] + again) == [LARGE]


def test_other_moves_and_what_only_quotes_our_mark_are_passed_over() -> None:
    (other,) = lines_of(message(STATE).model_copy(update={"job": "clinic/else/0#1"}), 1)
    assert heard([other, "moveday-runner/1 ", 'moveday-runner/1 {"job": 1}', ""]) == []
    (line,) = lines_of(message(STATE), 1)
    assert heard([line.replace('"kind": "state"', '"kind": "rows"')]) == []
    assert heard([line.replace('\\"phase\\":\\"copying\\"', '\\"phase\\":\\"odd\\"')]) == []


def test_another_version_is_refused_and_not_guessed_at() -> None:
    (line,) = lines_of(message(STATE), 1)
    with pytest.raises(CheckFailedError, match="another version"):
        heard([line.replace("moveday-runner/1", "moveday-runner/2")])


def test_what_is_read_is_clean_and_holds_no_known_secret() -> None:
    REDACTOR.learn("canary-of-the-runner-77")
    said = RunnerFailure(kind="x", title="a\x1b[2J\u202eb", detail="pw=canary-of-the-runner-77")
    (found,) = heard(list(lines_of(message(said), 1)))
    assert isinstance(found, RunnerFailure)
    assert found.title == "ab"
    assert "canary" not in found.detail
