"""YAML as nodes with line numbers: strict, no aliases, no tags turned into objects."""

import yaml

from wizard.formats.errors import FormatError
from wizard.formats.text_lines import refuse_binary


class _NoAliases(yaml.SafeLoader):
    """An alias bomb needs aliases; no file of these needs one."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.events.AliasEvent):
            event = self.peek_event()  # type: ignore[no-untyped-call]
            raise yaml.MarkedYAMLError(
                problem="aliases are not used here", problem_mark=event.start_mark
            )
        return super().compose_node(parent, index)


def compose(text: str, path: str) -> yaml.Node | None:
    """The document's root node, None when it is empty. Raises FormatError."""
    refuse_binary(text, path)
    try:
        return yaml.compose(text, Loader=_NoAliases)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        why = error.problem or "cannot be understood"
        raise FormatError(path, mark.line + 1 if mark else 0, f"not YAML: {why}") from None
    except (yaml.YAMLError, RecursionError, ValueError):
        raise FormatError(path, 0, "not YAML that can be read") from None


def line_of(node: yaml.Node) -> int:
    """The node's first line, from 1."""
    return int(node.start_mark.line) + 1


def mapping(node: yaml.Node | None, path: str) -> dict[str, tuple[yaml.Node, yaml.Node]]:
    """Key → its key node and value node. Raises FormatError for others and for doubled keys."""
    if node is None:
        return {}
    if not isinstance(node, yaml.MappingNode):
        raise FormatError(path, line_of(node), "a mapping `key: value` was expected")
    found: dict[str, tuple[yaml.Node, yaml.Node]] = {}
    for key, value in node.value:
        if not isinstance(key, yaml.ScalarNode):
            raise FormatError(path, line_of(key), "a key must be a plain word")
        if key.value in found:
            raise FormatError(path, line_of(key), f"the key “{key.value}” stands here twice")
        found[key.value] = (key, value)
    return found


def strings(node: yaml.Node, path: str, what: str) -> tuple[tuple[str, int], ...]:
    """A list of texts, each with its line. Raises FormatError for anything else."""
    if not isinstance(node, yaml.SequenceNode):
        raise FormatError(path, line_of(node), f"{what} must be a list")
    found = []
    for item in node.value:
        if not isinstance(item, yaml.ScalarNode):
            raise FormatError(path, line_of(item), f"{what} must hold plain texts only")
        found.append((str(item.value), line_of(item)))
    return tuple(found)


def scalar(node: yaml.Node | None) -> str:
    """A plain value as text, "" for anything else."""
    return str(node.value) if isinstance(node, yaml.ScalarNode) else ""
