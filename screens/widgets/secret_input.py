"""A field for a secret: never shown, never copied, one line only, emptied when it was used."""

from textual import events
from textual.widgets import Input

_LONGEST = 16_384


class SecretInput(Input):
    """A masked field. Textual's own would copy the clear text with ctrl+c and ctrl+x."""

    def __init__(self, placeholder: str = "", *, id: str | None = None) -> None:
        super().__init__(placeholder=placeholder, password=True, id=id, max_length=_LONGEST)
        self.problem = ""

    def action_copy(self) -> None:
        """A secret is not copied."""

    def action_cut(self) -> None:
        """A secret is not cut."""

    def _on_paste(self, event: events.Paste) -> None:
        # Textual would take the first line and say nothing: half a token is no token.
        text = event.text.strip("\r\n")
        event.prevent_default()
        event.stop()
        if "\n" in text or "\r" in text:
            self.problem = "that was more than one line, so nothing of it was used"
        elif len(text) > _LONGEST:
            self.problem = f"that was longer than {_LONGEST} characters, so nothing of it was used"
        else:
            self.problem = ""
            self.insert_text_at_cursor(text)
        self.post_message(self.Changed(self, self.value))

    def take(self) -> str:
        """What was typed; the field is empty afterwards."""
        value, self.value = self.value, ""
        return value
