"""moveday.yaml is written for people, read back as the same plan, and changed with care."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.wizard.plans import plans
from wizard.engine.plan_file import parse_plan, settle
from wizard.engine.plan_rewrite import rewrite
from wizard.engine.plan_text import SECTIONS, plan_document, write_document
from wizard.errors import UsageError
from wizard.model.draft import Draft
from wizard.model.plan import Plan

WRITTEN = """\
# Our move. Ask Ada before you change it.
format: 1
source: {kind: heroku, app: clinic}   # the old one

target:
  # support named it
  stack: clinic-dedicated
  environment: clinic  # handle
  app: clinic
regulated: yes # PHI
domains:
  - clinic.test   # "the # apex"
  # www follows
  - www.clinic.test
processes:
  web: {count: 2}   # two
  worker:
    count: 1  # never more
# the end
"""


@given(plans())
@settings(max_examples=40, deadline=None)
def test_any_plan_is_written_and_read_back(plan: Plan) -> None:
    assert parse_plan(write_document(plan_document(plan)).encode()) == plan


@given(plans(), plans())
@settings(max_examples=40, deadline=None)
def test_any_plan_becomes_any_other_and_keeps_every_comment(before: Plan, after: Plan) -> None:
    """Either the text says the new plan, with the person's remarks in it, or it is refused."""
    text = write_document(plan_document(before)).replace("\n\n#", "\n\n# a remark of mine\n#")
    changed = rewrite(text, plan_document(after))
    assert parse_plan(changed.encode()) == after
    assert changed.count("# a remark of mine") == text.count("# a remark of mine")


@given(plans())
@settings(max_examples=30, deadline=None)
def test_the_same_plan_changes_nothing(plan: Plan) -> None:
    text = write_document(plan_document(plan)) + "# tail"
    assert rewrite(text, plan_document(plan)) == text


def _changed(text: str, **changes: object) -> str:
    plan = parse_plan(text.encode())
    return rewrite(text, plan_document(Plan.model_validate({**plan.model_dump(), **changes})))


def test_only_the_value_changes() -> None:
    assert _changed(WRITTEN, regulated=False) == WRITTEN.replace("yes # PHI", "false # PHI")


def test_a_value_inside_a_section_changes_alone() -> None:
    target = {"stack": "other", "environment": "clinic", "app": "clinic", "plan": "production"}
    found = _changed(WRITTEN, target=target)
    assert "  # support named it\n  stack: other\n" in found
    assert "  app: clinic\n  plan: production\n" in found
    assert found.replace("other", "clinic-dedicated").replace("  plan: production\n", "") == WRITTEN


def test_comments_inside_a_changed_list_move_above_it() -> None:
    found = _changed(WRITTEN, domains=("clinic.test",))
    assert '# "the # apex"\n# www follows\ndomains: [clinic.test]\n' in found


def test_a_process_taken_out_leaves_the_others_as_they_were() -> None:
    found = _changed(WRITTEN, processes={"web": {"count": 3}})
    assert "  web: {count: 3}   # two\n" in found
    assert "worker:" not in found
    assert "# never more" in found


def test_line_ends_of_windows_are_kept() -> None:
    text = WRITTEN.replace("\n", "\r\n")
    found = _changed(text, domains=("a.test",), partners=("b.test",))
    assert "\n" not in found.replace("\r\n", "")


def test_what_leaves_no_room_is_refused() -> None:
    text = "{source: {kind: heroku, app: a}, target: {stack: s, environment: e, app: a}}\n"
    with pytest.raises(UsageError, match="without losing"):
        _changed(text, port=5000)


def test_a_draft_is_filled_value_by_value() -> None:
    draft = "# ours\nsource: {kind: heroku, app: a}\nregulated:   # ask Bo\ntarget:\n  stack: ''\n"
    found = settle(draft.encode())
    assert isinstance(found, Draft)
    assert [hole.id for hole in found.holes] == [
        "target.environment",
        "target.app",
        "regulated",
    ]
    assert [hole.line for hole in found.holes] == [4, 4, 3]
    wanted = {
        "source": {"kind": "heroku", "app": "a"},
        "regulated": True,
        "target": {"stack": "", "environment": "e", "app": None},
    }
    half = rewrite(draft, wanted)
    assert "regulated: true   # ask Bo\n" in half
    again = settle(half.encode())
    assert isinstance(again, Draft)
    assert [hole.id for hole in again.holes] == ["target.app"]


def test_a_draft_explains_what_is_open() -> None:
    text = write_document({"format": 1, "regulated": None}, {"regulated": "Is it?\nyes: so"})
    assert "# Is it?\n# yes: so\nregulated:\n" in text
    assert isinstance(settle(text.encode()), Draft)


def test_the_written_plan_reads_as_people_expect() -> None:
    scenario = Path("providers/sandbox/scenarios/acme_clinic/next_commit/moveday.yaml")
    plan = parse_plan(scenario.read_bytes())
    golden = Path(__file__).parent / "golden" / "acme-clinic.yaml"
    assert write_document(plan_document(plan)) == golden.read_text()


@given(st.text("abfy:{}[]-#'\"\n \t&*!|>%@`?,~<.0123e\x00\ud7ffé\u2028", max_size=60))
@settings(max_examples=150, deadline=None)
def test_broken_text_is_named_with_its_line_and_never_a_traceback(text: str) -> None:
    try:
        found = settle(text.encode("utf-8", "surrogatepass"))
    except UsageError as error:
        assert "line " in str(error)
    else:
        assert isinstance(found, Plan | Draft)


@given(st.binary(max_size=40))
@settings(max_examples=80, deadline=None)
def test_broken_bytes_are_named_with_their_line(raw: bytes) -> None:
    try:
        settle(raw)
    except UsageError as error:
        assert "line " in str(error)


@given(plans(), st.data())
@settings(max_examples=40, deadline=None)
def test_a_plan_with_a_piece_torn_out_is_judged_not_crashed_on(
    plan: Plan, data: st.DataObject
) -> None:
    text = write_document(plan_document(plan))
    begin = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(begin, len(text)))
    try:
        settle(
            (
                text[:begin] + data.draw(st.sampled_from(["", "]", "\\", "'", "? "])) + text[end:]
            ).encode()
        )
    except UsageError as error:
        assert "line " in str(error)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("port: !!int many\n", "line 1"),
        ("? [a, b]\n: c\n", "line 1"),
        ('a: "\\UFFFFFFFF"\n', "line 1"),
        ("a: 2026-99-99\n", "line 1, a: moveday knows no such setting"),
        ("[" * 5000, "nested too deeply"),
        ("x: \x07\n", "line 1: a character that no text has"),
        ("format:\n", "line 1, format"),
        ("a: 1\n---\nb: 2\n", "line 2"),
        ("commit: 1234567\nsource: {kind: h, app: a}\n", "put the value in quotes"),
    ],
)
def test_each_kind_of_trouble_has_its_words(text: str, told: str) -> None:
    with pytest.raises(UsageError) as caught:
        settle(text.encode())
    assert told in str(caught.value)


def test_the_document_of_a_plan_holds_no_defaults_but_the_first_sections() -> None:
    plan = Plan.model_validate(
        {
            "source": {"kind": "heroku", "app": "a"},
            "target": {"stack": "", "environment": "e", "app": "a"},
        }
    )
    assert list(plan_document(plan)) == ["format", "source", "target", "regulated", "downtime"]


def test_every_section_of_a_plan_has_its_words() -> None:
    assert set(SECTIONS) == set(Plan.model_fields)
