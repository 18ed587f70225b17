"""Gemfile.lock: what Bundler locked, from where, for which platforms, with which Ruby."""

import re
from typing import Literal

from wizard.formats.errors import FormatError
from wizard.formats.text_lines import numbered, refuse_binary
from wizard.model.frozen import Frozen

SourceKind = Literal["GEM", "GIT", "PATH", "PLUGIN SOURCE"]
_SOURCES: dict[str, SourceKind] = {
    "GEM": "GEM", "GIT": "GIT", "PATH": "PATH", "PLUGIN SOURCE": "PLUGIN SOURCE",
}  # fmt: skip
_SECTION = re.compile(r"[A-Z][A-Z ]*[A-Z]")
_SPEC = re.compile(r" {4}([\w.-]+)(?: \(([^()\s]+)\))?")
_NEED = re.compile(r" {6}([\w.-]+)(?: \([^()]*\))?!?")
_OPTION = re.compile(r" {2}([\w]+):(?: (.*))?")
_DEPENDENCY = re.compile(r" {2}([\w.-]+)(?: \([^()]*\))?!?")
_RUBY = re.compile(r"ruby (\d+(?:\.\d+){1,3}(?:\.?\w+)?)(?: \((\w+) [^()]*\))?")


class GemSource(Frozen):
    """One block of gems: `remote` is an address or a folder. `line` is the block's first one."""

    kind: SourceKind
    remote: str = ""
    line: int
    remote_line: int = 0


class LockedGem(Frozen):
    """`needs` are names of gems; `platforms` those that have a build of their own in the lock."""

    name: str
    version: str
    line: int
    source: GemSource
    needs: tuple[str, ...] = ()
    platforms: tuple[str, ...] = ()


class GemfileLock(Frozen):
    """`dependencies` are what the Gemfile names, with lines. `ruby` and `bundler` "" when absent.

    `engine` is "ruby" or another make of it (jruby); lines count from 1, 0 when absent.
    """

    gems: tuple[LockedGem, ...]
    sources: tuple[GemSource, ...] = ()
    platforms: tuple[tuple[str, int], ...] = ()
    dependencies: tuple[tuple[str, int], ...] = ()
    ruby: str = ""
    ruby_line: int = 0
    engine: str = "ruby"
    bundler: str = ""
    bundler_line: int = 0


def read_gemfile_lock(text: str, path: str = "Gemfile.lock") -> GemfileLock:
    """Read the lock. Raises FormatError with the line for what Bundler would refuse."""
    refuse_binary(text, path)
    found = _Found()
    section = ""
    for number, row in numbered(text):
        if re.match(r"<{7}|={7}|>{7}", row):
            raise FormatError(path, number, "a merge conflict was left in the file")
        if not row.strip():
            continue
        if not row.startswith(" "):
            if not _SECTION.fullmatch(row.strip()):
                raise FormatError(path, number, f"“{row.strip()[:60]}” is no section of a lock")
            section = row.strip()
            found.begin(section, number)
        elif not section:
            raise FormatError(path, number, "an entry before the first section")
        else:
            _entry(found, section, row.rstrip(), number, path)
    if not section:
        raise FormatError(path, 1, "the file is empty")
    return found.lock()


class _Found:
    """What was read so far."""

    def __init__(self) -> None:
        self.sources: list[GemSource] = []
        self.gems: dict[str, LockedGem] = {}
        self.last = ""
        self.platforms: list[tuple[str, int]] = []
        self.dependencies: list[tuple[str, int]] = []
        self.ruby: tuple[str, str, int] = ("", "ruby", 0)
        self.bundler: tuple[str, int] = ("", 0)

    def begin(self, section: str, number: int) -> None:
        self.last = ""
        if section in _SOURCES:
            self.sources.append(GemSource(kind=_SOURCES[section], line=number))

    def lock(self) -> GemfileLock:
        return GemfileLock(
            gems=tuple(self.gems.values()),
            sources=tuple(self.sources),
            platforms=tuple(self.platforms),
            dependencies=tuple(self.dependencies),
            ruby=self.ruby[0],
            engine=self.ruby[1],
            ruby_line=self.ruby[2],
            bundler=self.bundler[0],
            bundler_line=self.bundler[1],
        )


def _entry(found: _Found, section: str, row: str, number: int, path: str) -> None:
    word = row.strip()
    if section in _SOURCES:
        _of_source(found, row, number, path)
    elif section == "PLATFORMS":
        found.platforms.append((word, number))
    elif section == "DEPENDENCIES":
        match = _DEPENDENCY.fullmatch(row)
        if match is None:
            raise FormatError(path, number, f"“{word[:60]}” is no dependency")
        found.dependencies.append((match.group(1), number))
    elif section == "RUBY VERSION":
        match = _RUBY.fullmatch(word)
        if match is None:
            raise FormatError(path, number, f"“{word[:60]}” is no version of Ruby")
        found.ruby = (re.sub(r"p\d+$", "", match.group(1)), match.group(2) or "ruby", number)
    elif section == "BUNDLED WITH":
        if not re.fullmatch(r"\d+(\.\w+)+", word):
            raise FormatError(path, number, f"“{word[:60]}” is no version of Bundler")
        found.bundler = (word, number)
    # Sections of other names (CHECKSUMS) hold nothing that is asked here.


def _of_source(found: _Found, row: str, number: int, path: str) -> None:
    source = found.sources[-1]
    if (option := _OPTION.fullmatch(row)) is not None:
        if option.group(1) == "remote" and not source.remote:
            remote = {"remote": (option.group(2) or "").strip(), "remote_line": number}
            found.sources[-1] = source.model_copy(update=remote)
        return
    if (spec := _SPEC.fullmatch(row)) is not None:
        name, whole = spec.group(1), spec.group(2) or ""
        version, _, platform = whole.partition("-")
        before = found.gems.get(name)
        builds = before.platforms if before else ()
        found.last = name
        if before is None:
            found.gems[name] = LockedGem(name=name, version=version, line=number, source=source)
        if platform:
            update = {"platforms": (*builds, platform)}
            found.gems[name] = found.gems[name].model_copy(update=update)
        return
    need = _NEED.fullmatch(row)
    if need is None or not found.last:
        raise FormatError(path, number, f"“{row.strip()[:60]}” is no gem")
    gem = found.gems[found.last]
    if need.group(1) not in gem.needs:
        found.gems[found.last] = gem.model_copy(update={"needs": (*gem.needs, need.group(1))})
