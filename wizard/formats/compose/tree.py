"""A YAML text as a tree that knows its lines: every plain value stays the text that was written.

So the traps of YAML 1.1 cannot spring: `22:22` is no number to the base of 60, `on` and `no` are no
truth values, `0400` is not 256. What a value means is decided by who reads it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from wizard.formats.errors import FormatError
from wizard.formats.text_lines import refuse_binary

_MOST, _DEEPEST = 60_000, 60
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands; lines count from 1."""

    file: str
    line: int

    def wrong(self, why: str) -> FormatError:
        """The error that names this place."""
        return FormatError(self.file, self.line, why)

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True)
class Text:
    """A plain value. `unset` names variables without a value that stand in it; `asks` what the
    file says about them; `demanded`: Compose does not start without them."""

    value: str = field(repr=False)
    place: Place
    null: bool = False
    quoted: bool = False
    unset: tuple[str, ...] = ()
    asks: str = ""
    demanded: bool = False
    tag: str = ""


@dataclass(frozen=True, slots=True)
class Items:
    """A list."""

    items: tuple["Tree", ...]
    place: Place
    tag: str = ""


@dataclass(frozen=True, slots=True)
class Fields:
    """A mapping; `places` says where each key stands."""

    fields: dict[str, "Tree"]
    place: Place
    places: dict[str, Place] = field(default_factory=dict)
    tag: str = ""

    def get(self, key: str) -> "Tree | None":
        """The value of a key; None when there is none or it is empty."""
        found = self.fields.get(key)
        return None if isinstance(found, Text) and found.null else found

    def where(self, key: str) -> Place:
        """Where the key stands."""
        return self.places.get(key, self.place)


Tree = Text | Items | Fields


def read_trees(text: str, path: str) -> tuple[Fields, ...]:
    """The top-level mapping of each document, aliases and merge keys resolved; one at least.

    Raises FormatError.
    """
    text = text.removeprefix("\ufeff")
    refuse_binary(text, path)
    try:
        nodes = [node for node in yaml.compose_all(text, Loader=_LOADER) if _holds(node)]
    except yaml.MarkedYAMLError as error:
        raise _not_yaml(error, text, path) from None
    except (yaml.YAMLError, RecursionError, ValueError):
        raise FormatError(path, 0, "not YAML that can be read") from None
    if not nodes:
        raise FormatError(path, 0, "the file is empty")
    reader = _Reader(path)
    return tuple(_mapping(reader.read(node, 0)) for node in nodes)


def _holds(node: yaml.Node) -> bool:
    """Whether a document says anything: `---` alone begins an empty one."""
    return not (isinstance(node, yaml.ScalarNode) and not node.style and node.value in _NULLS)


def _mapping(found: Tree) -> Fields:
    if not isinstance(found, Fields):
        raise found.place.wrong("a mapping such as `services:` was expected")
    return found


def _not_yaml(error: yaml.MarkedYAMLError, text: str, path: str) -> FormatError:
    mark = error.problem_mark or error.context_mark
    line = mark.line + 1 if mark else 0
    lines = text.split("\n")
    written = lines[line - 1] if 0 < line <= len(lines) else ""
    if "\t" in written[: len(written) - len(written.lstrip())] or (
        "cannot start any token" in str(error.problem) and "\t" in written
    ):
        return FormatError(path, line, "a tab stands here: YAML is indented with blanks only")
    why = error.problem or "cannot be understood"
    if "undefined alias" in why or "duplicate anchor" in why:
        return FormatError(path, line, why)
    return FormatError(path, line, f"not YAML: {why}")


class _Reader:
    """Turns nodes into our tree; counts what aliases unfold to."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._count = 0
        self._open: set[int] = set()

    def read(self, node: yaml.Node, depth: int) -> Tree:
        place = Place(self._path, int(node.start_mark.line) + 1)
        self._count += 1
        if self._count > _MOST:
            raise place.wrong(f"aliases unfold to more than {_MOST:,} values")
        if depth > _DEEPEST:
            raise place.wrong(f"nested more than {_DEEPEST} levels deep")
        tag = node.tag if node.tag in ("!reset", "!override") else ""
        if isinstance(node, yaml.ScalarNode):
            plain = not node.style
            null = plain and node.value in _NULLS and not node.tag.endswith(":str")
            return Text(str(node.value), place, null, not plain, tag=tag)
        if id(node) in self._open:
            raise place.wrong("an alias stands inside of what it names: that never ends")
        self._open.add(id(node))
        try:
            if isinstance(node, yaml.SequenceNode):
                return Items(tuple(self.read(item, depth + 1) for item in node.value), place, tag)
            return self._fields(node, place, depth, tag)
        finally:
            self._open.discard(id(node))

    def _fields(self, node: yaml.Node, place: Place, depth: int, tag: str) -> Fields:
        own: dict[str, Tree] = {}
        places: dict[str, Place] = {}
        merged: Fields | None = None
        for key, value in node.value:
            here = Place(self._path, int(key.start_mark.line) + 1)
            if not isinstance(key, yaml.ScalarNode):
                raise here.wrong("a key must be a plain word")
            name = str(key.value)
            if name == "<<" and not key.style:
                if merged is not None:
                    raise here.wrong(
                        "`<<` stands here twice: write one, with a list, `<<: [*a, *b]`"
                    )
                merged = self._merged(value, here, depth)
                continue
            if name in own:
                first = places[name].line
                raise here.wrong(f"the key “{name}” stands here twice, first on line {first}")
            own[name] = self.read(value, depth + 1)
            places[name] = here
        if merged is not None:
            own = {**merged.fields, **own}
            places = {**merged.places, **places}
        return Fields(own, place, places, tag)

    def _merged(self, node: yaml.Node, here: Place, depth: int) -> Fields:
        value = self.read(node, depth + 1)
        parts = value.items if isinstance(value, Items) else (value,)
        fields: dict[str, Tree] = {}
        places: dict[str, Place] = {}
        for part in reversed(parts):
            if not isinstance(part, Fields):
                raise here.wrong("`<<` takes a mapping, or a list of mappings")
            fields.update(part.fields)
            places.update(part.places)
        return Fields(fields, here, places)


def texts(tree: Tree) -> Iterator[Text]:
    """Every plain value below."""
    if isinstance(tree, Text):
        yield tree
    else:
        for part in tree.items if isinstance(tree, Items) else tree.fields.values():
            yield from texts(part)
