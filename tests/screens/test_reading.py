"""A text longer than its window is read to its end by keys, and says by which."""

from pathlib import Path

import pytest
from textual.app import App
from textual.screen import ModalScreen

import screens
from screens.dialogs.reading import MoreToRead, ReadingText
from screens.dialogs.summary import SummaryDialog
from screens.dialogs.trouble import TroubleDialog
from screens.dialogs.words import WordsDialog
from wizard.errors import OutsideError

STYLE = Path(screens.__file__).parent / "styles" / "dialogs.tcss"
LONG = "\n".join(f"line {number}" for number in range(1, 41))
SHORT = "one line"


def windows(text: str) -> list[ModalScreen[object]]:
    return [  # type: ignore[return-value]
        TroubleDialog(OutsideError("it broke", "why", text), "cutover"),
        SummaryDialog("Begin?", text, no="No", yes="Yes"),
        WordsDialog("By hand", text),
    ]


@pytest.mark.parametrize("kind", range(3))
async def test_its_end_is_reached_from_wherever_the_cursor_is(kind: int) -> None:
    app: App[None] = App(css_path=STYLE)
    async with app.run_test(size=(80, 24)) as pilot:
        window = windows(LONG)[kind]
        await app.push_screen(window)
        await pilot.pause()
        await pilot.pause()
        text, more = window.query_one(ReadingText), window.query_one(MoreToRead)
        assert more.display
        where = window.focused
        for key in ("down", "down", "up", "pagedown", "pagedown", "pagedown", "pagedown"):
            await pilot.press(key)
        assert text.scroll_y == text.max_scroll_y > 0
        assert window.focused is where

        await pilot.resize_terminal(80, 70)
        await pilot.pause()
        await pilot.pause()
        assert not more.display or text.max_scroll_y > 0


@pytest.mark.parametrize("kind", range(3))
async def test_nothing_is_said_where_all_of_it_is_seen(kind: int) -> None:
    app: App[None] = App(css_path=STYLE)
    async with app.run_test(size=(80, 24)) as pilot:
        window = windows(SHORT)[kind]
        await app.push_screen(window)
        await pilot.pause()
        await pilot.pause()
        assert not window.query_one(MoreToRead).display
