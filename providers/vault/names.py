"""Which items did moveday put into the keyring? Their names, never values; keyrings cannot list.

One small file per item, so that two processes never overwrite each other's list.
"""

import contextlib
import hashlib
import json
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

import platformdirs
from pydantic import ValidationError

from wizard.errors import MachineError
from wizard.model.sign_in import Kept

_FOLDER = "keyring-names"


def names_folder(environ: Mapping[str, str]) -> Path:
    """Where the names are kept: the user's data folder, as the platform has it."""
    named = environ.get("XDG_DATA_HOME", "")
    base = Path(named) / "moveday" if named else platformdirs.user_data_path("moveday")
    return base / _FOLDER


class Names:
    """The names of all items, over all moves of this user."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def all(self) -> tuple[Kept, ...]:
        """Every name, oldest first; files that are not ours are passed over."""
        found = []
        with contextlib.suppress(OSError):
            for path in sorted(self.folder.glob("*.json")):
                with contextlib.suppress(OSError, ValueError, ValidationError):
                    found.append(Kept.model_validate(json.loads(path.read_bytes())))
        return tuple(sorted(found, key=lambda kept: kept.at))

    def add(self, kept: Kept) -> None:
        """Remember a name; done before its item is written, so that no item is ever unknown."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            descriptor, temporary = tempfile.mkstemp(prefix=".new-", dir=self.folder)
            try:
                with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                    file.write(kept.model_dump_json(indent=1))
                Path(temporary).replace(self._path(kept.service, kept.user))
            except BaseException:
                Path(temporary).unlink(missing_ok=True)
                raise
        except OSError as error:
            raise MachineError(
                "the list of what is in the keyring cannot be written",
                f"{self.folder}: {error.strerror}",
                "moveday puts nothing into a keyring that it could not find again",
            ) from error

    def remove(self, service: str, user: str) -> None:
        """Forget a name, once its item is gone."""
        with contextlib.suppress(OSError):
            self._path(service, user).unlink(missing_ok=True)

    def _path(self, service: str, user: str) -> Path:
        mark = hashlib.sha256(json.dumps([service, user]).encode()).hexdigest()[:24]
        return self.folder / f"{mark}.json"
