"""The report: complete, honest, and nothing in it is markup that came from outside."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from tests.wizard.forecast.samples import NOON, TASKS, run
from tests.wizard.reports.samples import PLAN, entries, inventory, live_run, mapping
from wizard.forecast.model import forecast
from wizard.model.runs import Run
from wizard.reports.build import Report, build_report
from wizard.safety.redact import Redactor


def build(folder: Path, text: str = "acme", *, live: Run | None = None) -> Report:
    found, head = entries(folder, text)
    rehearsals = [
        run(1, maintenance_on=2, move=100, verify=20),
        run(2, maintenance_on=2, move=90, verify=20, void="the laptop slept"),
    ]
    prospect = forecast(rehearsals, tasks=TASKS, budget_minutes=30)
    runs = [*rehearsals, live] if live else rehearsals
    at = datetime(2026, 5, 8, 13, tzinfo=UTC)
    return build_report(
        PLAN, inventory(text), runs, prospect, found, head, at, mapping=mapping(text)
    )


def test_the_whole_story_is_told(tmp_path: Path) -> None:
    report = build(tmp_path, live=live_run())
    text = report.markdown
    for line in [
        "Result: **moved**",
        "| service ready: the new side answers | 2 min 22 s |",
        "| by the book done: the old TTL has run out everywhere | not measured |",
        "one sample",
        "- Announced: 30 min, window Monday noon",
        "- Actual: 3 min 10 s, within what was announced",
        "| move the data | 1 min 40 s | 1 min 40 s to 1 min 40 s | measured (real) | 1 min 50 s |",
        "- Way back, as timed: 4.0 s\n",
        "The data move of run 3, phase by phase",
        "| copy | 0.0 s | 1 min 50 s |",
        "| public.visits | 400000 | 400000 | same | same |",
        "Verdict of run 3 (live): **passed**, 4 items compared in 12 s.",
        "Ada: scale acme-clinic: users notice (2 times) (consent)",
        "a check was overridden: staging",
        "a task failed and was tried again or given up: move: the tunnel dropped",
        "a difference is explained: pg\\_stat: not on Aptible",
        "a run does not count: run 2: the laptop slept",
        "it could not be read: log drains",
        "NOT: a letter",
        "\\_acme-challenge.www\\.acme-clinic.test must stay for good",
        "holds regulated data (PHI)",
        "- Process acme: 1 before, 1 after",
        "29.00 a month. It is shared with other-app",
        "Put the old TTL back (3600 s)",
        "On the new side: 85.00 US dollars a month, and what is unknown: web.",
        "| add-ons | acme | replaced: acme | A2: acme | 29.00 |",
        "- Left open: scheduler: acme",
        "SENDGRID\\_API\\_KEY",
        f"    {report.document['journal']['head']}",  # type: ignore[index]
        "made from a journal of 8 lines",
    ]:
        assert line in text, line
    assert "compliant" not in text.lower()
    assert "HIPAA" not in text
    assert json.loads(report.json) == report.document


def test_a_difference_is_loud(tmp_path: Path) -> None:
    text = build(tmp_path, live=live_run(result="different")).markdown
    assert "**not passed**" in text
    assert "- **different**: checksum of public.visits" in text


def test_without_a_live_run_nothing_is_claimed(tmp_path: Path) -> None:
    report = build(tmp_path)
    assert "Result: **not moved yet**" in report.markdown
    assert "The data were **not verified**." in report.markdown
    assert "- Actual: not measured" in report.markdown
    empty = build_report(PLAN, None, [], None, [], "0" * 64, NOON)
    assert "Forecast: none was made" in empty.markdown
    assert "Add-ons are unknown" in empty.markdown


@pytest.mark.parametrize(
    ("outcome", "words"), [("rolled-back", "runs on the old side"), ("failed", "broken off")]
)
def test_a_move_that_did_not_end_well_says_so(tmp_path: Path, outcome: str, words: str) -> None:
    report = build(tmp_path, live=live_run().model_copy(update={"outcome": outcome}))
    assert words in report.markdown
    assert "**moved**" not in report.markdown


def test_over_budget_is_said(tmp_path: Path) -> None:
    slow = run(3, mode="live", maintenance_on=3, move=1900, verify=22)
    text = build(tmp_path, live=slow).markdown
    assert "over what was announced" in text


def test_no_secret_reaches_the_report(tmp_path: Path) -> None:
    redactor = Redactor()
    redactor.learn("pa|ss*wo_rd")
    found, head = entries(tmp_path, "postgres://u:pa|ss*wo_rd@h/d")
    report = build_report(PLAN, None, [], None, found, head, NOON, redact=redactor.redact)
    assert "wo" not in report.markdown.split("accept")[1].split("(answer)")[0]
    assert "pa|ss" not in report.json


def test_a_password_that_is_a_word_of_ours_breaks_no_report(tmp_path: Path) -> None:
    redactor = Redactor()
    redactor.learn("others", "verdict", "measured", "hunter2-secret")
    found, head = entries(tmp_path, "hunter2-secret")
    runs = [live_run()]
    report = build_report(PLAN, inventory(), runs, None, found, head, NOON, redact=redactor.redact)
    assert "also compared" in report.markdown
    assert "hunter2" not in report.json


PARSER = MarkdownIt("gfm-like")
assert PARSER.linkify is not None
# GitHub does not make links of bare names such as public.al; this reader would.
PARSER.linkify.set({"fuzzy_link": False, "fuzzy_email": False, "fuzzy_ip": False})


def shape(markdown: str) -> list[str]:
    """What a Markdown reader makes of a text: every element, without the words."""

    def walk(tokens: list[Token]) -> list[str]:
        found = []
        for token in tokens:
            if token.type not in ("text", "inline"):
                found.append(token.type)
            found.extend(walk(token.children or []))
        return found

    return walk(PARSER.parse(markdown))


@pytest.fixture(scope="module")
def calm_shape(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    folder = tmp_path_factory.mktemp("calm")
    return shape(build(folder, "calm", live=live_run("public.calm")).markdown)


hostile = st.text(
    alphabet=st.one_of(
        st.sampled_from("|`*_[]()<>!#-+=~&\\\n\t :/.@$1x\x1b\u202e"), st.characters()
    ),
    min_size=1,
    max_size=40,
)


@given(text=hostile)
@example(text="[click](https://evil.test)")
@example(text="x | y | z")
@example(text="<script>alert(1)</script>")
@example(text="![i](x)")
@example(text="https://evil.test")
@example(text="www.evil.test")
@example(text="`code` **bold** __b__ ~~s~~")
@example(text="# heading\n\n- item")
@example(text="1. one")
@example(text="- - -")
@example(text="&lt;b&gt;")
@example(text="\\")
@example(text="[x]: https://evil.test")
@settings(max_examples=60, deadline=timedelta(seconds=5))
def test_outside_text_stays_text(
    calm_shape: list[str], tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    live = live_run(f"public.{text}")
    found = build(tmp_path_factory.mktemp("hostile"), text, live=live)
    assert shape(found.markdown) == calm_shape
    assert "\x1b" not in found.markdown + found.json
