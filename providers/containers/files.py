"""The files of a Compose project on disk: read within bounds, missing ones are missing."""

import os
from collections.abc import Mapping
from pathlib import Path

from wizard.errors import UsageError
from wizard.formats.compose import Loaded
from wizard.formats.compose.env_file import EnvFile, read_compose_env
from wizard.formats.compose.tree import Text
from wizard.formats.compose.variables import EnvFileUse
from wizard.formats.errors import FormatError
from wizard.model.inventory import Gap

_NAMES = ("compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml")
_STACK = ("docker-stack.yml", "docker-stack.yaml", "stack.yml", "stack.yaml")
_LARGEST, _LARGEST_INPUT = 4_000_000, 64_000_000
_MOST_INSIDE = 32
_MOST_NAMED = 5


class ProjectFiles:
    """Reads below one folder. Paths are as Compose writes them: relative to the first file."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._passed: dict[str, Gap] = {}
        found = self._env_file(".env", {})
        self.dotenv = found.known if found is not None else {}
        for name, text in found.values.items() if found is not None else ():
            if text.unset:
                self._pass(str(text.place), f"{name} waits for {', '.join(text.unset)}: no value")

    @property
    def gaps(self) -> tuple[Gap, ...]:
        """What stands in files of variables and was not read."""
        return tuple(self._passed.values())

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

    def variables(
        self, use: EnvFileUse, own: Mapping[str, str], earlier: Mapping[str, str]
    ) -> dict[str, Text] | None:
        """A file of variables; None when it is not there. Lines that Compose refuses are passed.

        `own` are the service's variables by its own lines, `earlier` those of files before.
        """
        found = self._env_file(use.path, {**own, **self.dotenv}, earlier, raw=use.raw)
        return None if found is None else found.values

    def _env_file(
        self,
        path: str,
        outside: Mapping[str, str],
        earlier: Mapping[str, str] | None = None,
        *,
        raw: bool = False,
    ) -> EnvFile | None:
        text = self.text(path)
        if text is None:
            if self.is_file(path):
                self._pass(path, "not read: it is no text in UTF-8, or too large")
            return None
        try:
            found = read_compose_env(text, path, outside, earlier, raw=raw)
        except FormatError as error:
            self._pass(path, f"not read: {error.why}")
            return None
        for wrong in found.wrong[:_MOST_NAMED]:
            self._pass(f"{path}:{wrong.line}", f"not read, and Compose refuses it: {wrong.why}")
        if len(found.wrong) > _MOST_NAMED:
            self._pass(path, f"{len(found.wrong) - _MOST_NAMED} more lines are not read")
        return found

    def _pass(self, place: str, why: str) -> None:
        self._passed[place] = Gap(subject=place, reason=why)


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
        odd = next((name for name in _NAMES if os.path.lexists(folder / name)), "")
        raise UsageError(
            "there is no Compose file here",
            f"{odd} is there, and is no file that can be read"
            if odd
            else f"looked for {', '.join(_NAMES)}",
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
