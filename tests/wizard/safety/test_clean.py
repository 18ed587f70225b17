"""Outside text can neither move the cursor, nor write the clipboard, nor turn words round."""

import re
import time
import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from wizard.safety.clean import clean

BAD = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
nasty = st.text(
    alphabet=st.one_of(
        st.sampled_from("\x1b\x9b\x9d\x90\x98\x9e\x9f\x9c\x07\\[]PX^_();?052cm\n\r\t\u202e\u2066"),
        st.characters(),
    ),
    max_size=80,
)


@given(text=nasty, lines=st.booleans())
@example(text="x\x1b]52;c;Q0FOQVJZ\x1b\\y", lines=False)
@example(text="\x1b[\x1b[31m", lines=False)
@example(text="\x1b\x1b]0;t\x07", lines=True)
@example(text="\x1bP\x1b\\\x1bP", lines=False)
@settings(max_examples=600, deadline=None)
def test_nothing_dangerous_is_left_and_twice_is_like_once(text: str, lines: bool) -> None:
    shown = clean(text, lines=lines)
    assert not BAD.search(shown)
    assert lines or "\n" not in shown
    bad = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
    assert not [c for c in shown if c != "\n" and unicodedata.category(c) in bad]
    assert clean(shown, lines=lines) == shown
    shown.encode()  # no lone surrogate: it can be printed


@given(text=nasty, limit=st.integers(1, 60))
@settings(max_examples=200, deadline=None)
def test_it_is_never_longer_than_asked(text: str, limit: int) -> None:
    shown = clean(text, limit)
    assert len(shown) <= limit
    assert clean(shown, limit) == shown


@given(st.text(alphabet=st.characters(categories=("L", "N", "P", "S", "Zs")), max_size=50))
def test_ordinary_text_is_untouched(text: str) -> None:
    assert clean(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\x1b]52;c;Q0FOQVJZ\x1b\\b", "ab"),
        ("a\x1b]52;c;Q0FOQVJZ\x07b", "ab"),
        ("a\x9d52;c;Q0FOQVJZ\x9cb", "ab"),
        ("a\x1b]52;c;never ended", "a"),
        ("\x9b2Jc\x1b[1;31mred\x1b[0m", "cred"),
        ("user\u202egnp.exe", "usergnp.exe"),
        ("pay\u200bpal", "paypal"),
        ("one\ntwo\tthree\r\n", "one two three  "),
        ("[@click=app.quit]x[/]", "[@click=app.quit]x[/]"),
    ],
)
def test_examples(text: str, shown: str) -> None:
    assert clean(text) == shown


def test_a_cut_is_marked() -> None:
    assert clean("x" * 30, 10) == "x" * 9 + "…"
    # The sequence is longer than what is looked at, its end is never seen: nothing of it shows.
    assert clean("\x1b]52;c;" + "A" * 1000 + "\x07end", 10) in ("", "…")


def test_text_lost_by_the_early_cut_is_marked_too() -> None:
    assert clean("\x1b[0m" * 30 + "words that come late", 10).endswith("…")


@pytest.mark.parametrize("text", ["\x1b]" * 500_000, "\x1b[" * 500_000, "\x1b" * 1_000_000])
def test_hostile_lengths_are_fast(text: str) -> None:
    begun = time.process_time()
    clean(text, 200_000)
    assert time.process_time() - begun < 3
