"""The app's folder in a repository that holds several, as it was typed."""

from pathlib import Path

from wizard.errors import UsageError
from wizard.safety.clean import clean


def folder_below(home: Path, typed: str) -> str:
    """The folder relative to the repository, with `/`. Raises UsageError for any other."""
    name = clean(typed, 200)
    wanted = home / typed
    try:
        inside = wanted.resolve().relative_to(home)
    except (ValueError, OSError):
        raise UsageError(f"{name} does not lie in {home}", "", "name a folder below it") from None
    if not wanted.is_dir():
        raise UsageError(f"{name} is no folder of {home}")
    if inside != Path(typed.rstrip("/")) and wanted.resolve() != wanted.absolute():
        raise UsageError(f"{name} leads elsewhere by a symbolic link", "", "name the real folder")
    return inside.as_posix()
