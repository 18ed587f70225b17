"""A cluster's app moves by keys: the same nine screens, the same runbook, a database out of reach.

Each line is (what is read on the screen, the keys pressed then), as in the walk of the Heroku app.
"""

import sys
from collections.abc import Iterator

import pytest

from tests.journeys.clinic import commit_files, quantities
from tests.journeys.sandbox_process import SandboxProcess, run_sandbox
from tests.screens.records import entries_of, report_of
from tests.screens.walker import Line, doors_on, fill, press, wizard_open

pytestmark = [pytest.mark.timeout(1200), pytest.mark.first]

CONFIRM = "tab, then enter: choose"
YES = ("tab", "enter")


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxProcess]:
    """The smallest clinic on MedStack."""
    words = ("--scenario", "northside-clinic", "--no-visitors", "--ttl", "3")
    with run_sandbox(tmp_path_factory.mktemp("clinic-walk"), *words, size=1) as running:
        yield running


def confirm(question: str, patience: float = 160.0) -> Line:
    return press((question, CONFIRM), *YES, patience=patience)


def you(task: str, patience: float = 240.0) -> Line:
    return press((f"YOU: {task}", "x Play"), "x", patience=patience)


def up_to_the_files(session_key: str) -> list[Line]:
    return [
        press("3 Inventory ready", "3"),
        press("Nothing was read yet. r reads", "r"),
        press(("Inventory done", "secret at /run/secrets/session"), "4"),
        press("Nothing was mapped yet. r works it out", "r"),
        # What nobody can read back is the only thing that is open: a asks for it.
        press(("Mapping you", "The value of SESSION_KEY", "a Answer"), "a"),
        fill("The value of SESSION_KEY", session_key),
        press(("Mapping done", "5 Files"), "5"),
        press("Nothing was looked at yet. r looks", "r"),
        press(("FROM registry.example.net/northside/portal", "w Write"), "w"),
        press(("Write Dockerfile, Procfile, .aptible/start into", CONFIRM), *YES),
        press("right as it is"),
    ]


UP_TO_THE_CUTOVER = [
    press("right as it is", "r"),
    press(("has: Dockerfile, Procfile", "6 Deploy"), "6"),
    press(("Deploy ready", "d Deploy"), "d"),
    confirm("Make portal in environment northside-clinic on"),
    press(("Deploy done", "n Next"), "n"),
    press(("Rehearsal ready", "g Rehearse"), "g"),
    confirm("Make scratch databases for a rehearsal?"),
    you("start the job beside the source"),
    # There is no second cluster: the app itself is never touched.
    confirm("Start the rehearsal? portal is only read"),
    confirm("Would you accept the new side?", patience=600),
    you("switch the names to the new side"),
    you("put the records back as they were"),
    press(("Rehearsal done", "one sample", "8 Cutover"), "8", patience=480),
]

THE_MOVE = [
    press(("USERS: nothing is down", "only walked through", "m Sign"), "m"),
    fill("Cut over without a whole rehearsal", "there is no second cluster to practise on"),
    press(("signed: cut over without", "g Go"), "g"),
    press(("Begin the cutover?", CONFIRM), *YES),
    you("certificate records in DNS"),
    press(("YOU: start the job beside the source", "postgres:", "c copies them"), "x"),
    fill("Type the app's name:", "portal", "tab", "tab", "enter"),
    confirm("Accept the new side?", patience=600),
    you("switch the names to the new side"),
    press(("Cutover done", "everything is done", "n Next"), "n", patience=480),
    press(("Report ready", "w Write"), "w"),
    press(("Report done", "q Quit"), "q"),
]


async def test_a_cluster_moves_by_what_the_screens_say(
    sandbox: SandboxProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("SANDBOX_PANEL", "SANDBOX_CONSOLE"):
        monkeypatch.setenv(name, sandbox.environ[name])
    monkeypatch.setenv("MOVEDAY_PERSON_HOOK", f"{sys.executable} -m wizard sandbox person")
    app = sandbox.checkout()
    before = quantities(sandbox)
    async with wizard_open(doors_on(sandbox, app, signed_in=True)) as walker:
        await walker.walk(up_to_the_files(sandbox.environ["SANDBOX_SESSION_KEY"]))
        commit_files(app)
        await walker.walk(UP_TO_THE_CUTOVER)
        rehearsed = quantities(sandbox)
        assert {name: rehearsed[name] for name in before} == before, "production was only read"
        await walker.walk(THE_MOVE)
        await walker.left()

    after = quantities(sandbox)
    assert [after[name] for name in ("portal", "worker", "scheduler")] == [0, 0, 0]
    runs = [e["data"]["outcome"] for e in entries_of(app) if e["kind"] == "run-finished"]
    assert runs == ["done", "done"], "a rehearsal and the cutover"
    told = report_of(sandbox, app)
    figures = told["outage"]
    assert 0 < figures["service_ready"] <= figures["switch_seen"] <= figures["book_done"]
    assert "start the job beside the source" in [task["title"] for task in told["person_tasks"]]
