"""A copy of the checkout as Aptible would build it: the files as proposed, with planted secrets."""

import contextlib
import os
import re
import secrets
import shlex
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from wizard.engine.folder import machine_trouble
from wizard.model.files import GeneratedFile
from wizard.model.repo_view import RepoView
from wizard.rules.boot_needs import USUAL, stand_in

IGNORE = (".dockerignore", "Dockerfile.dockerignore")
"""The second one goes before the first where it is there."""
CONFIGURATION = ".aptible.env"
# Front ends bake these into what everybody can download: no secrets by their own rules.
_PUBLIC = re.compile(
    r"^(NEXT_PUBLIC|VITE|REACT_APP|GATSBY|EXPO_PUBLIC|VUE_APP|NG_APP|STORYBOOK|NUXT_PUBLIC|PUBLIC)_"
)


class BuildContext:
    """A temporary folder with the copy (`path`), the clients' files beside it, and a marker.

    `marker` occurs in every value of `.aptible.env` and in a git folder, and nowhere else in the
    world: found in an image, it says that secrets would be in there too.
    """

    def __init__(self, home: Path) -> None:
        self.home = home
        self.path = home / "context"
        self.marker = f"moveday-{secrets.token_hex(12)}"
        self._hidden: dict[Path, bytes] = {}

    def hide_ignore(self) -> bool:
        """Take .dockerignore away, as Aptible's builder does; whether there was one."""
        places = [self.path / name for name in IGNORE]
        self._hidden = {p: p.read_bytes() for p in places if p.is_file() and not p.is_symlink()}
        for place in self._hidden:
            place.unlink()
        return bool(self._hidden)

    def restore_ignore(self) -> None:
        """Put .dockerignore back."""
        for place, content in self._hidden.items():
            place.write_bytes(content)

    def write_private(self, name: str, values: Mapping[str, str]) -> Path:
        """A file of NAME=value lines (0600) beside the copy, for the engine's client."""
        place = self.home / name
        text = "".join(f"{key}={value}\n" for key, value in values.items())
        with machine_trouble("write", place):
            descriptor = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(text.encode())
        return place


@contextlib.contextmanager
def build_context(
    folder: Path, view: RepoView, files: Iterable[GeneratedFile], names: Iterable[str]
) -> Iterator[BuildContext]:
    """Copy `view` of `folder`, write `files` over it; all of it is gone at the end.

    `names` of variables are added to `.aptible.env`, with invented values. Raises MachineError.
    """
    home = Path(tempfile.mkdtemp(prefix="moveday-check-"))
    try:
        context = BuildContext(home)
        with machine_trouble("copy the checkout to", home):
            context.path.mkdir()
            _copy(folder, view, context.path)
            for file in files:
                _put(context.path, file)
            _plant(context, names)
        yield context
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _copy(folder: Path, view: RepoView, into: Path) -> None:
    for entry in view.entries():
        source, target = folder / entry.path, into / entry.path
        if entry.kind == "other":
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        if entry.kind == "symlink":
            target.symlink_to(source.readlink())
            continue
        shutil.copyfile(source, target, follow_symlinks=False)
        target.chmod(0o755 if entry.executable else 0o644)


def _put(into: Path, file: GeneratedFile) -> None:
    target = into / file.path
    target.parent.mkdir(parents=True, exist_ok=True)
    # Never through a link of the repository's.
    target.unlink(missing_ok=True)
    target.write_bytes(file.text.encode())


def _plant(context: BuildContext, names: Iterable[str]) -> None:
    """Aptible's file of all configuration, and the git folder of a clone."""
    values = {name: _planted(name, context.marker) for name in (*USUAL, *names)}
    lines = [f"{name}={shlex.quote(value)}\n" for name, value in values.items()]
    place = context.path / CONFIGURATION
    place.unlink(missing_ok=True)
    place.write_text("".join(lines))
    git = context.path / ".git"
    if not git.exists() and not git.is_symlink():
        git.mkdir()
        (git / "HEAD").write_text("ref: refs/heads/main\n")
        (git / "config").write_text(
            f'[remote "origin"]\n\turl = https://git:{context.marker}@git.invalid/app.git\n'
        )


def _planted(name: str, marker: str) -> str:
    """A value in the variable's usual shape, with the marker in it where it is a secret."""
    usual = stand_in(name)
    if _PUBLIC.match(name):
        return usual
    if "://" not in usual:
        return f"{marker}-{'0' * 40}"
    scheme, _, rest = usual.partition("://")
    return f"{scheme}://moveday:{marker}@{rest.rpartition('@')[2]}"
