"""The terminal's window is closed in the middle of a rehearsal: it stops, the next one begins."""

import sys
from collections.abc import Iterator

import pytest

from tests.journeys.sandbox_process import SandboxProcess, environ_for, moveday, passed, run_sandbox
from tests.screens.pty_app import environ_of, pty_app
from tests.screens.records import entries_of, status_of
from wizard.engine.journal import FILE_NAME, verify

pytestmark = [
    pytest.mark.timeout(900),
    pytest.mark.long,
    pytest.mark.skipif(sys.platform == "win32", reason="needs a pty"),
]
YES = "\t\r"


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxProcess]:
    place = tmp_path_factory.mktemp("closed")
    with run_sandbox(place, "--no-visitors", "--ttl", "2", size=1) as running:
        yield running


def test_a_rehearsal_is_taken_back_and_can_begin_anew(sandbox: SandboxProcess) -> None:
    app = sandbox.checkout()
    for command in (("inventory",), ("map",), ("deploy", "--yes")):
        passed(moveday(sandbox, app, *command))
    environ = environ_of(app.parent) | environ_for(sandbox)
    with pty_app(app, environ) as screens:
        screens.expect("q Quit")
        screens.open("2", "reach both sides")
        screens.open("7", "on copies, with a clock")
        screens.press("g")
        screens.expect("Make scratch databases")
        screens.press(YES)
        screens.expect("Start the rehearsal?")
        screens.hang_up()
        assert screens.end() == 129
    begun = {e["key"] for e in entries_of(app) if e["kind"] == "intent"}
    assert "run-1/task/fresh-database" in begun
    assert verify(app / ".moveday" / FILE_NAME).ok
    # Closed and taken back at once, or left for the next one: never held by a process that is gone.
    ended = [e["data"]["outcome"] for e in entries_of(app) if e["kind"] == "run-finished"]
    assert ended == ["stopped"] or status_of(sandbox, app)["open_run"] is not None
    with pty_app(app, environ) as screens:
        screens.expect("q Quit")
        screens.open("2", "reach both sides")
        screens.open("7", "on copies, with a clock")
        screens.press("g")
        screens.expect("Make scratch databases")
        screens.press(YES)
        screens.expect("Start the rehearsal?")
        started = [e for e in entries_of(app) if e["kind"] == "run-started"]
        assert [e["data"]["number"] for e in started] == [1, 2]
        screens.hang_up()
        assert screens.end() == 129
    assert verify(app / ".moveday" / FILE_NAME).ok
