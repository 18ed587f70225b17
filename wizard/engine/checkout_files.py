"""Writes proposed files into the app's checkout: with consent, a backup, the journal, and undo."""

import contextlib
import hashlib
import json
import os
import secrets
import stat
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from pydantic import ValidationError

from wizard.acts import do
from wizard.clock import Clock
from wizard.engine.folder import (
    BINARY,
    STATE_FOLDER,
    machine_trouble,
    prepare_folder,
    sync_folder,
    write_fully,
)
from wizard.engine.journal import Journal
from wizard.errors import BlockedError, CheckFailedError
from wizard.model.files import GeneratedFile
from wizard.model.frozen import Frozen
from wizard.model.repo_view import as_text
from wizard.safety.clean import clean
from wizard.safety.consent import Consent, Level, require

BACKUPS = "backups"
_MANIFEST = "written.json"
_UNDONE = "undone"
_MODE = 0o644


class Kept(Frozen):
    """One written file: its digest (SHA-256, hex) before, "" for a new one, and after; its mode."""

    path: str
    before: str
    after: str
    mode: int = _MODE


class Manifest(Frozen):
    """What one write changed; beside it lie the files as they were. `folders` are new ones."""

    files: tuple[Kept, ...]
    folders: tuple[str, ...] = ()


class FilesWritten(Frozen):
    """`backup` is the folder with the files as they were."""

    paths: tuple[str, ...]
    backup: str


class FilesRestored(Frozen):
    """What an undo brought back and what it took away again."""

    restored: tuple[str, ...]
    removed: tuple[str, ...]
    backup: str


def write_files(
    folder: Path, files: Sequence[GeneratedFile], consent: Consent, journal: Journal, clock: Clock
) -> FilesWritten:
    """Write `files` below `folder`, all of them or none of those that would be refused.

    Raises ConsentMissing, BlockedError for a target that is a link, lies outside, or is no longer
    what the proposal was made from, and MachineError.
    """
    require(consent, Level.WRITE_FILES, "writing files into the checkout")
    contents = {file.path: _current(folder, file) for file in files}
    kept = tuple(
        Kept(
            path=file.path,
            before=_digest(contents[file.path][0]),
            after=_digest(file.text.encode()),
            mode=contents[file.path][1],
        )
        for file in files
    )
    backup = _new_backup(folder, clock)
    with machine_trouble("keep a copy in", backup):
        for file in files:
            old = contents[file.path][0]
            if old is not None:
                target = backup / "files" / file.path
                target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                _replace(target, old, 0o600)
        made = _missing_folders(folder, files)
        manifest = Manifest(files=kept, folders=made).model_dump_json(indent=2)
        _replace(backup / _MANIFEST, manifest.encode(), 0o600)
    paths = tuple(file.path for file in files)
    journal.append("intent", key="files-written", paths=list(paths), backup=backup.name)
    for name in made:
        with machine_trouble("make", folder / name):
            (folder / name).mkdir(exist_ok=True)
    for file, facts in zip(files, kept, strict=True):
        with machine_trouble("write", folder / file.path):
            _replace(folder / file.path, file.text.encode(), facts.mode)
        journal.append("effect", key="files-written", path=file.path, digest=facts.after)
    journal.append("done", key="files-written", backup=backup.name)
    return FilesWritten(paths=paths, backup=str(backup.relative_to(folder)))


def undo_files(
    folder: Path, consent: Consent, journal: Journal, *, force: bool = False
) -> FilesRestored:
    """Bring back what the last write changed, byte for byte.

    Raises BlockedError when there is nothing to undo, and CheckFailedError, changing nothing, when
    a file was changed since, unless `force`.
    """
    require(consent, Level.WRITE_FILES, "restoring files in the checkout")
    backup, manifest = _last_backup(folder)
    changed = []
    for kept in manifest.files:
        _guard(folder, kept.path)
        now = _digest(_bytes(folder / kept.path))
        # Not yet written (killed in the middle) is as good as undone.
        if now not in (kept.after, kept.before):
            changed.append(kept.path)
    if changed and not force:
        raise CheckFailedError(
            f"changed since they were written: {', '.join(changed)}",
            "nothing was restored; your changes would be lost",
            f"{do('restore-anyway')}; git shows what would be lost (git diff)",
        )
    restored, removed = [], []
    journal.append("intent", key="files-undone", backup=backup.name)
    for kept in manifest.files:
        target = folder / kept.path
        with machine_trouble("restore", target):
            if kept.before:
                _replace(target, (backup / "files" / kept.path).read_bytes(), kept.mode)
                restored.append(kept.path)
            elif target.exists():
                target.unlink()
                removed.append(kept.path)
    for name in reversed(manifest.folders):
        # What somebody else put into it stays, and so does the folder.
        with contextlib.suppress(OSError):
            (folder / name).rmdir()
    with machine_trouble("mark", backup):
        _replace(backup / _UNDONE, b"", 0o600)
    journal.append("undone", key="files-written", backup=backup.name, forced=bool(changed))
    return FilesRestored(
        restored=tuple(restored), removed=tuple(removed), backup=str(backup.relative_to(folder))
    )


