"""The way back by keys: the new side is accepted, nothing is switched, and somebody says no."""

import json
import sys
from collections.abc import Iterator

import pytest

from tests.journeys.old_side import old_side
from tests.journeys.sandbox_process import SandboxProcess, moveday, passed, run_sandbox
from tests.screens.records import entries_of, report_of, status_of
from tests.screens.walker import doors_on, fill, press, wizard_open

pytestmark = [pytest.mark.timeout(1200), pytest.mark.first]

CONFIRM = "tab, then enter: choose"
NAME = "type the name in full, then tab to Go, enter"
YES = ("tab", "enter")

UP_TO_THE_SWITCH = [
    press(("Rehearsal ready", "8 Cutover"), "8"),
    press(("USERS: nothing is down", "m Sign"), "m"),
    fill("Cut over without a whole rehearsal", "another journey rehearses"),
    press(("signed: cut over without", "g Go"), "g"),
    press(("Begin the cutover?", CONFIRM), *YES),
    press(("YOU: certificate records in DNS", "x Play"), "x", patience=360),
    fill("Type the app's name:", "acme-clinic", "tab", "tab", "enter"),
    press(("On the scheduler's page", CONFIRM), *YES),
    press(("Accept the new side?", CONFIRM), *YES, patience=360),
    # What a person reads who is asked for the switch: users wait, and there are two keys out.
    press(("YOU: switch the names to the new side", "production was touched", "k Hold"), "k"),
    press(("a person's task is open", "esc: close"), "escape"),
]

AND_BACK = [
    press(("DOWN since", "g goes on, R rolls back"), "R"),
    press(("Take back cutover 1?", CONFIRM), *YES),
    fill("acme-clinic", "acme-clinik", "tab"),
    press((NAME, "Go: name not complete yet"), "shift+tab", "end", "backspace", "c"),
    press(NAME, "tab", "tab", "enter"),
    press(("Are the scheduled jobs of acme-clinic on again?", CONFIRM), *YES, patience=360),
    press(("TAKEN BACK", "q Quit"), "q", patience=360),
]


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxProcess]:
    """The smallest sandbox, its TTLs lowered long ago."""
    place = tmp_path_factory.mktemp("way-back")
    with run_sandbox(place, "--no-visitors", "--ttl", "2", size=1) as running:
        yield running


async def test_before_the_switch_users_come_back_to_the_old_side(
    sandbox: SandboxProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SANDBOX_PANEL", sandbox.environ["SANDBOX_PANEL"])
    monkeypatch.setenv("MOVEDAY_PERSON_HOOK", f"{sys.executable} -m wizard sandbox person")
    app = sandbox.checkout()
    passed(moveday(sandbox, app, "inventory"))
    passed(moveday(sandbox, app, "map"))
    passed(moveday(sandbox, app, "deploy", "--yes"))
    before = old_side(sandbox)

    async with wizard_open(doors_on(sandbox, app, signed_in=True)) as walker:
        await walker.walk(UP_TO_THE_SWITCH)
        frozen = old_side(sandbox)
        assert frozen["maintenance"] is True
        assert frozen["formation"]["worker"] == frozen["formation"]["clock"] == 0
        await walker.walk(AND_BACK)
        await walker.left()

    assert old_side(sandbox) == before
    ended = [e["data"] for e in entries_of(app) if e["kind"] == "run-finished"]
    assert [run["outcome"] for run in ended] == ["rolled-back"], json.dumps(ended)[:500]
    assert status_of(sandbox, app)["open_run"] is None
    told = report_of(sandbox, app)
    assert told["result"] == "rolled back: the app runs on the old side"
    again = moveday(sandbox, app, "rollback", "--confirm", "acme-clinic")
    assert again.code == 4
    assert "nothing to take back" in again.err
