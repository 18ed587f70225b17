"""The filter above a table: it takes the cursor only when somebody asks for it."""

from textual.events import Click
from textual.widgets import Input


class FilterInput(Input):
    """Letters are keys everywhere else, so the cursor must not fall in here by itself.

    Textual looks for the nearest widget when the one with the cursor is hidden for a moment, while
    a window is resized: in a field the keys of the step would then be typed as text.
    """

    def __init__(self, placeholder: str) -> None:
        super().__init__(placeholder=placeholder, id="find")
        self.can_focus = False

    def open(self) -> None:
        """Take the cursor."""
        self.can_focus = True
        self.focus()

    def on_click(self, event: Click) -> None:
        """A click asks for it as well."""
        self.open()

    def on_blur(self) -> None:
        """The next one has to ask again."""
        self.can_focus = False
