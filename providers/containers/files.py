"""The files of a Compose project on disk: read within bounds, missing ones are missing."""

import os
from pathlib import Path

from wizard.errors import UsageError
from wizard.formats.compose import Loaded
from wizard.formats.env_file import read_env_file
from wizard.formats.errors import FormatError

_NAMES = ("compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml")
_STACK = ("docker-stack.yml", "docker-stack.yaml", "stack.yml", "stack.yaml")
_LARGEST, _LARGEST_INPUT = 4_000_000, 64_000_000
_MOST_INSIDE = 32


class ProjectFiles:
    """Reads below one folder. Paths are as Compose writes them: relative to the first file."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.dotenv = self.variables(".env") or {}

    def text(self, path: str) -> str | None:
        """A file's text; None when there is none that can be read as UTF-8."""
        try:
            where = self.root / Path(path).expanduser()
            if not where.is_file() or where.stat().st_size > _LARGEST:
                return None
            return where.read_text(encoding="utf-8")
        except (OSError, ValueError, RuntimeError):
            return None

    def is_file(self, path: str) -> bool:
        """Whether a file lies there."""
        try:
            return (self.root / path).is_file()
        except (OSError, ValueError):
            return False

    def is_folder(self, path: str) -> bool:
        """Whether a folder lies there."""
        try:
            return (self.root / path).is_dir()
        except (OSError, ValueError):
            return False

    def inside(self, path: str) -> tuple[str, ...]:
        """The paths of the files right in a folder, by name; () when it is none."""
        try:
            found = sorted(each.name for each in (self.root / path).iterdir() if each.is_file())
        except (OSError, ValueError):
            return ()
        return tuple(f"{path.rstrip('/')}/{name}" for name in found[:_MOST_INSIDE])

    def below(self, path: str, most: int) -> tuple[str, ...]:
        """The files of a folder and of those in it, at most so many; links are not followed."""
        found: list[str] = []
        for folder, folders, names in os.walk(self.root / path):
            folders.sort()
            inner = Path(folder).relative_to(self.root).as_posix()
            found += [f"{inner}/{name}" for name in sorted(names)]
            if len(found) >= most:
                break
        return tuple(found[:most])

    def variables(self, path: str) -> dict[str, str] | None:
        """A file of NAME=value lines; None when it is not there. Lines that are none are passed."""
        text = self.text(path)
        if text is None:
            return None
        try:
            return read_env_file(text, path)
        except FormatError:
            lines = [line for line in text.splitlines() if "=" in line]
            found: dict[str, str] = {}
            for line in lines:
                try:
                    found |= read_env_file(line, path)
                except FormatError:
                    continue
            return found


def chosen(folder: Path, files: tuple[Path, ...], named: str = "") -> tuple[Path, ...]:
    """The project's files: those that were given, else those that .env or the usual names give.

    Raises UsageError when there is none.
    """
    if files:
        found = [path if path.is_absolute() else folder / path for path in files]
    elif named:
        found = [folder / part for part in named.replace(";", ":").split(":") if part]
    else:
        found = [folder / name for name in (*_NAMES, *_STACK) if (folder / name).is_file()][:1]
        for path in tuple(found):
            over = path.with_name(f"{path.stem}.override{path.suffix}")
            found += [over] if over.is_file() else []
    if not found:
        raise UsageError(
            "there is no Compose file here",
            f"looked for {', '.join(_NAMES)}",
            "name it: moveday inventory --source compose --file FILE",
        )
    return tuple(found)


def loaded(path: Path, root: Path) -> Loaded:
    """One of the project's own files. Raises UsageError when it cannot be read."""
    shown = str(path.relative_to(root)) if path.is_relative_to(root) else str(path)
    try:
        if path.stat().st_size > _LARGEST_INPUT:
            raise UsageError(f"{shown} is too large", f"more than {_LARGEST_INPUT:,} bytes")
        return Loaded(shown, path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(
            f"{shown} cannot be read", error.strerror or "", "name another with --file"
        ) from None
    except UnicodeDecodeError:
        raise FormatError(shown, 0, "this is not a text file in UTF-8") from None
