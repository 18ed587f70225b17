"""What was looked at last, and where its answers lie; so that the next command takes the same."""

import json
from pathlib import Path

from pydantic import ValidationError

from wizard.engine.folder import STATE_FOLDER, machine_trouble, prepare_folder
from wizard.model.frozen import Frozen

_NAME = "looked.json"


class LastLook(Frozen):
    """A source, its files (whole paths; none: the usual ones), profiles, and which cluster of an
    account that holds several.

    `answers` is the whole path of the mapping's file of answers, "" when none was named: the file
    stays the person's own, and what it holds is kept nowhere else.
    """

    source: str
    files: tuple[str, ...] = ()
    profiles: tuple[str, ...] = ()
    cluster: str = ""
    answers: str = ""

    def is_of(self, other: "LastLook") -> bool:
        """Whether both look at the same, wherever their answers lie."""
        return self.model_copy(update={"answers": other.answers}) == other


def last_look(folder: Path) -> LastLook | None:
    """What was looked at last in `folder`; None when nothing was, or nobody can tell."""
    try:
        return LastLook.model_validate_json((folder / STATE_FOLDER / _NAME).read_bytes())
    except (OSError, ValidationError):
        return None


def last_answers(folder: Path, look: LastLook) -> Path | None:
    """The file of answers that was named last for this look."""
    before = last_look(folder)
    named = before.answers if before is not None and before.is_of(look) else ""
    return Path(named) if named else None


def remember_look(folder: Path, look: LastLook) -> None:
    """Keep it; without answers of its own, with those that were named for the same look before.

    Raises MachineError when the folder takes no file.
    """
    if not look.answers and (named := last_answers(folder, look)) is not None:
        look = look.model_copy(update={"answers": str(named)})
    state = folder / STATE_FOLDER
    prepare_folder(state)
    path = state / _NAME
    with machine_trouble("write", path):
        beside = path.with_suffix(".new")
        beside.write_text(json.dumps(look.model_dump(mode="json")), encoding="utf-8")
        beside.replace(path)
