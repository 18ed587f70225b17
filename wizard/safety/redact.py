"""One filter on every way out: known secret values, in every encoding, become dots."""

import re
import threading
from collections.abc import Collection, Iterable
from urllib.parse import unquote, urlsplit

from wizard.safety.encodings import encodings

DOTS = "•••"
_SHORTEST = 4
_LONG_USER = 16
_LONG_LINE = 16
# Words that occur in URLs and settings of every kind; hiding them would make messages useless.
_COMMON = frozenset(
    {"postgres", "postgresql", "redis", "rediss", "https", "http", "localhost", "true", "false"}
    | {"null", "none", "production", "development", "staging", "test", "info", "debug", "error"}
)
_PLAIN_WORD = re.compile(r"[a-z]{1,16}|[A-Z]{1,16}|[A-Z][a-z]{1,15}")
_MARKS = re.compile(r"[@:/?#]")
# Words of the program's own documents, joined; whoever writes documents adds to it at import.
_OWN: set[str] = set()
# A key's first and last lines are the same in every key.
_PEM_FRAME = re.compile(r"-----(?:BEGIN|END) [A-Z0-9 ]+-----")


class Redactor:
    """Remembers secret values (`learn`) and removes them from any text (`redact`).

    Also learns the password inside a URL, and the pieces libpq echoes when a password holds one of
    `@:/?#`. Thread-safe. Values shorter than four characters, numbers shorter than seven digits
    and words that stand everywhere are not learnt: they would blank out ordinary text. Nor is what
    is part of a word of the program's own documents (`spare`): a setting whose value is "task"
    would take the task out of the journal, and with it the way to go on.
    """

    def __init__(self) -> None:
        self._values: set[str] = set()
        # Forms by their first characters, longest first: one look per position of the text, however
        # many secrets there are. Replaced as a whole, so that readers need no lock.
        self._forms: dict[str, tuple[str, ...]] = {}
        self._lock = threading.Lock()

    def learn(self, *values: str, public: Collection[str] = ()) -> None:
        """Add secret values; what cannot be told from ordinary text is ignored.

        `public`: names, in small letters, that stand openly beside them. A password that is one
        short plain word among these is ignored: hiding it would take the name out of every line,
        and so tell that it is the password.
        """
        with self._lock:
            new = [value for value in values if value not in self._values]
            if not new:
                return
            forms = {form for known in self._forms.values() for form in known}
            for value in new:
                parts = _parts(value)
                hidden = {part for part in parts if not _is_public(part, public)}
                # Whoever reads it again without these names beside it may still have it hidden.
                if hidden == parts:
                    self._values.add(value)
                for part in hidden:
                    if _tellable(part):
                        forms.update(f for f in encodings(part) if len(f) >= _SHORTEST)
            by_start: dict[str, list[str]] = {}
            for form in sorted(forms, key=len, reverse=True):
                by_start.setdefault(form[:_SHORTEST], []).append(form)
            self._forms = {start: tuple(found) for start, found in by_start.items()}

    def redact(self, text: str) -> str:
        """`text` with every known secret replaced by dots; overlapping ones are hidden together."""
        forms = self._forms
        if not forms:
            return text
        kept: list[str] = []
        shown = begin = end = 0
        for place in range(len(text) - _SHORTEST + 1):
            candidates = forms.get(text[place : place + _SHORTEST])
            if candidates is None:
                continue
            length = next((len(c) for c in candidates if text.startswith(c, place)), 0)
            if not length:
                continue
            if place > end or not end:
                if end:
                    kept += (text[shown:begin], DOTS)
                    shown = end
                begin = place
            end = max(end, place + length)
        if end:
            kept += (text[shown:begin], DOTS)
            shown = end
        return "".join((*kept, text[shown:]))


def spare(words: Iterable[str]) -> None:
    """Name words of the program's own documents: no secret that is part of one is ever hidden."""
    _OWN.update(word.lower() for word in words)


def _is_public(part: str, public: Collection[str]) -> bool:
    return part.lower() in public and _PLAIN_WORD.fullmatch(part) is not None


def _tellable(part: str) -> bool:
    """Whether hiding `part` would hide a secret rather than half of every message."""
    if len(part) < _SHORTEST or part.isspace() or part.lower() in _COMMON:
        return False
    if any(part.lower() in word for word in _OWN):
        return False
    return not (part.isdigit() and len(part) < 7)


def _parts(value: str) -> set[str]:
    """`value` and the pieces of it that are secret on their own."""
    parts = {value, value.strip()}
    for password in _url_secrets(value.strip()):
        for spelling in (password, unquote(password)):
            parts.update((spelling, *_MARKS.split(spelling)))
    lines = value.replace("\\n", "\n").splitlines()
    parts.update(line for line in lines if len(line) >= _LONG_LINE)
    return {part for part in parts if not _PEM_FRAME.fullmatch(part)}


def _url_secrets(value: str) -> list[str]:
    """The password of a URL; a long user name without password is a key (Sentry, Stripe)."""
    if "://" not in value:
        return []
    try:
        url = urlsplit(value)
        user, password = url.username, url.password
    except ValueError:
        # Not a URL by the book (a raw `[` or `/` in the password): take what stands before the @.
        login = value.partition("://")[2].rpartition("@")[0]
        return [login.partition(":")[2]] if ":" in login else []
    if password:
        # A raw `/`, `?` or `#` in the password ends the host part for urlsplit, not for people.
        wide = value.partition("://")[2].rpartition("@")[0].partition(":")[2]
        return [password, wide]
    login = value.partition("://")[2].rpartition("@")[0]
    if ":" in login:
        return [login.partition(":")[2]]
    return [user] if user and len(user) >= _LONG_USER else []


REDACTOR = Redactor()
"""The process-wide instance: sign-in and providers teach it, every way out asks it."""
