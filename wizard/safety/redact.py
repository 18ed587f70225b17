"""One filter on every way out: known secret values, in every encoding, become dots."""

import base64
import json
import re
import threading
from collections.abc import Iterable
from urllib.parse import quote, quote_plus, unquote, urlsplit

DOTS = "•••"
_SHORTEST = 4
# Words that occur in URLs of every kind; hiding them would make messages useless.
_COMMON = frozenset({"postgres", "postgresql", "redis", "rediss", "https", "http", "localhost"})


class Redactor:
    """Remembers secret values (`learn`) and removes them from any text (`redact`).

    Also learns the password inside a URL, and the pieces libpq echoes when a password holds one of
    `@:/?#`. Thread-safe. Values shorter than four characters are not learnt: they would blank out
    ordinary words.
    """

    def __init__(self) -> None:
        self._forms: set[str] = set()
        self._pattern: re.Pattern[str] | None = None
        self._lock = threading.Lock()

    def learn(self, *values: str) -> None:
        """Add secret values; empty and very short ones are ignored."""
        forms: set[str] = set()
        for value in values:
            forms.update(_forms(value))
        with self._lock:
            if forms - self._forms:
                self._forms |= forms
                longest_first = sorted(self._forms, key=len, reverse=True)
                self._pattern = re.compile("|".join(map(re.escape, longest_first)))

    def redact(self, text: str) -> str:
        """`text` with every known secret replaced by dots."""
        pattern = self._pattern
        return text if pattern is None else pattern.sub(DOTS, text)


def _forms(value: str) -> Iterable[str]:
    for part in _parts(value):
        if len(part) < _SHORTEST or part.lower() in _COMMON:
            continue
        raw = part.encode("utf-8", "surrogateescape")
        yield part
        yield quote(part, safe="")
        yield quote_plus(part)
        yield json.dumps(part)[1:-1]
        yield raw.hex()
        for shift in range(3):
            # The same bytes look different in base64 depending on where they start; drop the
            # characters that the neighbours would change.
            encoded = base64.b64encode(b"\0" * shift + raw).decode()
            core = encoded[(shift + 2) * 4 // 3 if shift else 0 : len(encoded) - 4]
            if len(core) >= 8:
                yield core
                yield core.replace("+", "-").replace("/", "_")


def _parts(value: str) -> Iterable[str]:
    yield value
    yield value.strip()
    password = _password_of(value)
    if password:
        # As written in the URL, and as programs see and echo it.
        for form in {password, unquote(password)}:
            yield form
            yield from re.split(r"[@:/?#]", form)
    yield from (line for line in value.splitlines() if len(line) >= 16)


def _password_of(value: str) -> str | None:
    if "://" not in value:
        return None
    try:
        return urlsplit(value.strip()).password
    except ValueError:
        return None


REDACTOR = Redactor()
"""The process-wide instance: sign-in and providers teach it, every way out asks it."""
