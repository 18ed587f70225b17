"""A file of answers: read as written, or refused with the line and the reason."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wizard.engine.answers_file import as_typed, read_answers
from wizard.errors import UsageError
from wizard.rules.plan_answers import known_ids


def test_answers_of_every_form(tmp_path: Path) -> None:
    file = tmp_path / "answers.yaml"
    file.write_text(
        "# for the move\nhold-back: all\njobs: [{schedule: '@daily', command: x}]\n"
        "database/DATABASE_URL/disk: 60\nx: yes\n"
    )
    assert as_typed(read_answers(file)) == {
        "hold-back": "all",
        "jobs": '[{"schedule": "@daily", "command": "x"}]',
        "database/DATABASE_URL/disk": "60",
        "x": "yes",
    }
    file.write_text("")
    assert read_answers(file) == {}


def test_answers_keep_their_kind_and_empty_ones_stay_open(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_text("regulated: yes\nagreement:\ndomains: [a.test]\n")
    assert read_answers(file, known_ids()) == {"regulated": True, "domains": ["a.test"]}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: [\n", "a.yaml, line 2"),
        ("- a\n", "a.yaml, line 1: answers are a mapping"),
        ("regulated: no\nformat: 2\n", "a.yaml, line 2: there is no question “format”"),
        ("regulated: no\nregulated: yes\n", "a.yaml, line 2: the key “regulated” stands here"),
        ("regulated: &x no\nport: *x\n", "aliases"),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "a.yaml"
    file.write_text(text)
    with pytest.raises(UsageError) as error:
        read_answers(file, known_ids())
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
        found = as_typed(read_answers(file))
    except UsageError:
        return
    assert all(isinstance(answer, str) for answer in found.values())
