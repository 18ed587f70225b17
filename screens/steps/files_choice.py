"""Choosing on the files' screen: a whole file, or hunk by hunk what is taken and left out."""

from typing import Literal

from textual.widgets import OptionList

from screens.actions import Action
from screens.base import StepScreen
from screens.widgets.diff_view import DiffView
from wizard.generate.hunks import hunks_of
from wizard.model.files import GeneratedFile, Proposal
from wizard.steps import FILES
from wizard.steps.files_acts import kept
from wizard.steps.files_hunks import as_chosen, change_of, choose_hunk, left_out, share_words
from wizard.steps.files_mine import FileDecision, keep_mine, kept_mine

BY = "person at the screen"
TO_HUNKS = (
    Action("next-hunk", "j", "hunk(1)", "Next hunk", "go to the next hunk of this file"),
    Action("take-hunk", "t", "take('taken')", "Take hunk", "take this hunk: it will be written"),
    Action("leave-hunk", "d", "take('left')", "Leave out", "leave this hunk out of the file"),
)
FROM_HUNKS = (
    Action("hunk-before", "k", "hunk(-1)", "Hunk before", "go to the hunk before, in this file"),
)
_HUNKS = frozenset(action.id for action in (*TO_HUNKS, *FROM_HUNKS))


class FilesChoice(StepScreen):
    """What of the proposal is taken: all of it is in the journal, so it is there again next time.

    Only which hunk is in hand is the screen's own.
    """

    step = FILES

    def __init__(self) -> None:
        super().__init__()
        self._explained = False
        self._in_hand: tuple[str, int] = ("", 1)

    def proposal(self) -> Proposal | None:
        """The proposal that was made last."""
        found = kept(self.session) if self.session is not None else None
        return found.proposal if found else None

    def mine(self) -> frozenset[str]:
        """The files that the person keeps as they are."""
        return kept_mine(self.session.journal.entries) if self.session else frozenset()

    def taken(self) -> tuple[GeneratedFile, ...]:
        """The changed files that would be written, with the hunks that are taken."""
        found = self.proposal()
        if found is None or self.session is None:
            return ()
        mine, entries = self.mine(), self.session.journal.entries
        chosen = (as_chosen(entries, file) for file in found.changes if file.path not in mine)
        return tuple(file for file in chosen if file is not None)

    def share(self, file: GeneratedFile) -> str:
        """How much of a file is taken, "" for all of it."""
        return share_words(self.session.journal.entries, file) if self.session else ""

    def file(self) -> GeneratedFile | None:
        """The file under the cursor."""
        proposal, place = self.proposal(), self.query_one("#file-list", OptionList).highlighted
        files = proposal.files if proposal else ()
        return files[place] if place is not None and place < len(files) else None

    def out(self, file: GeneratedFile) -> frozenset[int]:
        """The hunks of a file that are left out."""
        return left_out(self.session.journal.entries, file) if self.session else frozenset()

    def here(self, file: GeneratedFile) -> int:
        """The hunk in hand, from 1; the first one when something else was shown before."""
        change, number = self._in_hand
        return number if change == change_of(file) else 1

    def hunk_live(self, action: Action) -> bool | None:
        """Whether a key for hunks does something now; None for any other key."""
        if action.id not in _HUNKS:
            return None
        file = self.file()
        if file is None or not file.changed or self._explained or file.path in self.mine():
            return False
        here, total = self.here(file), len(hunks_of(file))
        left = here in self.out(file)
        return {
            "next-hunk": here < total,
            "hunk-before": here > 1,
            "take-hunk": left,
            "leave-hunk": not left,
        }[action.id]

    def show_file(self) -> None:
        """The diff or the evidence of the file under the cursor."""
        file, view = self.file(), self.query_one(DiffView)
        if file is None:
            view.tell(None, explained=False)
            return
        here = self.here(file)
        another = self._in_hand[0] != change_of(file)
        self._in_hand = (change_of(file), here)
        out = (
            frozenset(h.number for h in hunks_of(file))
            if file.path in self.mine()
            else self.out(file)
        )
        view.tell(file, explained=self._explained, out=out, here=here)
        if another:
            view.show_hunk(1)

    def action_hunk(self, by: int) -> None:
        """To the hunk after this one, or before it."""
        file = self._choosable()
        if file is None:
            return
        total, here = len(hunks_of(file)), self.here(file)
        if not 1 <= here + by <= total:
            self.say(f"there are no more hunks: this is {here} of {total}")
            return
        self._in_hand = (change_of(file), here + by)
        self.show_file()
        self.query_one(DiffView).show_hunk(here + by)
        left = here + by in self.out(file)
        now = "left out; t takes it" if left else "taken; d leaves it out"
        self.say(f"hunk {here + by} of {total} is {now}")
        self._draw_keys()

    def action_take(self, how: Literal["taken", "left"]) -> None:
        """Take the hunk in hand, or leave it out."""
        file = self._choosable()
        if file is None or self.session is None:
            return
        here, taken = self.here(file), how == "taken"
        words = "taken" if taken else "left out"
        if (here in self.out(file)) != taken:
            self.say(f"hunk {here} is {words} already")
            return
        choose_hunk(self.session, file, here, taken, BY)
        self.say(f"hunk {here} of {file.path} is {words}; u takes that back")
        self._draw_all()

    def _choosable(self) -> GeneratedFile | None:
        """The file under the cursor when its hunks can be chosen; else the reason is said."""
        file = self.file()
        if file is None or not file.changed:
            self.say("there is no hunk here to choose")
        elif file.path in self.mine():
            self.say(f"yours is kept: m takes what is proposed for {file.path}, then its hunks")
        elif self._explained:
            self.say("y shows the hunks again")
        else:
            return file
        return None

    def action_keep(self) -> None:
        """Keep the person's own file, or take the proposal after all."""
        file = self.file()
        if file is not None and file.changed and self.session is not None:
            keep_mine(self.session, file.path, file.path not in self.mine(), BY)
            self._draw_all()


def undone_words(found: FileDecision) -> str:
    """What the choice that was taken back is now."""
    if found.kind == "hunk":
        now = "taken" if found.mine else "left out"
        return f"taken back: hunk {found.hunk} of {found.path} is {now} again"
    return f"taken back: {found.path} is {'taken' if found.mine else 'yours'} again"
