"""A person who has never seen it moves the sandbox's app, and presses only what the screens say.

Each line of a day is (what is read on the screen, the keys pressed then): a key that no screen
explains would leave the walk standing. Dialogues end with a line that names their keys. Three days:
a plan is made and everything read; the new side is built and the move rehearsed, both with trouble;
the move itself. What is left is compared with a run without screens.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys.sandbox_process import SandboxProcess, moveday, passed, run_sandbox
from tests.screens.records import entries_of, proven_tasks, report_of, shape, status_of
from tests.screens.replay import replay
from tests.screens.walker import Line, doors_on, fill, press, wizard_open

pytestmark = [pytest.mark.timeout(1200), pytest.mark.first]

CHOOSE = "up, down, enter: choose"
CONFIRM = "tab, then enter: choose"
NAME = "type the name in full, then tab to Go, enter"
YES = ("tab", "enter")


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxProcess]:
    """The smallest sandbox; old copies of its names are kept for 6 s."""
    place = tmp_path_factory.mktemp("walk")
    with run_sandbox(place, "--no-visitors", "--ttl", "6", size=1) as running:
        yield running


def confirm(question: str, patience: float = 160.0) -> Line:
    """A yes or no: the cursor stands on no."""
    return press((question, CONFIRM), *YES, patience=patience)


def you(task: str, patience: float = 160.0) -> Line:
    """Something only a person can do; in practice, x lets somebody do it."""
    return press((f"YOU: {task}", "x Play"), "x", patience=patience)


def first_day(heroku_token: str, aptible_token: str) -> list[Line]:
    """Plan, sign-in, inventory, mapping, files."""
    return [
        press(("Plan you", "Answer 8", "a Answer"), "a"),
        press(("Is there a staging app", "acme-clinic-staging", "enter: save"), "enter"),
        press(("Does the app hold regulated data", CHOOSE), "down", "enter"),  # wrong: see below
        press(("Which Aptible plan has been chosen?", CHOOSE), "down", "down", "down", "enter"),
        fill("On which Aptible stack shall it run?", "acme-dedicated"),
        press(("For how many minutes", "enter: save"), "enter"),
        fill("Which time was announced", "Saturday, 22:00 to 22:30"),
        fill("Is there a spare name", "rehearsal.acme-clinic.test"),
        fill("Which page shows that the app works?", "/healthz"),
        press(("Sign in you", "not signed in", "t Keep in"), "t"),
        press(("this session only, in memory", "s Sign in"), "s"),
        press(("How do you sign in to Heroku?", "a token of your own", CHOOSE), "enter"),
        fill("Heroku token", heroku_token),
        press(("next: Aptible", "s Sign in"), "s"),
        press(("How do you sign in to Aptible?", "an access token", CHOOSE), "down", "enter"),
        fill("Aptible access token", aptible_token),
        press(("Inventory ready", "Nothing was read yet. r reads"), "r"),
        press(("Inventory done", "need attention", "1 Plan"), "1"),
        # The answer that was wrong: this app's data is regulated.
        press(("regulated data no", "e Change"), "down", "down", "down"),
        press(("Does the app hold regulated data", "e Change"), "e"),
        press(("Does the app hold regulated data", CHOOSE), "up", "enter"),
        fill("Is the agreement (BAA) with Aptible signed?", "signed 2026-03-02, contracts folder"),
        press(("the move is open", "4 Mapping"), "4"),
        press("Nothing was mapped yet. r works it out", "r"),
        press(("Answer 7", "a Answer"), "a"),
        press(("(DATABASE_URL) move to a managed", CHOOSE), "enter"),
        press(("(REDIS_URL) move to a managed", CHOOSE), "enter"),
        press(("not have before you accept it?", "enter: save"), "enter"),
        press(("What becomes of the add-on", CHOOSE), "enter"),
        fill("Which jobs does scheduler", "none"),
        press(("Does acme-clinic.test move", CHOOSE), "enter"),
        press(("Does www.acme-clinic.test move", CHOOSE), "enter"),
        press(("Mapping done", "n Next"), "n"),
        press("Nothing was looked at yet. r looks", "r"),
        press(("Files done", "Dockerfile", "y Evidence"), "y"),
        press(("Files done", "q Quit"), "q"),
    ]


SECOND_DAY = [
    # It opens where it was left.
    press(("Deploy ready", "throw-away database", "d Deploy"), "d"),
    confirm("Make acme-clinic in environment acme-clinic on"),
    press(("failed at Aptible", "Retry", CONFIRM), *YES),
    press(("Deploy done", "Deploy: ended", "n Next"), "n"),
    press(("Rehearsal ready", "g Rehearse"), "g"),
    # The yes to the deploy was one to the deploy.
    confirm("Make scratch databases for a rehearsal?"),
    press(("YOU: TTL lowered", "k Stop"), "k"),
    press(("a person's task is open", "esc: close"), "escape"),
    # Not rehearsed to its end: the cutover says no.
    press(("8 Cutover",), "8"),
    press(("g Go",), "g"),
    press(("NO-GO", "rehearsed to its end", "esc: nothing is begun"), "escape"),
    press(("7 Rehearsal failed", "nothing was rehearsed to its end"), "7"),
    press(("7 Rehearsal", "g Rehearse"), "g"),
    confirm("Make scratch databases for a rehearsal?"),
    you("TTL lowered"),
    confirm("Start the rehearsal?"),
    confirm("Would you accept the new side?", patience=600),
    you("switch the names to the new side"),
    you("put the records back as they were"),
    press(("Rehearsal done", "one sample", "q Quit"), "q", patience=480),
]

THIRD_DAY = [
    press(("Cutover ready", "USERS: nothing is down", "g Go"), "g"),
    press(("Begin the cutover?", CONFIRM), *YES),
    you("TTL lowered"),
    you("certificate records in DNS"),
    # The name of another app of theirs: Go stays shut until it is right.
    fill("Type the app's name:", "acme-clinic-staging", "tab"),
    press(
        (NAME, "Go: name not complete yet"), "shift+tab", "end", *["backspace"] * len("-staging")
    ),
    press((NAME, "acme-clinic goes down for its users"), "tab", "tab", "enter"),
    confirm("On the scheduler's page, note every job"),
    confirm("Accept the new side?", patience=600),
    you("switch the names to the new side"),
    press(("Cutover done", "everything is done", "n Next"), "n", patience=480),
    press(("Report ready", "w Write"), "w"),
    press(("Report done", "q Quit"), "q"),
]


async def test_a_stranger_moves_the_app_by_what_the_screens_say(
    sandbox: SandboxProcess, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SANDBOX_PANEL", sandbox.environ["SANDBOX_PANEL"])
    monkeypatch.setenv("MOVEDAY_PERSON_HOOK", f"{sys.executable} -m wizard sandbox person")
    app = sandbox.checkout()
    plan = app / "moveday.yaml"
    plan.unlink()
    tokens = sandbox.environ["HEROKU_API_KEY"], sandbox.environ["APTIBLE_ACCESS_TOKEN"]

    async with wizard_open(doors_on(sandbox, app, signed_in=False)) as walker:
        await walker.walk(first_day(*tokens))
        await walker.left()
    kept = (app / ".moveday" / "journal.jsonl").read_text() + plan.read_text()
    assert not any(token in kept for token in tokens)
    assert re.search(r"^regulated: true$", plan.read_text(), re.MULTILINE), "the changed answer"
    # As the file itself says: "edit it as you like". A short TTL makes a short last wait.
    plan.write_text(plan.read_text().replace("\ndns:\n", "\ndns:\n  low_ttl: 3\n"))

    sandbox.fault("aptible.operation-fails", type="deploy")
    async with wizard_open(doors_on(sandbox, app, signed_in=True)) as walker:
        await walker.walk(SECOND_DAY)
        await walker.left()
    runs = [e["data"]["outcome"] for e in entries_of(app) if e["kind"] == "run-finished"]
    assert runs[-1] == "done"
    assert len(sandbox.effects("aptible", "app created")) <= 1

    async with wizard_open(doors_on(sandbox, app, signed_in=True)) as walker:
        await walker.walk(THIRD_DAY)
        await walker.left()

    whole = passed(moveday(sandbox, app, "verify-journal", "--json")).document
    assert (whole["ok"], whole["problems"]) == (True, [])
    headless = replay(tmp_path / "headless").folder
    assert status_of(sandbox, app) == status_of(sandbox, headless)
    for mode in ("rehearsal", "live"):
        assert proven_tasks(app, mode) == proven_tasks(headless, mode)
    told, before = report_of(sandbox, app), report_of(sandbox, headless, recorded=True)
    assert shape(told) == shape(before)
    for name in ("result", "ending", "regulated"):
        assert told[name] == before[name]
    assert told["proof"]["verdict"] == before["proof"]["verdict"]
    figures = told["outage"]
    assert 0 < figures["service_ready"] <= figures["switch_seen"] <= figures["book_done"]
    people = [task["title"] for task in told["person_tasks"]]
    assert "switch the names to the new side" in people
