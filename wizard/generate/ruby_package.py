"""A Ruby app as it is: its Ruby, and the gems that the running app installs."""

import posixpath
import re
from collections.abc import Callable

from wizard.formats.gemfile import Gemfile, read_gemfile
from wizard.formats.gemfile_lock import GemfileLock, LockedGem, read_gemfile_lock
from wizard.generate.notebook import Notebook
from wizard.generate.ruby_version import GEMFILE, LOCK, RubyVersion, ruby_version
from wizard.model.files import Evidence
from wizard.model.frozen import Frozen

WITHOUT = frozenset({"development", "test"})
"""The groups that Heroku does not install."""
_BESIDE = WITHOUT | {"cucumber", "spec", "rspec", "ci", "lint", "linting", "rubocop", "doc", "docs"}
"""Groups that a running app does not load, though some of them are installed."""


class RubyPackage(Frozen):
    """`gems` are those the running app loads, by name; `installed` all that Bundler installs.

    `folders` hold gems of the repository itself; `manifests` are read by Bundler.
    """

    version: RubyVersion
    gemfile: Gemfile
    lock: GemfileLock
    gems: dict[str, LockedGem]
    installed: dict[str, LockedGem]
    folders: tuple[tuple[str, int], ...] = ()
    manifests: tuple[str, ...] = ()

    def place(self, name: str) -> Evidence:
        """Where a gem is locked."""
        gem = self.installed[name]
        return Evidence(path=LOCK, line=gem.line, fact=f"{name} {gem.version}".strip())

    def has(self, *names: str) -> str:
        """The first of these gems that production installs, "" for none."""
        return next((name for name in names if name in self.gems), "")

    def release(self, name: str) -> tuple[int, int]:
        """(major, minor) of a gem; (0, 0) when it is not there."""
        gem = self.gems.get(name)
        numbers = [int(n) for n in re.findall(r"\d+", gem.version)[:2]] if gem else []
        return (numbers[0], numbers[1]) if len(numbers) > 1 else (0, 0)

    @property
    def rails(self) -> tuple[int, int]:
        """The release of Rails; (0, 0) for an app without it."""
        return self.release("railties")


def read_ruby_package(book: Notebook) -> RubyPackage | None:
    """The app in the root; None when a question stands in the way."""
    gemfile = book.parsed(GEMFILE, read_gemfile)
    lock = book.parsed(LOCK, read_gemfile_lock)
    if not book.has(LOCK):
        book.ask(
            "ruby-no-lock",
            f"there is no {LOCK}: which versions shall be installed?",
            "Heroku refuses such an app; run `bundle lock --add-platform x86_64-linux` and commit",
            found=(Evidence(path=GEMFILE, fact="names no exact versions"),),
        )
    if gemfile is None or lock is None:
        return None
    whole, manifests = _with_included(book, gemfile)
    version = ruby_version(book, lock, whole.ruby)
    folders = _folders(book, lock)
    if not _runs_on_linux(book, lock) or version is None or folders is None:
        return None
    return RubyPackage(
        version=version,
        gemfile=whole,
        lock=lock,
        gems=_locked(whole, lock, _loaded),
        installed=_locked(whole, lock, _installed),
        folders=folders,
        manifests=manifests,
    )


def _with_included(book: Notebook, gemfile: Gemfile) -> tuple[Gemfile, tuple[str, ...]]:
    """The Gemfile with those it evaluates; and every file that Bundler reads beside the lock."""
    todo, seen = [path for path, _ in gemfile.included], [GEMFILE]
    gems, ruby, around = list(gemfile.gems), gemfile.ruby, gemfile.looks_around
    reads = [path for path, _ in gemfile.reads]
    while todo:
        path = posixpath.normpath(todo.pop(0))
        found = book.parsed(path, read_gemfile) if path not in seen else None
        if found is None:
            continue
        seen.append(path)
        here = posixpath.dirname(path)
        todo += [posixpath.join(here, name) for name, _ in found.included]
        reads += [path for path, _ in found.reads]
        gems += found.gems
        ruby, around = ruby or found.ruby, around or found.looks_around
    update = {"gems": tuple(gems), "ruby": ruby, "looks_around": around}
    files = [path for path in dict.fromkeys((*seen[1:], *reads)) if book.has(path)]
    return gemfile.model_copy(update=update), tuple(files)


def _folders(book: Notebook, lock: GemfileLock) -> tuple[tuple[str, int], ...] | None:
    found = []
    for source in lock.sources:
        if source.kind != "PATH":
            continue
        folder = posixpath.normpath(source.remote or ".")
        if folder.startswith(("..", "/")):
            book.ask(
                f"gem-outside:{folder}",
                f"a gem lies in {folder}, outside of this repository",
                "a build sees this folder only: move the gem in, or take it from a git repository",
                found=(Evidence(path=LOCK, line=source.remote_line, fact=f"remote {folder}"),),
            )
            return None
        found.append((folder, source.remote_line))
    return tuple(found)


def _runs_on_linux(book: Notebook, lock: GemfileLock) -> bool:
    names = [name for name, _ in lock.platforms]
    if not names or any(re.fullmatch(r"ruby|x86_64-linux(-gnu)?", name) for name in names):
        return True
    book.ask(
        "ruby-platforms",
        f"{LOCK} locks gems for {', '.join(names)} only: none for Linux",
        "Bundler stops there, on Heroku too; run `bundle lock --add-platform x86_64-linux` and "
        "commit",
        found=tuple(Evidence(path=LOCK, line=n, fact=name) for name, n in lock.platforms),
    )
    return False


def _installed(groups: set[str]) -> bool:
    """Bundler leaves a gem out when all its groups are left out."""
    return not groups or bool(groups - WITHOUT)


def _loaded(groups: set[str]) -> bool:
    """A gem for tests that also names a group of its own serves tests all the same."""
    if groups & {"default", "production"}:
        return True
    return not groups or not (groups & WITHOUT or groups <= _BESIDE)


def _locked(
    gemfile: Gemfile, lock: GemfileLock, wanted: Callable[[set[str]], bool]
) -> dict[str, LockedGem]:
    """What is left of the lock for these groups: by name, never by substring."""
    declared: dict[str, bool] = {}
    for gem in gemfile.gems:
        groups = set(gem.groups)
        counts = wanted(groups) and not (groups and groups <= gemfile.optional)
        declared[gem.name] = declared.get(gem.name, False) or counts
    locked = {gem.name: gem for gem in lock.gems}
    todo = []
    for name, _ in lock.dependencies:
        own = name in locked and locked[name].source.kind == "PATH"
        # With a gemspec, what no `gem` line names is that gem itself or serves its development.
        if declared.get(name, own or not gemfile.gemspecs):
            todo.append(name)
    found: dict[str, LockedGem] = {}
    while todo:
        name = todo.pop()
        if name in locked and name not in found:
            found[name] = locked[name]
            todo += locked[name].needs
    return dict(sorted(found.items()))