def _current(folder: Path, file: GeneratedFile) -> tuple[bytes | None, int]:
    """The bytes and mode that are there; refuses what is not what was looked at."""
    target = _guard(folder, file.path)
    content = _bytes(target)
    if content is None:
        if file.before is not None:
            raise _moved(file.path)
        return None, _MODE
    if as_text(content) != file.before:
        raise _moved(file.path)
    if file.before is not None and file.before.encode() != content:
        raise BlockedError(
            f"{file.path} is not plain UTF-8", "writing it would change more than is shown"
        )
    return content, stat.S_IMODE(target.stat().st_mode)


def _moved(path: str) -> BlockedError:
    return BlockedError(
        f"{clean(path, 200)} was changed since it was looked at",
        "nothing was written",
        do("again"),
    )


def _guard(folder: Path, path: str) -> Path:
    """The target's place; BlockedError for a link on the way, a folder, or anything outside."""
    pure = PurePosixPath(path)
    if pure.is_absolute() or ".." in pure.parts or not pure.parts or "\\" in path:
        raise BlockedError(f"{clean(path, 200)} lies outside the repository", "not written")
    here = folder
    for part in pure.parts:
        here = here / part
        if here.is_symlink():
            raise BlockedError(
                f"{clean(path, 200)} is reached by a symbolic link",
                "what it points at may be somebody else's",
                "replace the link by a regular file",
            )
    if here.exists() and not here.is_file():
        raise BlockedError(f"{clean(path, 200)} is no regular file", "not written")
    above = folder
    for part in pure.parts[:-1]:
        above = above / part
        if above.exists() and not above.is_dir():
            raise BlockedError(f"{clean(path, 200)} would lie in a file", "not written")
    return here


def _missing_folders(folder: Path, files: Sequence[GeneratedFile]) -> tuple[str, ...]:
    """Folders that have to be made, outer ones first."""
    found: dict[str, None] = {}
    for file in files:
        above = PurePosixPath(file.path).parents
        for parent in reversed(above):
            if parent.parts and not (folder / parent).is_dir():
                found[str(parent)] = None
    return tuple(found)


def _bytes(path: Path) -> bytes | None:
    with machine_trouble("read", path):
        try:
            return path.read_bytes()
        except FileNotFoundError:
            return None


def _digest(content: bytes | None) -> str:
    return "" if content is None else hashlib.sha256(content).hexdigest()


def _new_backup(folder: Path, clock: Clock) -> Path:
    state = folder / STATE_FOLDER
    prepare_folder(state)
    stamp = clock.now().strftime("%Y-%m-%dT%H-%M-%S.%f")
    backup = state / BACKUPS / stamp
    with machine_trouble("make", backup):
        (state / BACKUPS).mkdir(mode=0o700, exist_ok=True)
        backup.mkdir(mode=0o700)
    return backup


def _last_backup(folder: Path) -> tuple[Path, Manifest]:
    root = folder / STATE_FOLDER / BACKUPS
    found = sorted((p for p in root.iterdir() if p.is_dir()), reverse=True) if root.is_dir() else []
    for backup in found:
        if (backup / _UNDONE).exists() or not (backup / _MANIFEST).exists():
            continue
        try:
            raw = json.loads((backup / _MANIFEST).read_bytes())
            return backup, Manifest.model_validate(raw)
        except (OSError, ValueError, ValidationError) as error:
            raise CheckFailedError(
                f"the backup {backup.name} cannot be read",
                clean(str(error), 300),
                f"the files as they were lie in {backup}",
            ) from error
    raise BlockedError("nothing to undo", "no write of files is open in this folder")


def _replace(target: Path, content: bytes, mode: int) -> None:
    """Write so that a reader sees the old file or the new one, never a part."""
    temporary = target.parent / f".moveday-{secrets.token_hex(6)}"
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | BINARY | getattr(os, "O_NOFOLLOW", 0)
    try:
        descriptor = os.open(temporary, flags, 0o600)
        try:
            write_fully(descriptor, content)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        temporary.chmod(mode)
        temporary.replace(target)
    except OSError:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise
    sync_folder(target.parent)
