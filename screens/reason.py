"""Why did something not work, and what to do: an error's words below its title."""

from wizard.errors import MovedayError
from wizard.safety.clean import clean
from wizard.safety.redact import REDACTOR


def reason_words(error: MovedayError) -> str:
    """Detail and hint, redacted; the title where there is neither."""
    hint = f"→ {error.hint}" if error.hint else ""
    words = "\n".join(part for part in (error.detail, hint) if part)
    return clean(REDACTOR.redact(words or error.title), 8_000, lines=True)
