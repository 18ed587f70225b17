"""What the app shows beside a step: questions, words to read and to copy, the log, commands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import work
from textual.app import App

from wizard.errors import MovedayError
from wizard.safety.clean import clean

if TYPE_CHECKING:
    from screens.desk import Desk
    from screens.doors import Doors
    from wizard.model.question import Answer, Question
    from wizard.runbook.board import Row

_LONGEST = 400_000


class Asides(App[None]):
    """The app's dialogues; their modules are loaded when they are first needed."""

    desk: Desk
    doors: Doors

    async def put(self, question: Question) -> Answer | None:
        """Put a question of the engine to the person; None when they closed it."""
        from screens.dialogs.question import QuestionDialog

        return await self.push_screen_wait(QuestionDialog(question))

    def action_full_log(self) -> None:
        """Everything that was said."""
        from screens.dialogs.full_log import FullLog

        log = FullLog(tuple(self.desk.bridge.heard), f"{self.desk.folder}/journal.jsonl")
        self.push_screen(log, self._copy_if_any)

    def show_by_hand(self, row: Row | None, run: int | None, *, live: bool) -> None:
        """The official command for a task of the board."""
        from screens.by_hand import by_hand
        from screens.wanted import steps_of

        if row is None or self.desk.session is None:
            return
        told = steps_of(self.desk.bridge.waiting.get(row.task))
        command = told or by_hand(self.desk.session, row.task, run or 0, live=live)
        self.show_words(row.title, command)

    @work(group="person", exclusive=True, description="practice person")
    async def action_play_person(self) -> None:
        """Practice only: do outside what a person is asked to do."""
        from screens.dialogs.trouble import TroubleDialog

        wanted, play = self.desk.bridge.waiting_for, self.desk.doors.play_person
        if wanted is None or play is None:
            self.notify("nobody is waited for just now", markup=False)
            return
        try:
            await play(wanted)
        except MovedayError as error:
            self.push_screen(TroubleDialog(error, self.current_mode))

    def show_words(self, title: str, text: str) -> None:
        """A text to read, and to copy with `c`."""
        from screens.dialogs.words import WordsDialog

        self.push_screen(WordsDialog(title, text), self._copy_if_any)

    async def _copy_if_any(self, text: str | None) -> None:
        if text:
            await self.copy_text(text)

    async def copy_text(self, text: str) -> None:
        """Hand `text` to the clipboard, and to a file."""
        from screens.clipboard import copy_out

        # What is pasted into a shell can do more harm than what is shown.
        text = "\t".join(clean(part, _LONGEST, lines=True) for part in text.split("\t"))
        self.copy_to_clipboard(text)
        self.notify(await copy_out(text, self.desk.doors.folder / ".moveday"), markup=False)
