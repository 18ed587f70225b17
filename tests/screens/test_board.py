"""What a person sees and presses while users are down: the clock, a pause, who is called."""

import gzip
import json
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Button, Static

from screens.app import MovedayApp
from screens.dialogs.go import go_dialog
from screens.dialogs.leave import LeaveDialog
from screens.dialogs.question import QuestionDialog
from screens.dialogs.summary import SummaryDialog
from screens.steps.deploy_words import failure_words
from screens.widgets.table_bars import moving_bars
from screens.widgets.task_board import TaskBoard
from tests.screens.picture import opened, text_of, wait_for
from tests.screens.replay import RECORDINGS, replay
from tests.wizard.runbook.session_for_tests import open_test_session
from wizard.engine.at_work import AtWork
from wizard.engine.events import PersonNeeded
from wizard.engine.session import Session
from wizard.errors import OperationFailedError
from wizard.model.database import TableProgress
from wizard.runbook.begun import newest_label
from wizard.runbook.lines.followed import explained
from wizard.steps.before_go import before_go


def in_the_outage() -> str:
    """The line at which the recorded cutover began to move the data."""
    journal = gzip.decompress((RECORDINGS / "acme-clinic" / "journal.jsonl.gz").read_bytes())
    entries = [json.loads(line) for line in journal.splitlines()]
    live = [
        entry["data"]["number"]
        for entry in entries
        if entry["kind"] == "run-started" and entry["data"]["mode"] == "live"
    ]
    return f"intent run-{live[-1]}/task/move"


async def until_stopped(session: Session) -> None:
    session.at_work = AtWork(newest_label(session.journal.entries), 0)
    await session.stop.wait()


async def on_the_board(pilot: Pilot[None], app: MovedayApp) -> Session:
    """The board, with a cutover at work in the middle of the outage."""
    await opened(pilot, app)
    await pilot.press("8")
    await wait_for(pilot, lambda: app.current_mode == "cutover", "the board")
    app.start("cutover", "Cutover", until_stopped)
    await wait_for(pilot, lambda: app.desk.job is not None, "the work to begin")
    assert app.desk.session is not None
    return app.desk.session


@pytest.mark.parametrize("width", [60, 80])
async def test_what_is_down_since_when_and_how_far_production_was_touched_is_always_there(
    tmp_path: Path, width: int
) -> None:
    app = MovedayApp(replay(tmp_path, until=in_the_outage()))
    async with app.run_test(size=(width, 24)) as pilot:
        await on_the_board(pilot, app)
        now = "NOW: move the data"
        await wait_for(pilot, lambda: now in text_of(app), "what runs")
        first, *rest = text_of(app).splitlines()
        assert "PRACTICE" in first and "production was touched" in first
        assert any("DOWN since" in line for line in rest)
        assert any("abort within" in line or "way back" in line for line in rest)
        assert "m Sign" not in text_of(app), "no gate is waited for any more"


async def test_the_row_that_runs_stays_in_sight_when_a_long_request_comes(tmp_path: Path) -> None:
    app = MovedayApp(replay(tmp_path, until=in_the_outage()))
    async with app.run_test(size=(80, 24)) as pilot:
        await on_the_board(pilot, app)
        board = app.screen.query_one(TaskBoard)
        await wait_for(pilot, lambda: board.cursor_row > 0, "the board to follow")
        tall = board.size.height
        words = "\n".join(f"{number}. a step of many" for number in range(6))
        request = PersonNeeded("job-ready", "start it", "as it says", by_hand=words)
        await app.desk.bridge.ask_person(request)
        await wait_for(pilot, lambda: 0 < board.size.height < tall, "the board to shrink")

        def in_sight() -> bool:
            top = int(board.scroll_y)
            return top <= board.cursor_row < top + board.size.height - 1

        await wait_for(pilot, in_sight, "the row that runs")
        assert "how, in 6 steps: h shows them" in text_of(app)
        assert "3. a step of many" not in text_of(app), "the board keeps its room"


