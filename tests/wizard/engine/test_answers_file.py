"""A file of answers: read as written, or refused with the line and the reason."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wizard.engine.answers_file import read_answers
from wizard.errors import UsageError


def test_answers_of_every_form(tmp_path: Path) -> None:
    file = tmp_path / "answers.yaml"
    file.write_text(
        "# for the move\nhold-back: all\njobs: [{schedule: '@daily', command: x}]\n"
        "database/DATABASE_URL/disk: 60\nx: yes\n"
    )
    assert read_answers(file) == {
        "hold-back": "all",
        "jobs": '[{"schedule": "@daily", "command": "x"}]',
        "database/DATABASE_URL/disk": "60",
        "x": "yes",
    }
    file.write_text("")
    assert read_answers(file) == {}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("jobs:\n", "jobs has no answer"),
        ("a: 1\na: 2\n", "line 2"),
        ("a: &x 1\nb: *x\n", "aliases"),
        ("[]\n", "must be a mapping"),
        ("a: [\n", "line"),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "answers.yaml"
    file.write_text(text)
    with pytest.raises(UsageError) as error:
        read_answers(file)
    assert said in str(error.value)
    assert "moveday.yaml" not in str(error.value)


def test_no_file_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        read_answers(tmp_path / "none")


@given(st.binary(max_size=60))
def test_any_bytes_are_answers_or_a_usage_error(
    tmp_path_factory: pytest.TempPathFactory, raw: bytes
) -> None:
    file = tmp_path_factory.getbasetemp() / "answers-any.yaml"
    file.write_bytes(raw)
    try:
        found = read_answers(file)
    except UsageError:
        return
    assert all(isinstance(answer, str) for answer in found.values())
