"""The YAML of moveday.yaml: plain values only, strict, every trouble with its line."""

import re
from typing import Any

import yaml

from wizard.errors import UsageError
from wizard.safety.clean import clean

FILE_NAME = "moveday.yaml"
_DEEPEST = 12
_SHORT = 80
_BREAKS = re.compile(r"[\n\r\x85\u2028\u2029]")
_PLAIN = ("null", "bool", "int", "float", "str", "seq", "map")
_TAG = "tag:yaml.org,2002:"
# YAML 1.1 would read 22:30 as a number of seconds, 0123456 as octal and 2026-05-01 as a date: a
# window, a commit and a person's words are text here. Yes and no stay yes and no.
_RESOLVERS = (
    ("bool", r"yes|Yes|YES|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF"),
    ("int", r"[-+]?(?:0|[1-9][0-9]{0,17})"),
    ("float", r"[-+]?(?:0|[1-9][0-9]{0,17})\.[0-9]{0,17}(?:[eE][-+]?[0-9]{1,3})?"),
    ("float", r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)"),
    ("null", r"~|null|Null|NULL|"),
)


class StrictLoader(yaml.SafeLoader):
    """Safe loading without duplicate keys, aliases (a bomb needs them), tags and deep nesting."""

    yaml_implicit_resolvers: dict[str, Any] = {}
    yaml_constructors = {
        _TAG + name: yaml.SafeLoader.yaml_constructors[_TAG + name] for name in _PLAIN
    } | {None: yaml.SafeLoader.yaml_constructors[None]}
    _depth = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        """One node; refuses aliases and nesting that no plan has."""
        mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]
        if self.check_event(yaml.events.AliasEvent):
            raise yaml.MarkedYAMLError(problem="aliases are not used here", problem_mark=mark)
        if self._depth >= _DEEPEST:
            raise yaml.MarkedYAMLError(problem="this is nested too deeply", problem_mark=mark)
        self._depth += 1
        try:
            return super().compose_node(parent, index)
        finally:
            self._depth -= 1

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
        """One value; what its tag promises and its text does not keep is named with its line."""
        try:
            return super().construct_object(node, deep)
        except (ValueError, KeyError, IndexError, OverflowError) as error:
            raise yaml.MarkedYAMLError(
                problem="this value cannot be read", problem_mark=node.start_mark
            ) from error

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[object, object]:
        """A mapping whose keys are words, each standing once."""
        seen: set[object] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if not isinstance(key, str | int | float | bool | None):
                raise yaml.MarkedYAMLError(
                    problem="a key must be a word", problem_mark=key_node.start_mark
                )
            if key in seen:
                raise yaml.MarkedYAMLError(
                    problem=f"the key “{key}” stands here twice", problem_mark=key_node.start_mark
                )
            seen.add(key)
        return dict(super().construct_mapping(node, deep))


class PlainDumper(yaml.SafeDumper):
    """Writes what StrictLoader reads; text that would be read as something else is quoted."""

    yaml_implicit_resolvers: dict[str, Any] = {}

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        """Lists stand two spaces in, as people write them."""
        super().increase_indent(flow, False)


for _kind, _pattern in _RESOLVERS:
    _whole = re.compile(rf"(?:{_pattern})\Z")
    for _class in (StrictLoader, PlainDumper):
        _class.add_implicit_resolver(_TAG + _kind, _whole, None)


def load_yaml(raw: bytes, name: str = FILE_NAME) -> tuple[object, yaml.Node | None]:
    """The document in `raw` and its root node (None when it is empty).

    Raises UsageError naming the file and the line.
    """
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise UsageError(
            f"{name}, line {line}: this is not UTF-8 text",
            f"byte {error.start + 1} cannot be read",
            "save the file as UTF-8",
        ) from error
    loader = None
    try:
        loader = StrictLoader(text)
        root = loader.get_single_node()
        document = None if root is None else loader.construct_document(root)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        problem = clean(str(error.problem or error.context), 500)
        raise UsageError(f"{name}, line {line}: {problem}") from error
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise UsageError(
            f"{name}, line {line}: a character that no text has",
            f"character code {ord(text[error.position])}",
            "take it out",
        ) from error
    except (yaml.YAMLError, ValueError, OverflowError) as error:
        line = getattr(loader, "line", 0) + 1
        raise UsageError(f"{name}, line {line}: this is not readable YAML") from error
    return document, root


def line_of(node: yaml.Node | None, location: tuple[int | str, ...]) -> int:
    """The line (from 1) where `location` stands, or of the closest thing around it."""
    line = 1
    for part in location:
        if isinstance(node, yaml.MappingNode):
            found = [(k, v) for k, v in node.value if getattr(k, "value", None) == str(part)]
            if not found:
                break
            line, node = found[0][0].start_mark.line + 1, found[0][1]
        elif (
            isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value)
        ):
            node = node.value[part]
            line = node.start_mark.line + 1
        else:
            break
    return line


def dump_yaml(value: object, *, width: int = 96) -> str:
    """`value` as YAML: big things in lines, small ones (a size, a record) in braces."""
    node = _Representer(sort_keys=False).represent_data(value)
    _style(node, 0)
    return str(yaml.serialize(node, Dumper=PlainDumper, allow_unicode=True, width=width))


class _Representer(yaml.representer.SafeRepresenter):
    def ignore_aliases(self, data: object) -> bool:
        return True


def _style(node: yaml.Node, depth: int) -> None:
    """Collections of a few short scalars go on one line, but never the sections themselves."""
    if isinstance(node, yaml.ScalarNode):
        if _BREAKS.search(node.value):
            node.style = '"'  # no line of a value stands for itself
        return
    assert isinstance(node, yaml.CollectionNode)
    pairs = [p if isinstance(p, tuple) else (p,) for p in node.value]
    parts = [part for pair in pairs for part in pair]
    for part in parts:
        _style(part, depth + 1)
    below = [p for p in parts if isinstance(p, yaml.CollectionNode)]
    if not all(p.flow_style for p in below):
        for part in below:  # brothers look alike
            part.flow_style = not part.value
    plain = all(isinstance(p, yaml.ScalarNode) and not _BREAKS.search(p.value) for p in parts)
    length = sum(len(getattr(p, "value", "")) + 2 for p in parts)
    node.flow_style = not parts or (depth >= 2 and plain and length <= _SHORT)