async def test_a_pause_in_the_outage_is_asked_about_and_no_is_where_the_cursor_is(
    tmp_path: Path,
) -> None:
    app = MovedayApp(replay(tmp_path, until=in_the_outage()))
    async with app.run_test(size=(80, 24)) as pilot:
        session = await on_the_board(pilot, app)
        await pilot.press("p")
        await wait_for(pilot, lambda: isinstance(app.screen, QuestionDialog), "the question")
        assert "prolongs the outage" in text_of(app)
        assert app.focused is not None and app.focused.id == "no"
        await pilot.press("escape")
        await wait_for(pilot, lambda: not isinstance(app.screen, QuestionDialog), "the board")
        assert not session.pause.asked
        await pilot.press("p")
        await wait_for(pilot, lambda: isinstance(app.screen, QuestionDialog), "the question")
        await pilot.press("tab", "enter")
        await wait_for(pilot, lambda: session.pause.asked, "the pause")
        await wait_for(pilot, lambda: "! PAUSED" in text_of(app), "the pause on the board")
        await pilot.press("p")
        await wait_for(pilot, lambda: not session.pause.asked, "going on")
        await pilot.press("p")
        await wait_for(pilot, lambda: isinstance(app.screen, QuestionDialog), "the question")
        session.stop.set()
        await wait_for(pilot, lambda: app.desk.job is None, "the work's end")
        await wait_for(pilot, lambda: not isinstance(app.screen, QuestionDialog), "no question")
        assert not session.pause.asked


async def test_nobody_leaves_without_hearing_that_users_are_down(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    app = MovedayApp(replay(tmp_path, until=in_the_outage()))
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(pilot, app)
        await pilot.press("q")
        await wait_for(pilot, lambda: isinstance(app.screen, LeaveDialog), "the question")
        assert "users are DOWN since" in text_of(app) and "Stop and leave" not in text_of(app)
        assert app.focused is not None and app.focused.id == "stay"
        await pilot.press("escape")
        await wait_for(pilot, lambda: not isinstance(app.screen, LeaveDialog), "staying")
        await pilot.press("q")
        await wait_for(pilot, lambda: isinstance(app.screen, LeaveDialog), "the question")
        await pilot.press("tab", "enter")
        await wait_for(pilot, lambda: app.return_code is not None, "the end")
    assert "USERS ARE DOWN since" in capsys.readouterr().err


async def test_a_persons_task_calls_once_and_the_title_goes_when_it_is_over(
    tmp_path: Path,
) -> None:
    app = MovedayApp(replay(tmp_path, until="evidence deployed"))
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(pilot, app)
        bells: list[bool] = []
        app.bell = lambda: bells.append(True)  # type: ignore[method-assign]
        await app.desk.bridge.ask_person(PersonNeeded("switch", "switch the names", "now"))
        for _ in range(3):
            app.attention.look()
        assert app.attention.title == "! you: switch the names - moveday"
        app.desk.bridge.waiting.clear()
        app.attention.look()
        assert (app.attention.title, len(bells)) == ("", 1)


async def test_no_go_names_every_closed_gate_and_cannot_be_pressed_past(tmp_path: Path) -> None:
    (tmp_path / "app").mkdir()
    session = open_test_session(tmp_path / "app")
    dialog = go_dialog(await before_go(session))
    session.journal.close()
    answers: list[bool | None] = []
    (tmp_path / "replay").mkdir()
    app = MovedayApp(replay(tmp_path / "replay", until="evidence deployed"))
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(pilot, app)
        app.push_screen(dialog, answers.append)
        await wait_for(pilot, lambda: isinstance(app.screen, SummaryDialog), "the summary")
        words = str(dialog.query_one("#words", Static).render())
        assert "✗ rehearsed to its end: nothing was rehearsed to its end" in words
        assert "Cannot be undone:" in words and "what to do:" in words
        assert app.focused is not None and app.focused.id == "no"
        assert dialog.query_one("#yes", Button).disabled
        await pilot.press("enter")
        await wait_for(pilot, lambda: bool(answers), "the answer")
        assert answers == [False]


def test_a_failed_deploy_says_what_to_do_before_what_was_printed() -> None:
    log = "Step 4/7 : RUN pip install\nToo much\nThe command 'pip' returned a non-zero code: 1"
    error = explained(OperationFailedError("deploy failed", log, "see the log", log=log))
    words = failure_words(error).splitlines()
    assert words[0].startswith("✗ deploy failed: a step of the Dockerfile failed")
    todo = next(n for n, line in enumerate(words) if line.startswith("→"))
    printed = next(n for n, line in enumerate(words) if line.startswith("  |"))
    assert todo < printed and words[-1].endswith("non-zero code: 1")


def test_the_largest_tables_show_how_far_each_is() -> None:
    done, under_way, waiting = moving_bars(
        [
            TableProgress(name="public.visits", done_bytes=900, total_bytes=900, copied=True),
            TableProgress(name="public.notes", done_bytes=400, total_bytes=800),
            TableProgress(name="public.\x1b[2Jodd", done_bytes=0, total_bytes=700),
        ]
    )
    assert done.startswith("✓ public.visits") and done.count("━") == 14
    assert under_way.startswith("▸ public.notes") and under_way.count("━") == 7
    assert "about 800 bytes" in under_way
    assert waiting.startswith("· public.odd") and "\x1b" not in waiting
