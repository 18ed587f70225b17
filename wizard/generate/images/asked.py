"""What only the image knows is asked, and an answer that cannot be read leaves it open."""

import json
import re
import shlex
from collections.abc import Callable
from typing import TypeVar

from wizard.generate.commands import needs_shell
from wizard.generate.notebook import Notebook
from wizard.model.files import Evidence, OpenQuestion
from wizard.model.question import Question

T = TypeVar("T")
Words = tuple[str, ...]
_NONE = frozenset({"none", "null", "[]", "nothing"})
_USER = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,31}(?::[A-Za-z0-9_][A-Za-z0-9_.-]{0,31})?")


def ask_read(
    book: Notebook,
    identity: str,
    text: str,
    why: str,
    read: Callable[[str], T | None],
    *found: Evidence,
) -> T | None:
    """What `read` makes of the person's answer; None when it is still open."""
    given = book.answers.get(identity)
    if given is not None:
        value = read(given)
        if value is not None:
            book.answered[identity] = given
            return value
        why = f"the answer cannot be read; {why}"
    question = Question(id=identity, text=text, why=why, kind="text", flag="--answers FILE")
    if all(waiting.question.id != identity for waiting in book.questions):
        book.questions.append(OpenQuestion(question=question, found=found))
    return None


def list_of_words(text: str) -> Words | None:
    """A JSON list of texts as docker prints it, a plain path, or () for "none"; None for others."""
    plain = text.strip()
    if plain.lower() in _NONE:
        return ()
    if plain.startswith("["):
        try:
            found = json.loads(plain)
        except (ValueError, RecursionError):
            return None
        good = isinstance(found, list) and all(isinstance(word, str) for word in found)
        return tuple(found) if good else None
    return (plain,) if plain.isprintable() and plain and not re.search(r"\s", plain) else None


def command_line(text: str) -> Words | None:
    """A command as it is typed, or the JSON list that docker prints; one for a shell gets one."""
    if text.strip().startswith("["):
        return list_of_words(text) or None
    if not text.strip() or not text.isprintable():
        return None
    if needs_shell(text):
        return ("sh", "-c", text.strip())
    try:
        return tuple(shlex.split(text)) or None
    except ValueError:
        return None


def user_name(text: str) -> str | None:
    """A user as the USER line has it; "" for root."""
    plain = text.strip()
    if plain.lower() in _NONE or plain in ("root", "0", "0:0", "root:root", '""'):
        return ""
    return plain if _USER.fullmatch(plain) else None
