"""Changes single values in the text of a plan; everything else that somebody wrote stays."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import yaml

from wizard.engine.plan_text import SECTIONS, write_section
from wizard.engine.plan_yaml import FILE_NAME, dump_yaml, load_yaml
from wizard.errors import UsageError
from wizard.rules.plan_state import standing

_ONE_LINE = 72
_BLANK = " \t\r\n"
"""What YAML calls blank; other kinds of space are text, which must not be stripped away."""


class Edit(NamedTuple):
    """Replace the characters from `start` to `end` by `text`."""

    start: int
    end: int
    text: str


def rewrite(text: str, wanted: Mapping[str, object]) -> str:
    """`text` with the values of `wanted` (a plan's document; None leaves a value open).

    Sections that mean the same are not touched. Raises UsageError when the result would mean
    anything else than `wanted`: then the person has to edit the file.
    """
    newline = "\r\n" if "\r\n" in text else "\n"
    found, root = load_yaml(text.encode())
    if not isinstance(root, yaml.MappingNode) or root.flow_style or not isinstance(found, dict):
        raise _refused("the settings do not stand one below the other")
    edits = list(_Editor(text).sections(root, found, wanted))
    for edit in sorted(edits, reverse=True):
        text = text[: edit.start] + edit.text + text[edit.end :]
    before, after = _whole(found), _whole(wanted)
    for name in [n for n in SECTIONS if n in wanted and n not in found]:
        if before[name] == after[name] and wanted[name] is not None:
            continue  # a default that nobody wrote down
        if text and not text.endswith("\n"):
            text += "\n"
        text += "\n" + write_section(name, wanted[name], {})
    if newline == "\r\n":
        text = re.sub(r"(?<!\r)\n", "\r\n", text)
    written, _ = load_yaml(text.encode())
    if not isinstance(written, dict) or not same_meaning(written, wanted):
        raise _refused("the way it is written leaves no room for it")
    return text


def same_meaning(one: Mapping[str, object], other: Mapping[str, object]) -> bool:
    """Whether two documents are the same plan, or the same draft."""
    return _whole(one) == _whole(other)


def _refused(why: str) -> UsageError:
    return UsageError(
        f"{FILE_NAME} cannot be changed without losing something in it",
        why,
        "edit it by hand, or move it away: moveday plan then writes a new one",
    )


def _whole(document: Mapping[str, object]) -> dict[str, object]:
    """Every section with its defaults, where it is right already; else as it stands."""
    judged = standing(document)
    if judged.plan is not None:
        return judged.plan.model_dump(mode="json")
    return {name: _section(name, document.get(name, _ABSENT)) for name in SECTIONS}


_ABSENT = object()
_FILLED: dict[str, object] = {
    "source": {"kind": "k", "app": "a"},
    "target": {"stack": "s", "environment": "e", "app": "a"},
}


def _section(name: str, value: object) -> object:
    """One section of a draft with its defaults; a missing needed one is None."""
    others = {key: item for key, item in _FILLED.items() if key != name}
    if value is not _ABSENT:
        others[name] = value
    elif name in _FILLED:
        return None
    judged = standing(others)
    return value if judged.plan is None else judged.plan.model_dump(mode="json")[name]


class _Editor:
    def __init__(self, text: str) -> None:
        self._text = text

    def sections(
        self, root: yaml.MappingNode, found: Mapping[str, Any], wanted: Mapping[str, object]
    ) -> Iterator[Edit]:
        before, after = _whole(found), _whole(wanted)
        minimal = {name: wanted.get(name, after.get(name)) for name in (*SECTIONS, *wanted)}
        yield from self._mapping(root, before, after, minimal)

    def _mapping(
        self, node: yaml.MappingNode, before: Any, after: Any, minimal: Any
    ) -> Iterator[Edit]:
        """Edits that make the block mapping `node` say `after`; keys to add are not its work."""
        for key_node, value_node in node.value:
            key = key_node.value
            if key not in after:
                yield self._without(key_node, value_node)
            elif before.get(key, _ABSENT) != after[key]:
                yield from self._value(
                    key_node, value_node, before.get(key), after[key], minimal.get(key, after[key])
                )

    def _value(
        self, key: yaml.ScalarNode, value: yaml.Node, before: Any, after: Any, minimal: Any
    ) -> Iterator[Edit]:
        block = isinstance(value, yaml.MappingNode) and not value.flow_style
        both = isinstance(minimal, dict) and isinstance(before, dict)
        if (
            isinstance(value, yaml.MappingNode)
            and block
            and value.value
            and both
            and self._simple(value)
        ):
            there = {k.value for k, _ in value.value}
            new = (k for k in minimal if k not in there and before.get(k, _ABSENT) != after.get(k))
            added = {k: minimal[k] for k in new}
            if there & set(after):
                yield from self._mapping(value, before, after, minimal)
                if added:
                    indent = " " * value.value[0][0].start_mark.column
                    end = self._line_end(self._end(value))
                    yield Edit(end, end, "\n" + _indented(dump_yaml(added), indent))
                return
        yield self._replaced(key, value, minimal)

    def _simple(self, mapping: yaml.MappingNode) -> bool:
        """Whether every key stands first on its line (not behind a `?`, as odd ones do)."""
        keys = [key.start_mark for key, _ in mapping.value]
        return all(not self._text[m.index - m.column : m.index].strip() for m in keys)

    def _replaced(self, key: yaml.ScalarNode, value: yaml.Node, minimal: object) -> Edit:
        """The value in its place; comments that stood inside it go above its key."""
        colon = self._text.index(":", key.end_mark.index) + 1
        end = max(colon, self._end(value))
        lines = "" if minimal is None else _flow(minimal)
        if lines and ("\n" in lines or len(lines) + key.start_mark.column > _ONE_LINE):
            indent = " " * key.start_mark.column
            body = dump_yaml({key.value: minimal}).partition(":")[2].rstrip("\n")
            new = body.replace("\n", "\n" + indent)
        else:
            new = f" {lines}" if lines else ""
        comments = self._comments(colon, end)
        if not comments and end > colon and not self._text[colon:end].strip(" \t"):
            end = colon
        if "\n" in new and end == colon:
            # An empty value with a comment behind it: the comment keeps its line.
            end = colon = self._line_end(colon)
        if not comments:
            return Edit(colon, end, new)
        start = key.start_mark.index
        indent = " " * key.start_mark.column
        hoisted = "".join(f"{comment}\n{indent}" for comment in comments)
        return Edit(start, end, hoisted + self._text[start:colon] + new)

    def _without(self, key: yaml.ScalarNode, value: yaml.Node) -> Edit:
        """The whole entry taken out, but for what people wrote beside it."""
        start = self._text.rfind("\n", 0, key.start_mark.index) + 1
        end = self._line_end(max(key.end_mark.index, self._end(value)))
        indent = self._text[start : key.start_mark.index]
        kept = "".join(f"{indent}{c}\n" for c in self._comments(key.end_mark.index, end))
        return Edit(start, min(len(self._text), end + 1), kept)

    def _end(self, node: yaml.Node) -> int:
        """Where a value really ends: a block's own mark lies behind the comments that follow."""
        if isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
            last = node.value[-1]
            parts = last if isinstance(last, tuple) else (last,)
            return max(self._end(part) for part in parts)
        begin, end = node.start_mark.index, node.end_mark.index
        return begin + len(self._text[begin:end].rstrip(_BLANK))

    def _line_end(self, place: int) -> int:
        found = re.compile(r"\r?\n|\Z").search(self._text, place)
        return found.start() if found else len(self._text)

    def _comments(self, start: int, end: int) -> list[str]:
        """The comments between two places; a # inside quotes or words is none."""
        shielded: list[tuple[int, int]] = []
        for token in yaml.scan(self._text, Loader=yaml.SafeLoader):
            if isinstance(token, yaml.ScalarToken):
                shielded.append((token.start_mark.index, token.end_mark.index))
        found = []
        place = start
        while (place := self._text.find("#", place, end)) >= 0:
            inside = any(a <= place < b for a, b in shielded)
            if inside or not self._text[place - 1 : place].isspace():
                place += 1
                continue
            stop = self._line_end(place)
            found.append(self._text[place:stop].rstrip(_BLANK))
            place = stop
        return found


def _flow(value: object) -> str:
    """`value` on one line, "" followed by newline signs when it cannot be."""
    text = dump_yaml({"a": {"b": value}}, width=10_000).rstrip("\n")
    lines = text.split("\n")
    if len(lines) != 1 + (not text.startswith("a: {")):
        return "\n"
    return lines[-1].strip(_BLANK).removeprefix("b:").strip(_BLANK)


def _indented(text: str, indent: str) -> str:
    return "\n".join(indent + line if line else line for line in text.rstrip("\n").split("\n"))
