"""Reads moveday.yaml: strictly, with file, line and reason for everything that is wrong."""

import hashlib
from collections.abc import Mapping
from pathlib import Path

import yaml

from wizard.engine.open_questions import OpenQuestions
from wizard.engine.plan_yaml import FILE_NAME, line_of, load_yaml
from wizard.errors import UsageError
from wizard.model.draft import Draft, Hole
from wizard.model.plan import Plan
from wizard.rules.plan_questions import open_questions
from wizard.rules.plan_state import Problem, standing
from wizard.safety.clean import clean

__all__ = ["FILE_NAME", "FORMAT", "parse_plan", "plan_bytes", "read_plan", "settle"]

FORMAT = 1
_SIZE_LIMIT = 200_000


def plan_bytes(folder: Path) -> bytes | None:
    """The bytes of `folder`/moveday.yaml, None when there is none.

    Raises UsageError when it cannot be read or is too large to be a plan.
    """
    path = folder / FILE_NAME
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise UsageError(f"{FILE_NAME} cannot be read", str(error)) from error
    if len(raw) > _SIZE_LIMIT:
        raise UsageError(f"{FILE_NAME} is larger than {_SIZE_LIMIT} bytes", "that is no plan")
    return raw


def read_plan(folder: Path) -> tuple[Plan, str]:
    """The plan in `folder`/moveday.yaml and the SHA-256 (hex) of the file.

    Raises UsageError naming file, line and reason; OpenQuestions when it is a draft.
    """
    raw = plan_bytes(folder)
    if raw is None:
        raise UsageError(
            f"there is no {FILE_NAME} in {folder}",
            "moveday keeps its decisions in that file, beside the app",
            "run moveday plan in the app's folder, or write the file (README, “The plan”)",
        )
    return parse_plan(raw), hashlib.sha256(raw).hexdigest()


def parse_plan(raw: bytes) -> Plan:
    """The plan that `raw` holds.

    Raises UsageError with the line where it is wrong; OpenQuestions when it is a draft.
    """
    found = settle(raw)
    if isinstance(found, Plan):
        return found
    lines = {hole.id: hole.line for hole in found.holes}
    raise OpenQuestions(f"{FILE_NAME} is a draft", open_questions(found), lines)


def settle(raw: bytes) -> Plan | Draft:
    """What `raw` holds: a plan, or a draft when all that is wrong are empty or missing values.

    Raises UsageError with the line of everything else that is wrong.
    """
    document, root = load_yaml(raw)
    if document is None:
        document = {}
    if not isinstance(document, dict):
        raise UsageError(f"{FILE_NAME}, line 1: a plan must be a mapping of settings")
    number = document.get("format", FORMAT)
    if isinstance(number, int) and number > FORMAT:
        raise UsageError(
            f"{FILE_NAME}, line {line_of(root, ('format',))}: it has format {number};"
            f" this moveday knows {FORMAT}",
            "a newer moveday wrote it",
            "install that version",
        )
    return judge(document, root)


def judge(document: Mapping[str, object], root: yaml.Node | None = None) -> Plan | Draft:
    """The plan or draft that `document` is; UsageError for what is wrong rather than open."""
    found = standing(document)
    if found.plan is not None:
        return found.plan
    if found.wrong:
        told = (_told(problem, root) for problem in found.wrong)
        raise UsageError(f"{FILE_NAME} is not right", "\n".join(told))
    holes = (Hole(id=p.id, line=line_of(root, p.location)) for p in found.open)
    return Draft(document, tuple(holes))


def _told(problem: Problem, root: yaml.Node | None) -> str:
    where = f", {clean(problem.id, 200)}" if problem.location else ""
    return f"line {line_of(root, problem.location)}{where}: {problem.words}"
