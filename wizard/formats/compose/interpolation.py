"""`$VAR`, `${VAR:-default}` and the like in a Compose file, as the specification reads them."""

import re
from collections.abc import Mapping
from dataclasses import replace

from wizard.formats.compose.tree import Fields, Items, Place, Text, Tree

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_DEFAULT = re.compile(r"(?<!\$)\$\{([A-Za-z_][A-Za-z0-9_]*):?[-+]")
_DEEPEST = 20


def interpolated(tree: Tree, values: Mapping[str, str]) -> Tree:
    """The tree with every variable put in; a value that is not known leaves its name in `unset`.

    A `$` that begins no variable is a plain one. Raises FormatError for a `${` that is none.
    """
    if isinstance(tree, Fields):
        fields = {key: interpolated(value, values) for key, value in tree.fields.items()}
        return replace(tree, fields=fields)
    if isinstance(tree, Items):
        return replace(tree, items=tuple(interpolated(item, values) for item in tree.items))
    return filled(tree, values)


def with_defaults(text: str) -> frozenset[str]:
    """The variables that a file says something else for where they have no value."""
    lines = (line for line in text.splitlines() if not line.lstrip().startswith("#"))
    return frozenset(name for line in lines for name in _DEFAULT.findall(line))


def filled(text: Text, values: Mapping[str, str]) -> Text:
    """One text with every variable put in; see `interpolated`."""
    if "$" not in text.value:
        return text
    work = _Work(text.place, values)
    value = work.put_in(text.value, 0)
    unset = tuple(dict.fromkeys(work.unset))
    return replace(
        text,
        value=value,
        unset=unset,
        asks="; ".join(work.asks),
        demanded=work.demanded,
        null=False,
    )


class _Work:
    def __init__(self, place: Place, values: Mapping[str, str]) -> None:
        self._place = place
        self._values = values
        self.unset: list[str] = []
        self.asks: list[str] = []
        self.demanded = False

    def put_in(self, text: str, depth: int) -> str:
        if depth > _DEEPEST:
            raise self._place.wrong("variables are nested too deeply")
        out, at = [], 0
        while (sign := text.find("$", at)) >= 0:
            out.append(text[at:sign])
            behind = text[sign + 1 : sign + 2]
            if behind == "$":
                out.append("$")
                at = sign + 2
            elif behind == "{":
                end = self._closing(text, sign + 2)
                out.append(self._braced(text[sign + 2 : end], depth))
                at = end + 1
            else:
                name = _NAME.match(text, sign + 1)
                out.append("$" if name is None else self._plain(name[0]))
                at = sign + 1 if name is None else name.end()
        out.append(text[at:])
        return "".join(out)

    def _closing(self, text: str, at: int) -> int:
        depth = 1
        while at < len(text):
            if text.startswith("${", at):
                depth, at = depth + 1, at + 2
                continue
            if text[at] == "}":
                depth -= 1
                if depth == 0:
                    return at
            at += 1
        raise self._place.wrong("`${` is never closed")

    def _braced(self, inner: str, depth: int) -> str:
        name = _NAME.match(inner)
        if name is None:
            raise self._place.wrong("`${` wants the name of a variable")
        sign = inner[name.end() : name.end() + 2]
        if not sign:
            return self._plain(name[0])
        operator = sign if sign in (":-", ":?", ":+") else sign[:1]
        if operator not in (":-", "-", ":?", "?", ":+", "+"):
            raise self._place.wrong("“${NAME…” wants one of :- - :? ? :+ + behind the name")
        rest = inner[name.end() + len(operator) :]
        value = self._values.get(name[0])
        there = bool(value) if operator[0] == ":" else value is not None
        if operator[-1] == "+":
            return self.put_in(rest, depth + 1) if there else ""
        if there:
            return value or ""
        if operator[-1] == "-":
            return self.put_in(rest, depth + 1)
        self.demanded = True
        if rest:
            self.asks.append(rest)
        self.unset.append(name[0])
        return ""

    def _plain(self, name: str) -> str:
        value = self._values.get(name)
        if value is None:
            self.unset.append(name)
        return value or ""
