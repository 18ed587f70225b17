"""`.env` and the files of `env_file:`, as Compose reads them: quotes, comments, variables.

Other readers of such files differ: what `docker run --env-file` takes literally, Compose opens.
"""

import re
from collections import ChainMap
from collections.abc import Mapping
from dataclasses import dataclass, field

from wizard.formats.compose.interpolation import filled
from wizard.formats.compose.tree import Place, Text
from wizard.formats.errors import FormatError
from wizard.formats.text_lines import refuse_binary

_EXPORT = re.compile(r"export[^\S\n]+")
_NAME = re.compile(r"[^=:\n]*")
_BLANKS = " \t\v\f\r\x85\xa0"
_NO_NAME = re.compile(r"[^\w.\-\[\]]|^$")
_ESCAPE = re.compile(r"\\(?:([abfnrtv$\"\\])|0([0-7]{3}))")
_ESCAPES = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v", "$": "$$"}


@dataclass(frozen=True)
class EnvFile:
    """`values`: each with its line, null where the shell that deploys has to give it. `wrong` are
    the lines that Compose would refuse; they hold no value, and the rest is read all the same."""

    values: dict[str, Text] = field(repr=False)
    wrong: tuple[FormatError, ...] = ()

    @property
    def known(self) -> dict[str, str]:
        """Name → what Compose makes of it: a variable without a value stands empty in it."""
        return {name: text.value for name, text in self.values.items() if not text.null}


def read_compose_env(
    text: str,
    path: str,
    outside: Mapping[str, str],
    earlier: Mapping[str, str] | None = None,
    *,
    raw: bool = False,
) -> EnvFile:
    """What the file holds. Where it names a variable, `outside` counts first, then its own lines
    so far, then `earlier` files.

    `raw` is the form that takes every value as it stands. Raises FormatError for what is no text.
    """
    text = text.removeprefix("\ufeff")
    refuse_binary(text, path)
    work = _Work(text, path, outside, earlier or {})
    return work.literal() if raw else work.read()


class _Work:
    def __init__(
        self, text: str, path: str, outside: Mapping[str, str], earlier: Mapping[str, str]
    ) -> None:
        self._text, self._path, self._outside = text, path, {**outside}
        self._values: dict[str, Text] = {}
        self._known: dict[str, str] = {**earlier}
        self._wrong: list[FormatError] = []
        self._at, self._line = 0, 1

    def literal(self) -> EnvFile:
        for number, line in enumerate(self._text.split("\n"), 1):
            bare = line.removesuffix("\r").lstrip()
            if not bare or bare.startswith("#"):
                continue
            name, sign, value = bare.partition("=")
            place = Place(self._path, number)
            if not name or name != name.strip() or " " in name:
                self._wrong.append(place.wrong("no line reads NAME=value"))
            elif sign:
                self._values[name] = Text(value, place)
            else:
                self._bare(name, place)
        return EnvFile(self._values, tuple(self._wrong))

    def read(self) -> EnvFile:
        while self._skip_blanks():
            place = Place(self._path, self._line)
            start = self._at
            try:
                self._statement(place)
            except FormatError as error:
                self._wrong.append(error)
                self._at, self._line = start, place.line
                self._rest_of_line()
        return EnvFile(self._values, tuple(self._wrong))

    def _skip_blanks(self) -> bool:
        """To the next statement; False at the end."""
        text = self._text
        while self._at < len(text):
            if text[self._at] == "#":
                self._rest_of_line()
            elif text[self._at].isspace():
                self._line += text[self._at] == "\n"
                self._at += 1
            else:
                return True
        return False

    def _rest_of_line(self) -> str:
        end = self._text.find("\n", self._at)
        end = len(self._text) if end < 0 else end
        rest, self._at = self._text[self._at : end], end
        return rest

    def _statement(self, place: Place) -> None:
        exported = _EXPORT.match(self._text, self._at)
        self._at = exported.end() if exported else self._at
        written = _NAME.match(self._text, self._at)
        assert written is not None
        self._at, name = written.end(), written[0].strip()
        if _NO_NAME.search(name):
            raise place.wrong("no line reads NAME=value")
        if self._text[self._at : self._at + 1] not in ("=", ":"):
            self._bare(name, place)
            return
        self._at += 1
        while self._text[self._at : self._at + 1] in _BLANKS and self._at < len(self._text):
            self._at += 1
        sign = self._text[self._at : self._at + 1]
        if sign in ("'", '"'):
            value = self._quoted(sign, place)
            if sign == "'":
                self._values[name], self._known[name] = Text(value, place, quoted=True), value
                return
            value = _ESCAPE.sub(_opened, value)
        else:
            value = self._rest_of_line().partition(" #")[0].rstrip()
        found = filled(Text(value, place), ChainMap(self._outside, self._known))
        self._values[name], self._known[name] = found, found.value

    def _quoted(self, sign: str, place: Place) -> str:
        """What stands between quotes, over as many lines as it takes."""
        out: list[str] = []
        at, text = self._at + 1, self._text
        while at < len(text):
            char = text[at]
            if char == sign:
                self._line += text.count("\n", self._at, at)
                self._at = at + 1
                return "".join(out)
            if char == "\\" and at + 1 < len(text):
                out.append(sign if text[at + 1] == sign else text[at : at + 2])
                at += 2
                continue
            out.append(char)
            at += 1
        raise place.wrong("a quote begins here and never ends")

    def _bare(self, name: str, place: Place) -> None:
        """A name alone: from outside, else there is none."""
        if name in self._outside:
            self._values[name] = Text(self._outside[name], place)
        else:
            self._values.setdefault(name, Text("", place, null=True))


def _opened(found: re.Match[str]) -> str:
    if found[2]:
        return chr(int(found[2], 8))
    return _ESCAPES.get(found[1], found[1])
