"""`.env` and env_file: read as Compose reads them, and no value in what is said about mistakes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wizard.formats.compose.env_file import read_compose_env

AROUND = {"HOST": "cache", "PORT": "6380", "EMPTY": ""}


def known(text: str, outside: dict[str, str] | None = None) -> dict[str, str]:
    found = read_compose_env(text, ".env", outside or {})
    assert not found.wrong
    return found.known


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("A=plain", "plain"),
        ("A=plain # talk", "plain"),
        ("A=plain# no talk", "plain# no talk"),
        ("A= spaced out \t", "spaced out"),
        ("A: as yaml", "as yaml"),
        ("  export \tA=told", "told"),
        ("A=", ""),
        ("A=x=y", "x=y"),
        ('A="a b" # talk', "a b"),
        ('A="a # b"', "a # b"),
        ("A='$HOST ${PORT}'", "$HOST ${PORT}"),
        ("A='it\\'s'", "it's"),
        ('A="say \\"go\\""', 'say "go"'),
        ('A="one\\ntwo\\t\\\\n"', "one\ntwo\t\\n"),
        ("A='one\\ntwo'", "one\\ntwo"),
        ("A=one\\ntwo", "one\\ntwo"),
        ('A="\\101b"', "\\101b"),
        ('A="\\0101b"', "Ab"),
        ("A=redis://$HOST:${PORT}/1", "redis://cache:6380/1"),
        ('A="redis://${HOST}"', "redis://cache"),
        ("A=$$HOST", "$HOST"),
        ('A="\\$HOST"', "$HOST"),
        ("A=5$ or $%", "5$ or $%"),
        ("A=${EMPTY:-${NONE:-last}}", "last"),
        ("A=${EMPTY-kept}", ""),
        ("A=${HOST:+there}", "there"),
    ],
)
def test_a_value_as_compose_takes_it(line: str, value: str) -> None:
    for text in (line, f"{line}\n", f"\ufeff# talk\r\n\r\n{line}\r\nB=2\n"):
        assert known(text, AROUND)["A"] == value


def test_quotes_hold_several_lines_and_names_are_put_in_from_above() -> None:
    text = (
        'KEY="-----BEGIN-----\nabc=\n-----END-----" # talk\nURL=redis://${H}:1\nH=x\nL=${H}${KEY}\n'
    )
    found = read_compose_env(text, ".env", {})
    assert found.known["L"] == "x-----BEGIN-----\nabc=\n-----END-----"
    assert (found.values["URL"].unset, found.values["URL"].place.line) == (("H",), 4)
    assert found.known["URL"] == "redis://:1"


def test_what_lies_outside_counts_before_own_lines_and_these_before_earlier_files() -> None:
    text = "A=own\nOF_A=$A\nB=own\nOF_B=$B\nOF_C=$C\n"
    found = read_compose_env(text, "f.env", {"A": "outside"}, {"B": "earlier", "C": "earlier"})
    del found.values["A"], found.values["B"]
    assert found.known == {"OF_A": "outside", "OF_B": "own", "OF_C": "earlier"}


def test_a_name_alone_comes_from_outside_or_is_not_there() -> None:
    found = read_compose_env("HOST\nNONE\nLAST", ".env", AROUND)
    assert found.known == {"HOST": "cache"}
    assert found.values["NONE"].null and found.values["LAST"].null and not found.wrong


def test_the_raw_form_takes_everything_as_it_stands() -> None:
    text = "# talk\n  A='$HOST' # kept \nB=\nHOST\nC D=1\n"
    found = read_compose_env(text, "r.env", AROUND, raw=True)
    assert found.known == {"A": "'$HOST' # kept ", "B": "", "HOST": "cache"}
    assert [error.line for error in found.wrong] == [5]


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("canary value", "NAME=value"),
        ("=canary", "NAME=value"),
        ('A="canary', "never ends"),
        ("A=${canary", "never closed"),
        ("A=${}canary", "name of a variable"),
    ],
)
def test_a_wrong_line_is_named_without_its_value_and_the_rest_is_read(line: str, why: str) -> None:
    found = read_compose_env(f"B=1\n\n{line}\nC=3\n", "f.env", {})
    assert found.known == {"B": "1", "C": "3"}
    (error,) = found.wrong
    assert (error.line, why in str(error), "canary" in str(error)) == (3, True, False)


@given(st.text(alphabet="AB=:'\"\\$${}#\n\r \t-?+n0", max_size=60), st.booleans())
def test_any_text_is_read_or_named_with_its_line(text: str, raw: bool) -> None:
    found = read_compose_env(text, "f.env", {"A": "1"}, raw=raw)
    for place in [t.place.line for t in found.values.values()] + [e.line for e in found.wrong]:
        assert 1 <= place <= text.count("\n") + 1


@given(st.text(alphabet=st.characters(exclude_characters="\0", exclude_categories=["Cs"])))
def test_a_value_in_single_quotes_comes_back_as_it_was(value: str) -> None:
    written = value.replace("\\", "/").replace("'", "\\'")
    assert known(f"A='{written}'")["A"] == value.replace("\\", "/")
