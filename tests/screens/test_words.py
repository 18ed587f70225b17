"""Text that is told every second: it takes the room it needs, and moves nothing without need."""

import pytest
from textual.app import App, ComposeResult
from textual.content import Content
from textual.pilot import Pilot
from textual.style import Style

from screens.widgets.words import Words


class Page(App[None]):
    """One text of 20 cells, as high as it has to be."""

    CSS = "Words { width: 20; height: auto; }"

    def __init__(self) -> None:
        super().__init__()
        self.layouts = 0

    def compose(self) -> ComposeResult:
        yield Words("at work for 1 s", markup=False)

    def on_mount(self) -> None:
        self.screen.screen_layout_refresh_signal.subscribe(self, lambda _: self._laid_out())

    def _laid_out(self) -> None:
        self.layouts += 1


async def told(pilot: Pilot[None], page: Page, text: str | Content) -> tuple[int, int, str]:
    """The text's height, how often the screen was laid out for it, and what stands there."""
    await pilot.pause()
    before, words = page.layouts, page.query_one(Words)
    words.update(text)
    await pilot.pause()
    await pilot.pause()
    lines = "\n".join(words.render_line(y).text.rstrip() for y in range(words.size.height))
    return words.size.height, page.layouts - before, lines


@pytest.mark.parametrize(
    ("text", "height", "laid_out"),
    [
        ("at work for 1 s", 1, False),  # the same
        ("at work for 2 s", 1, False),
        ("at work", 1, False),
        ("at work\nfor 2 s", 2, True),
        ("at work for 2 minutes", 2, True),  # folded, at 20 cells
        ("漢字漢字漢字漢字漢字漢", 2, True),  # 11 letters, 22 cells
        ("", 1, False),
    ],
)
async def test_a_screen_is_laid_out_when_a_text_takes_other_room(
    text: str, height: int, laid_out: bool
) -> None:
    page = Page()
    async with page.run_test(size=(40, 10)) as pilot:
        now, layouts, shown = await told(pilot, page, text)
        assert (now, layouts > 0) == (height, laid_out)
        assert shown.replace("\n", "").replace(" ", "") == text.replace("\n", "").replace(" ", "")
        # And back, from a folded one too.
        assert (await told(pilot, page, "at work for 3 s"))[0::2] == (1, "at work for 3 s")


async def test_the_same_letters_in_another_style_are_drawn() -> None:
    page = Page()
    async with page.run_test(size=(40, 10)) as pilot:
        words = page.query_one(Words)
        await told(pilot, page, Content("keys"))
        plain = words.render_line(0)
        await told(pilot, page, Content.styled("keys", Style(bold=True)))
        assert words.render_line(0) != plain
