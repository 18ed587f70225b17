"""Why did something not work, and what to do: an error's words below its title."""

from screens.remedies import in_keys
from wizard.errors import MovedayError
from wizard.safety.clean import clean
from wizard.safety.redact import REDACTOR


def reason_words(error: MovedayError, here: str, began: str = "") -> str:
    """Detail and remedy, redacted, as on the screen of step `here`; the title where there are none.

    `began` is the action that led to it.
    """
    hint = f"→ {in_keys(error.remedy, here, began)}" if error.remedy else ""
    words = "\n".join(part for part in (error.detail, hint) if part)
    return clean(REDACTOR.redact(words or error.title), 8_000, lines=True)
