"""A proposed file with only some of its changes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wizard.generate.hunks import hunks_of, numbered_diff, with_hunks
from wizard.model.files import GeneratedFile, Line

ROWS = [f"row {n}" for n in range(20)]


def made(before: str | None, rows: list[str], newline: str = "\n") -> GeneratedFile:
    lines = tuple(Line(text=row, rule="F27") for row in rows)
    return GeneratedFile(path="a", lines=lines, before=before, newline=newline)  # type: ignore[arg-type]


def changed() -> GeneratedFile:
    rows = [*ROWS[:2], "new", *ROWS[2:10], *ROWS[11:18], "x", "y", *ROWS[19:]]
    return made("\n".join(ROWS) + "\n", rows)


def test_the_numbers_are_those_of_the_diff() -> None:
    file = changed()
    assert [hunk.number for hunk in hunks_of(file)] == [1, 2, 3]
    plain = [row[: row.rindex("@@") + 2] if "@@" in row else row for row in _rows(file)]
    assert plain == file.diff().splitlines()
    assert " @@ 2\n" in numbered_diff(file)


def _rows(file: GeneratedFile) -> list[str]:
    return numbered_diff(file).splitlines()


def test_only_the_chosen_changes_are_made() -> None:
    file = changed()
    some = with_hunks(file, {1, 3})
    assert some is not None
    wanted = [*ROWS[:2], "new", *ROWS[2:18], "x", "y", *ROWS[19:]]
    assert some.text == "\n".join(wanted) + "\n"
    assert [hunk.rows for hunk in hunks_of(some)] == [
        hunk.rows for hunk in hunks_of(file) if hunk.number != 2
    ]
    assert with_hunks(file, {1, 2, 3}) == file
    assert with_hunks(file, ()) is None
    with pytest.raises(ValueError, match="a has no change 4"):
        with_hunks(file, {4})


def test_a_new_file_is_one_change() -> None:
    file = made(None, ["a", "b"])
    assert [hunk.header for hunk in hunks_of(file)] == ["@@ -0,0 +1,2 @@ 1"]
    assert with_hunks(file, {1}) == file
    assert with_hunks(file, ()) is None


def test_line_endings_stay_where_nothing_was_chosen() -> None:
    before = "one\r\n" + "".join(f"{row}\n" for row in ROWS) + "last"
    file = made(before, ["ONE", *ROWS, "last", "more"], "\r\n")
    some = with_hunks(file, {2})
    assert some is not None
    assert some.text == before + "\r\n" + "more\r\n"
    only = made("a\nb", ["a", "b"], "\r\n")
    assert (len(hunks_of(only)), with_hunks(only, {1})) == (1, only)
    assert not hunks_of(made("a", ["a"]))


@given(
    old=st.lists(st.sampled_from("abcdef"), max_size=30),
    new=st.lists(st.sampled_from("abcdef"), max_size=30),
    end=st.sampled_from(["", "\n"]),
    data=st.data(),
)
def test_any_choice_then_the_rest_is_the_whole(
    old: list[str], new: list[str], end: str, data: st.DataObject
) -> None:
    before = "\n".join(old) + (end if old else "")
    file = made(before, new)
    numbers = [hunk.number for hunk in hunks_of(file)]
    chosen = data.draw(st.sets(st.sampled_from(numbers))) if numbers else set()
    some = with_hunks(file, chosen)
    there = before if some is None else some.text
    rest = made(there, new)
    final = with_hunks(rest, [hunk.number for hunk in hunks_of(rest)])
    assert (there if final is None else final.text).rstrip("\n") == file.text.rstrip("\n")
    if not chosen:
        assert there == before
