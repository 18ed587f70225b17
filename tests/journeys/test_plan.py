"""`moveday plan` as people use it: from a folder with remotes, answers, or at a terminal."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from providers.sandbox.scenarios.acme_clinic.repository_maker import make_repository
from tests.journeys.terminal import Terminal
from wizard.engine.plan_file import parse_plan, read_plan, settle
from wizard.model.draft import Draft

ROOT = Path(__file__).parents[2]
ENVIRON = {
    **{k: v for k, v in os.environ.items() if k not in ("HEROKU_API_KEY", "APTIBLE_ACCESS_TOKEN")},
    "PYTHONPATH": str(ROOT),
    "COLUMNS": "80",
    "LINES": "24",
}


def moveday(*words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run the command without a terminal."""
    return subprocess.run(
        [sys.executable, "-m", "wizard", *words],
        cwd=cwd,
        env=ENVIRON,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def app(tmp_path: Path) -> Path:
    """The sandbox's repository as a developer has it, before there is a plan."""
    checkout = make_repository(tmp_path / "made").checkout
    (checkout / "moveday.yaml").rename(tmp_path / "wanted.yaml")
    return checkout


def test_without_answers_the_open_questions_are_data_and_nothing_is_written(app: Path) -> None:
    done = moveday("plan", "--json", cwd=app)
    assert done.returncode == 4, done.stderr
    told = json.loads(done.stdout)
    asked = {question["id"]: question for question in told["open"]}
    assert "source.app" not in asked
    assert asked["source.staging"]["default"] == "acme-clinic-staging"
    assert all(question["why"] and question["outcomes"] for question in asked.values())
    assert "regulated" in done.stderr
    assert not (app / "moveday.yaml").exists()


ANSWERS = """\
regulated: yes
agreement: signed 2026-03-02, in the contracts folder (practice)
target.stack: acme-dedicated
downtime.budget_minutes: 10
databases:
  - {variable: DATABASE_URL, handle: acme-clinic-db}
  - variable: REDIS_URL
    handle: acme-clinic-cache
    engine: redis
    memory_mb: 512
    move_data: false
processes:
  web: {count: 2, memory_mb: 512}
  worker: {count: 1, memory_mb: 512}
  clock: {count: 1, memory_mb: 512}
domains: acme-clinic.test, www.acme-clinic.test
dns: {low_ttl: 5, restore_ttl: 30, rehearsal_name: rehearsal.acme-clinic.test}
smoke: {path: /healthz, expect: {status: ok}}
queues: [{name: jobs, waiting: SELECT count(*) FROM jobs WHERE done_at IS NULL}]
operator_ips: [127.0.0.1]
hold_back: [SENDGRID_USERNAME, SENDGRID_PASSWORD, PARTNER_DATABASE_URL]
"""


def test_answers_make_the_plan_that_a_person_would_have_written(app: Path, tmp_path: Path) -> None:
    wanted = parse_plan((tmp_path / "wanted.yaml").read_bytes())
    (tmp_path / "answers.yaml").write_text(ANSWERS)
    done = moveday("plan", "--answers", str(tmp_path / "answers.yaml"), cwd=app)
    assert done.returncode == 0, done.stderr
    # What the mapping asks later is no part of these questions.
    later: dict[str, object] = {"variables": {}, "addons": {}, "jobs": (), "partners": ()}
    assert read_plan(app)[0] == wanted.model_copy(update=later)
    assert "source.app: acme-clinic" in done.stdout
    assert "from the git remote heroku" in done.stdout
    assert "unknown until sign-in" in done.stdout
    again = moveday("plan", "--json", cwd=app)
    assert again.returncode == 0, again.stderr
    assert not json.loads(again.stdout)["written"]
    document = moveday("report", "--plan", cwd=app)
    assert document.returncode == 0, document.stderr
    assert document.stdout.startswith("# Plan: acme-clinic moves to Aptible")
    assert "today? " in moveday("status", cwd=app).stdout


def test_what_nobody_can_use_is_refused_by_name(app: Path, tmp_path: Path) -> None:
    answers = tmp_path / "answers.yaml"
    answers.write_text("regulated: no\nregulatd: yes\n")
    done = moveday("plan", "--answers", str(answers), cwd=app)
    assert done.returncode == 2
    assert "answers.yaml, line 2: there is no question “regulatd”" in done.stderr
    assert "did you mean regulated?" in done.stderr
    assert not (app / "moveday.yaml").exists()


def test_a_plan_sent_ahead_asks_exactly_what_is_open(app: Path, tmp_path: Path) -> None:
    sent = tmp_path / "for-the-clinic.yaml"
    done = moveday("plan", "--send-ahead", str(sent), "--json", cwd=app)
    assert done.returncode == 0, done.stderr
    asked = {question["id"] for question in json.loads(done.stdout)["open"]}
    text = sent.read_text()
    assert "regulated:\n" in text and "# Why: Aptible's shared stacks" in text

    file = app / "moveday.yaml"
    file.write_text(text)
    draft = settle(text.encode())
    assert isinstance(draft, Draft)
    assert {hole.id for hole in draft.holes} == asked
    opened = moveday("plan", "--json", cwd=app)
    assert opened.returncode == 4
    assert {question["id"] for question in json.loads(opened.stdout)["open"]} == asked

    file.write_text(text.replace("regulated:\n", "regulated: no   # says Dr. Ada\n"))
    (tmp_path / "rest.yaml").write_text("downtime.window: Saturday night\n")
    done = moveday("plan", "--answers", str(tmp_path / "rest.yaml"), cwd=app)
    assert done.returncode == 0, done.stderr
    assert "regulated: no   # says Dr. Ada\n" in file.read_text()
    plan, _ = read_plan(app)
    assert (plan.regulated, plan.downtime.window) == (False, "Saturday night")


def test_a_person_answers_at_a_terminal_and_a_wrong_answer_is_asked_again(app: Path) -> None:
    terminal = Terminal("plan", environ=ENVIRON, cwd=app)
    try:
        terminal.expect("? Is there a staging app")
        terminal.expect("[Enter: acme-clinic-staging]: ")
        terminal.type("acme-clinic")
        terminal.expect("staging must be another app")
        terminal.expect("[Enter: acme-clinic-staging]: ")
        terminal.type("")
        terminal.expect("? Does the app hold regulated data")
        terminal.expect("why: ")
        terminal.expect("yes or no: ")
        terminal.type("")
        terminal.expect("cannot be left out")
        terminal.expect("yes or no: ")
        terminal.type("yes")
        terminal.expect("? Is the agreement (BAA) with Aptible signed?")
        terminal.expect("[Enter: leave it empty]: ")
        terminal.press("\x03")
        assert terminal.end() == 130
        assert terminal.sane()
    finally:
        terminal.close()
    # What was answered is kept; what was not stands empty, and is asked the next time.
    draft = settle((app / "moveday.yaml").read_bytes())
    assert isinstance(draft, Draft)
    assert draft.document["regulated"] is True
    assert "agreement" in {hole.id for hole in draft.holes}
    terminal = Terminal("plan", environ=ENVIRON, cwd=app)
    try:
        terminal.expect("? Is the agreement (BAA) with Aptible signed?")
        for question, prompt in (
            ("", "[Enter: leave it empty]: "),
            ("? Which Aptible plan", "[Enter: undecided]: "),
            ("? On which Aptible stack", "[Enter: leave it empty]: "),
            ("? For how many minutes", "[Enter: 30]: "),
            ("? Which time was announced", "[Enter: leave it empty]: "),
            ("? Is there a spare name", "[Enter: leave it empty]: "),
            ("? Which page", "[Enter: /]: "),
        ):
            terminal.expect(question)
            terminal.expect(prompt)
            terminal.type("")
        assert terminal.end() == 0
        assert "today? not today, and no day can be named yet" in terminal.seen
        widest = max(len(line) for line in terminal.seen.splitlines())
        assert widest <= 80
    finally:
        terminal.close()
    assert read_plan(app)[0].regulated
