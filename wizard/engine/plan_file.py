"""Reads moveday.yaml: strictly, with file, line and reason for everything that is wrong."""

import hashlib
from pathlib import Path

import yaml
from pydantic import ValidationError

from wizard.errors import UsageError
from wizard.model.plan import Plan
from wizard.safety.clean import clean

FILE_NAME = "moveday.yaml"
FORMAT = 1
_SIZE_LIMIT = 200_000


class _StrictLoader(yaml.SafeLoader):
    """Safe loading that refuses duplicate keys and aliases (an alias bomb needs them)."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.events.AliasEvent):
            event = self.peek_event()  # type: ignore[no-untyped-call]
            raise yaml.MarkedYAMLError(
                problem="aliases are not used here", problem_mark=event.start_mark
            )
        return super().compose_node(parent, index)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[object, object]:
        seen: set[object] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if key in seen:
                raise yaml.MarkedYAMLError(
                    problem=f"the key “{key}” stands here twice", problem_mark=key_node.start_mark
                )
            seen.add(key)
        return dict(super().construct_mapping(node, deep))


def read_plan(folder: Path) -> tuple[Plan, str]:
    """The plan in `folder`/moveday.yaml and the SHA-256 (hex) of the file.

    Raises UsageError naming file, line and reason.
    """
    path = folder / FILE_NAME
    try:
        raw = path.read_bytes()
    except FileNotFoundError as error:
        raise UsageError(
            f"there is no {FILE_NAME} in {folder}",
            "moveday keeps its decisions in that file, beside the app",
            "run moveday in the app's folder, or write the file (README, “The plan”)",
        ) from error
    except OSError as error:
        raise UsageError(f"{FILE_NAME} cannot be read", str(error)) from error
    if len(raw) > _SIZE_LIMIT:
        raise UsageError(f"{FILE_NAME} is larger than {_SIZE_LIMIT} bytes", "that is no plan")
    return parse_plan(raw), hashlib.sha256(raw).hexdigest()


def parse_plan(raw: bytes) -> Plan:
    """The plan that `raw` holds; UsageError with the line where it is wrong."""
    try:
        document = yaml.load(raw, Loader=_StrictLoader)  # noqa: S506 (derived from SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = f"line {mark.line + 1}" if mark else "somewhere"
        raise UsageError(f"{FILE_NAME}, {place}: {clean(str(error.problem))}") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise UsageError(f"{FILE_NAME} is not readable YAML", clean(str(error))) from error
    if not isinstance(document, dict):
        raise UsageError(f"{FILE_NAME} must be a mapping of settings")
    number = document.get("format", FORMAT)
    if isinstance(number, int) and number > FORMAT:
        raise UsageError(
            f"{FILE_NAME} has format {number}; this moveday knows {FORMAT}",
            "a newer moveday wrote it",
            "install that version",
        )
    try:
        return Plan.model_validate(document)
    except ValidationError as error:
        root = yaml.compose(raw, Loader=_StrictLoader)
        lines = []
        for problem in error.errors():
            where = ".".join(str(part) for part in problem["loc"])
            lines.append(f"line {_line(root, problem['loc'])}, {clean(where)}: {problem['msg']}")
        raise UsageError(f"{FILE_NAME} is not right", "\n".join(lines)) from error


def _line(node: yaml.Node | None, location: tuple[int | str, ...]) -> int:
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
