"""Which files were looked at last? Kept beside the app, so that the next command takes the same."""

import json
from pathlib import Path

from pydantic import ValidationError

from wizard.engine.folder import STATE_FOLDER, machine_trouble, prepare_folder
from wizard.model.frozen import Frozen

_NAME = "looked.json"


class LastLook(Frozen):
    """A source, its files (whole paths; none: the usual ones), profiles, and which cluster of an
    account that holds several."""

    source: str
    files: tuple[str, ...] = ()
    profiles: tuple[str, ...] = ()
    cluster: str = ""


def last_look(folder: Path) -> LastLook | None:
    """What was looked at last in `folder`; None when nothing was, or nobody can tell."""
    try:
        return LastLook.model_validate_json((folder / STATE_FOLDER / _NAME).read_bytes())
    except (OSError, ValidationError):
        return None


def remember_look(folder: Path, look: LastLook) -> None:
    """Keep it. Raises MachineError when the folder takes no file."""
    state = folder / STATE_FOLDER
    prepare_folder(state)
    path = state / _NAME
    with machine_trouble("write", path):
        beside = path.with_suffix(".new")
        beside.write_text(json.dumps(look.model_dump(mode="json")), encoding="utf-8")
        beside.replace(path)
