"""Answers against shapes: missing, wrong and extra fields by name; never a value."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, Field, SecretStr

from providers.shape_check import check_items, types_of


class Inner(BaseModel):
    name: str = ""


class Thing(BaseModel):
    id: int | str = 0
    name: str
    size: int | None = None
    inner: Inner | None = None
    tags: list[str] = []
    secret: SecretStr | None = None
    links: dict[str, Any] = Field(default={}, alias="_links")
    anything: Any = None


WHOLE = {
    "id": 1,
    "name": "a",
    "size": None,
    "inner": {"name": "x"},
    "tags": [],
    "secret": "s3cret-value",
    "_links": {},
    "anything": 3,
}


def test_a_whole_answer_is_as_expected() -> None:
    seen = check_items("GET /x", Thing, [WHOLE, WHOLE | {"id": "text"}], frozenset())
    assert seen.state == "as expected"
    assert seen.items == 2
    assert not (seen.missing or seen.wrong or seen.extra)


def test_what_differs_is_named_without_values() -> None:
    bad = {k: v for k, v in WHOLE.items() if k != "tags"} | {"secret": ["s3cret-value"], "new": "v"}
    seen = check_items("GET /x", Thing, [WHOLE, bad], frozenset())
    assert seen.state == "differs"
    assert seen.missing == ("tags",)
    assert seen.wrong == ("secret: expected null or text, got list",)
    assert seen.extra == ("new",)
    assert "s3cret" not in seen.model_dump_json()


def test_what_may_be_absent_is_not_missed() -> None:
    item = {k: v for k, v in WHOLE.items() if k != "size"}
    assert check_items("", Thing, [item], frozenset({"size"})).state == "as expected"
    assert check_items("", Thing, [item | {"size": "9"}], frozenset({"size"})).state == "differs"


def test_no_items_say_nothing() -> None:
    assert check_items("", Thing, [], frozenset()).state == "nothing to see"


def test_types_by_name() -> None:
    assert types_of(int | None) == {"number", "null"}
    assert types_of(bool) == {"yes or no"}
    assert types_of(Any) is None
    assert types_of(object) is None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(st.lists(JSON, max_size=4))
def test_any_answer_is_judged_without_an_error(items: list[object]) -> None:
    seen = check_items("GET /x", Thing, items, frozenset())
    assert seen.items == len(items)
    assert (seen.state == "nothing to see") == (not items)
