"""Reads a file of answers, question → answer, as YAML: for people who answer ahead."""

import json
from collections.abc import Collection, Mapping
from pathlib import Path

from wizard.engine.plan_yaml import line_of, load_yaml
from wizard.errors import UsageError
from wizard.rules.plan_answers import closest
from wizard.safety.clean import clean

_SIZE_LIMIT = 200_000


def read_answers(path: Path, known: Collection[str] | None = None) -> dict[str, object]:
    """Question id → answer, as YAML means it. An empty answer leaves its question open.

    `known` are the ids there can be, None when only the one who asks knows them. Raises UsageError
    naming file, line and reason.
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
    for name in document:
        if known is not None and name not in known:
            likely = closest(str(name))
            raise UsageError(
                f"{path.name}, line {line_of(root, (str(name),))}: "
                f"there is no question “{clean(str(name), 100)}”",
                f"did you mean {likely}?" if likely else "",
                "moveday plan --json lists the questions with their ids",
            )
    return {str(name): answer for name, answer in document.items() if answer is not None}


def as_typed(answers: Mapping[str, object]) -> dict[str, str]:
    """The answers as a person would type them: yes and no; a list or mapping as JSON text."""
    return {name: _typed(value) for name, value in answers.items()}


def _typed(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
