"""Screen 5: the app's files as diffs with evidence; written only with a yes, and taken back."""

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.widgets import Button, OptionList, Static
from textual.widgets.option_list import Option

from screens.actions import Action
from screens.editor import edit
from screens.reason import reason_words
from screens.steps.files_choice import BY, FROM_HUNKS, TO_HUNKS, FilesChoice, undone_words
from screens.steps.files_words import commit_words, findings_words, row_of_file
from screens.widgets.diff_view import DiffView, explanation
from screens.work import Ended
from wizard.errors import MovedayError
from wizard.model.files import Proposal
from wizard.steps.files import FilesFound
from wizard.steps.files_acts import answer_open, kept, propose, take_back, write
from wizard.steps.files_mine import undo_mine


class FilesScreen(FilesChoice):
    """Files left, the diff of one right; below, what a person should know."""

    purpose = "Files: what the image is built from; written only with a yes"
    ACTIONS = (
        Action("propose", "r", "read", "Propose", "look at the repository again; changes nothing"),
        Action("answer", "a", "answer", "Answer", "answer what the repository leaves open"),
        Action("write", "w", "write", "Write", "write the files that are taken, with a backup"),
        Action("because", "y", "because", "Evidence", "why each line is there, or the diff again"),
        *TO_HUNKS,
        Action("keep", "m", "keep", "Keep mine", "leave this file as it is, or take it after all"),
        Action("edit", "o", "edit", "Editor", "open this file in your own editor"),
        *FROM_HUNKS,
        Action("undo", "u", "undo", "Undo", "take back the last choice, or the last write"),
    )
    AUTO_FOCUS = "#file-list"

    def __init__(self) -> None:
        super().__init__()
        self._answers: dict[str, str] = {}
        self._shown: tuple[tuple[str, bool, bool, str], ...] = ()

    def compose_body(self) -> ComposeResult:
        """Words, files beside the diff, what to know, buttons."""
        yield Static("", id="commit", markup=False)
        with Horizontal(id="files-and-diff"):
            yield OptionList(id="file-list")
            with VerticalScroll(id="diff-scroll"):
                yield DiffView()
        yield Static("", id="findings", markup=False)
        with Horizontal(classes="buttons"):
            yield Button("Propose", id="propose")
            yield Button("Answer", id="answer")
            yield Button("Write", id="write", variant="primary")

    def live(self, action: Action) -> bool:
        """Answering while something is open, writing while something is taken."""
        found = self.proposal()
        if (hunk := self.hunk_live(action)) is not None:
            return hunk
        if action.id == "answer":
            return bool(found and found.questions)
        if action.id == "write":
            return bool(self.taken()) and not (found and found.questions)
        return action.id == "propose" or found is not None

    def draw(self) -> None:
        """From what was kept; the repository is read only when asked."""
        assert self.session is not None
        found, running = kept(self.session), self.state().state == "running"
        ended = self.move.desk.ended.get(self.step.id)
        if isinstance(ended, Ended) and isinstance(ended.result, FilesFound):
            proposal = ended.result.proposal
            self._answers = dict(proposal.answered) if proposal else self._answers
        self.query_one("#commit", Static).update(commit_words(found))
        proposal = found.proposal if found else None
        self._fill(proposal)
        self.query_one("#findings", Static).update(findings_words(proposal))
        count = len(proposal.questions) if proposal else 0
        answer = self.query_one("#answer", Button)
        nothing = "Nothing is open" if proposal else "Answer"
        answer.label = f"Answer {count} open" if count else nothing
        answer.refresh(layout=True)  # a longer label needs more room
        answer.disabled = running or not count
        self.query_one("#propose", Button).disabled = running
        self.query_one("#write", Button).disabled = running or bool(count) or not self.taken()

    def _fill(self, proposal: Proposal | None) -> None:
        files, mine = proposal.files if proposal else (), self.mine()
        rows = tuple((f.path, f.changed, f.path in mine, self.share(f)) for f in files)
        listed = self.query_one("#file-list", OptionList)
        if rows != self._shown:
            here = listed.highlighted or 0
            self._shown = rows
            listed.set_options([Option(Content(row_of_file(*row)), id=row[0]) for row in rows])
            listed.highlighted = min(here, len(rows) - 1) if rows else None
        self.show_file()

    @on(OptionList.OptionHighlighted, "#file-list")
    def _another_file(self) -> None:
        self.show_file()
        self._draw_keys()

    @on(Button.Pressed, "#propose")
    def action_read(self) -> None:
        """Look at the commit and the working tree again."""
        answers = dict(self._answers)
        self.move.start("files", "Looking at the files", lambda s: propose(s, answers))

    @on(Button.Pressed, "#answer")
    def action_answer(self) -> None:
        """Ask what is open."""
        self.move.start("files", "Questions of the files", answer_open(self._answers), "answer")

    def action_because(self) -> None:
        """Diff or evidence."""
        self._explained = not self._explained
        self.show_file()
        self._draw_keys()

    def action_edit(self) -> None:
        """The file as it is in the checkout."""
        file = self.file()
        if file is None or self.session is None:
            return
        try:
            edit(self.move, self.session.folder / file.path)
        except MovedayError as error:
            self.move.show_words(error.title, reason_words(error, self.step.id))
            return
        self.action_read()

    @on(Button.Pressed, "#write")
    def action_write(self) -> None:
        """Write what is taken; the engine asks first."""
        taken = self.taken()
        if taken:
            self.move.start("files", "Writing the files", write(taken, self._answers), "write")
        else:
            self.notify("there is nothing to write", markup=False)

    def action_undo(self) -> None:
        """Take back the last choice about a file, or bring back what was there before a write."""
        if self.session is None:
            return
        try:
            found = undo_mine(self.session, BY)
        except MovedayError as error:
            self.say(f"{error.title}: {error.detail}")
            return
        if found.kind != "write":
            self.say(undone_words(found))
            self._draw_all()
            return
        self.move.start("files", "Taking the files back", take_back, "undo")

    def copyable(self) -> str:
        """The diff, or the explanation."""
        file = self.file()
        if file is None:
            return super().copyable()
        return explanation(file) if self._explained else file.diff()


SCREEN = FilesScreen
