"""JSON texts as the tree that knows its lines: one value, several, or one a line."""

import json
import re
from bisect import bisect_right

from wizard.formats.compose.tree import Fields, Items, Place, Text, Tree
from wizard.formats.errors import FormatError
from wizard.formats.text_lines import refuse_binary

_DEEPEST = 60
MOST = 16_000_000
"""Characters: docker prints some 10 kB for each of several hundred services."""
_JSON = json.JSONDecoder()
_BLANK = re.compile(r"[ \t\r\n]*")
_PLAIN = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?|true|false|null")


def read_documents(text: str, path: str) -> tuple[Tree, ...]:
    """Every JSON value of a text, in its order. Raises FormatError with file and line.

    Numbers and truth values stay the text that was written. An error never quotes the text.
    """
    text = text.removeprefix("\ufeff")
    refuse_binary(text, path, MOST)
    reader = _Reader(text, path)
    found = []
    at = reader.after_blanks(0)
    while at < len(text):
        value, at = reader.value(at, 0)
        found.append(value)
        at = reader.after_blanks(at)
    if not found:
        raise FormatError(path, 0, "the file is empty")
    return tuple(found)


class _Reader:
    def __init__(self, text: str, path: str) -> None:
        self._text, self._path = text, path
        self._ends = [found.start() for found in re.finditer("\n", text)]

    def _place(self, at: int) -> Place:
        return Place(self._path, bisect_right(self._ends, at - 1) + 1)

    def after_blanks(self, at: int) -> int:
        """The next character that counts."""
        found = _BLANK.match(self._text, at)
        return found.end() if found else at

    def value(self, at: int, depth: int) -> tuple[Tree, int]:
        """The value that begins here, and where it ends."""
        if depth > _DEEPEST:
            raise self._place(at).wrong(f"nested more than {_DEEPEST} levels deep")
        head = self._text[at : at + 1]
        if head == "{":
            return self._object(at, depth)
        if head == "[":
            return self._list(at, depth)
        if head == '"':
            value, end = self._string(at)
            return Text(value, self._place(at), quoted=True), end
        found = _PLAIN.match(self._text, at)
        if found is None:
            what = "it ends too early" if not head else "a value was expected here"
            raise self._place(at).wrong(f"not JSON: {what}")
        return Text(found[0], self._place(at), found[0] == "null"), found.end()

    def _string(self, at: int) -> tuple[str, int]:
        try:
            found, end = _JSON.raw_decode(self._text, at)
        except json.JSONDecodeError as error:
            raise self._place(error.pos).wrong(f"not JSON: {error.msg}") from None
        # Half of a pair of surrogates is no character that could be written anywhere.
        return str(found).encode("utf-8", "replace").decode("utf-8"), end

    def _list(self, at: int, depth: int) -> tuple[Tree, int]:
        place, found = self._place(at), list[Tree]()
        at = self.after_blanks(at + 1)
        if self._text[at : at + 1] == "]":
            return Items((), place), at + 1
        while True:
            value, at = self.value(at, depth + 1)
            found.append(value)
            at = self.after_blanks(at)
            if self._text[at : at + 1] == "]":
                return Items(tuple(found), place), at + 1
            at = self._comma(at)

    def _object(self, at: int, depth: int) -> tuple[Tree, int]:
        place = self._place(at)
        fields: dict[str, Tree] = {}
        places: dict[str, Place] = {}
        at = self.after_blanks(at + 1)
        if self._text[at : at + 1] == "}":
            return Fields({}, place), at + 1
        while True:
            if self._text[at : at + 1] != '"':
                raise self._place(at).wrong('not JSON: a "name" was expected here')
            here = self._place(at)
            name, at = self._string(at)
            if name in fields:
                raise here.wrong(f"a key stands here twice, first on line {places[name].line}")
            at = self.after_blanks(at)
            if self._text[at : at + 1] != ":":
                raise self._place(at).wrong("not JSON: a colon was expected here")
            fields[name], at = self.value(self.after_blanks(at + 1), depth + 1)
            places[name] = here
            at = self.after_blanks(at)
            if self._text[at : at + 1] == "}":
                return Fields(fields, place, places), at + 1
            at = self._comma(at)

    def _comma(self, at: int) -> int:
        if self._text[at : at + 1] != ",":
            what = "it ends too early" if at >= len(self._text) else "a comma was expected here"
            raise self._place(at).wrong(f"not JSON: {what}")
        return self.after_blanks(at + 1)
