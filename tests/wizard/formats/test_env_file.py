"""NAME=value lines."""

import pytest

from wizard.formats.env_file import read_env_file
from wizard.formats.errors import FormatError


def test_values_as_docker_and_shells_write_them() -> None:
    text = "# talk\n\nA=1\nexport B='two words'\nC=\"x=y\"\r\nD=\n"
    assert read_env_file(text, "f") == {"A": "1", "B": "two words", "C": "x=y", "D": ""}


@pytest.mark.parametrize("line", ["no sign", "=x", "A B=1", "9A=1"])
def test_a_broken_line_is_named_without_its_value(line: str) -> None:
    with pytest.raises(FormatError) as caught:
        read_env_file(f"A=1\n{line}\n", "config.env")
    assert "config.env, line 2" in caught.value.title
    assert line not in str(caught.value)
