"""Reads a file of answers: question → answer, as YAML; for people who answer ahead."""

import json
from pathlib import Path

from wizard.engine.plan_yaml import FILE_NAME, load_yaml
from wizard.errors import UsageError
from wizard.safety.clean import clean

_SIZE_LIMIT = 200_000


def read_answers(path: Path) -> dict[str, str]:
    """Question id → answer; a list or mapping becomes JSON text.

    Raises UsageError naming file, line and reason.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path} cannot be read", str(error)) from error
    if len(raw) > _SIZE_LIMIT:
        raise UsageError(f"{path} is larger than {_SIZE_LIMIT} bytes", "that is no file of answers")
    try:
        document, _ = load_yaml(raw)
    except UsageError as error:
        raise UsageError(
            error.title.replace(FILE_NAME, str(path), 1), error.detail, error.hint
        ) from error
    if document is None:
        return {}
    if not isinstance(document, dict):
        raise UsageError(f"{path} must be a mapping: question, colon, answer")
    return {str(key): _text(str(key), value, path) for key, value in document.items()}


def _text(key: str, value: object, path: Path) -> str:
    if value is None:
        raise UsageError(f"{path}: {clean(key)} has no answer", "", "take the line out, or answer")
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
