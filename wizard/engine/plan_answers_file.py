"""Reads a file of answers: YAML, question id → answer; what is unknown or unreadable is refused."""

from pathlib import Path

from wizard.engine.plan_yaml import line_of, load_yaml
from wizard.errors import UsageError
from wizard.rules.plan_answers import closest, known_ids
from wizard.safety.clean import clean

_SIZE_LIMIT = 200_000


def read_answers(path: Path) -> dict[str, object]:
    """The answers in `path`. An empty answer leaves its question open.

    Raises UsageError with the line of what is wrong.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path} cannot be read", error.strerror or str(error)) from error
    if len(raw) > _SIZE_LIMIT:
        raise UsageError(f"{path} is larger than {_SIZE_LIMIT} bytes", "those are no answers")
    document, root = load_yaml(raw, path.name)
    if document is None:
        return {}
    if not isinstance(document, dict):
        raise UsageError(f"{path.name}, line 1: answers are a mapping, question id: answer")
    known = set(known_ids())
    for name in document:
        if name not in known:
            likely = closest(str(name))
            raise UsageError(
                f"{path.name}, line {line_of(root, (str(name),))}: "
                f"there is no question “{clean(str(name), 100)}”",
                f"did you mean {likely}?" if likely else "",
                "moveday plan --json lists the questions with their ids",
            )
    return {str(name): answer for name, answer in document.items() if answer is not None}
