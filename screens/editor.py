"""The person's own editor on one file, while the screens step aside."""

import os
import shlex
import shutil
import subprocess
from pathlib import Path

from textual.app import App, SuspendNotSupported

from screens.leaving import others_ctrl_c
from wizard.errors import MachineError

_USUAL = ("sensible-editor", "nano", "vi", "notepad")


def edit(app: App[None], path: Path) -> None:
    """Open `path` in $VISUAL or $EDITOR and wait until it is closed.

    Raises MachineError when there is no editor, or it could not be started. Nothing may be raised
    inside `suspend`: Textual 8.2 would never come back (its issue 6692).
    """
    words = shlex.split(os.environ.get("VISUAL") or os.environ.get("EDITOR") or "")
    program = words or [name for name in _USUAL if shutil.which(name)][:1]
    if not program:
        raise MachineError("there is no editor", "VISUAL and EDITOR are not set", "set EDITOR")
    trouble = ""
    try:
        with app.suspend(), others_ctrl_c():
            try:
                subprocess.run([*program, str(path)], check=False)
            except OSError as error:
                trouble = str(error)
    except SuspendNotSupported:
        trouble = "this terminal cannot be lent to another program"
    if trouble:
        raise MachineError(f"{program[0]} could not be started", trouble, "set EDITOR")
