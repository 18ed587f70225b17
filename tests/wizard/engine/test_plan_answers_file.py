"""A file of answers: what is unknown or unreadable is refused with its line."""

from pathlib import Path

import pytest

from wizard.engine.plan_answers_file import read_answers
from wizard.errors import UsageError


def test_answers_are_read_and_empty_ones_stay_open(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_text("regulated: yes\nagreement:\ndomains: [a.test]\n")
    assert read_answers(file) == {"regulated": True, "domains": ["a.test"]}
    file.write_text("")
    assert read_answers(file) == {}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a: [\n", "a.yaml, line 2"),
        ("- a\n", "a.yaml, line 1: answers are a mapping"),
        ("regulated: no\nformat: 2\n", "a.yaml, line 2: there is no question “format”"),
        (
            "regulated: no\nregulated: yes\n",
            "a.yaml, line 2: the key “regulated” stands here twice",
        ),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, text: str, told: str) -> None:
    file = tmp_path / "a.yaml"
    file.write_text(text)
    with pytest.raises(UsageError) as caught:
        read_answers(file)
    assert told in str(caught.value)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        read_answers(tmp_path / "none.yaml")
