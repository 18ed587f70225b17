"""build.gradle(.kts) and settings.gradle(.kts): read line by line for what a build by it leaves.

These are programs, not data: only plain, usual lines are believed; everything else is unknown.
"""

import re

from wizard.formats.errors import FormatError
from wizard.formats.text_lines import line_at, refuse_binary
from wizard.model.frozen import Frozen

_TEXT = r"""["']([^"'$\n]+)["']"""
_PLUGIN = re.compile(
    r"""^\s*id\s*\(?\s*["']([\w.-]+)["']|^\s*apply\s*\(?\s*plugin\s*[:=]\s*["']([\w.-]+)["']"""
    r"""|^\s*alias\s*\(\s*libs\.plugins\.([\w.]+)\s*\)|^\s*(application|war|java)\s*$""",
    re.MULTILINE,
)
_TOOLCHAIN = re.compile(r"JavaLanguageVersion\.of\(\s*[\"']?(\d{1,2})|jvmToolchain\(\s*(\d{1,2})")
_COMPATIBLE = re.compile(
    r"\b(?:source|target)Compatibility\s*(?:=|\()?\s*"
    r"(?:JavaVersion\.VERSION_|JavaVersion\.toVersion\()?[\"']?([\d._]+)"
)
_STAGE = re.compile(
    r"""\btask\s+["']?stage\b|\btasks\.(?:register|create)\s*(?:<\w+>)?\(\s*["']stage["']"""
    r"""|\btask\s*\(\s*["']?stage\b|\bval\s+stage\s+by\s+tasks"""
)
_VERSION = re.compile(rf"^version\s*=?\s*{_TEXT}", re.MULTILINE)
_BASE = re.compile(
    rf"\barchivesBaseName\s*=\s*{_TEXT}|\barchiveBaseName(?:\.set\(|\s*=)\s*{_TEXT}"
    rf"|\barchivesName(?:\.set\(|\s*=)\s*{_TEXT}"
)
_FILE = re.compile(rf"\barchiveFileName(?:\.set\(|\s*=)\s*{_TEXT}|\barchiveName\s*=?\s*{_TEXT}")
_DEPENDENCY = re.compile(
    r"""^\s*(implementation|runtimeOnly|api|compile|runtime)\s*\(?\s*["']([\w.-]+):([\w.-]+)""",
    re.MULTILINE,
)
_ROOT = re.compile(rf"^\s*rootProject\.name\s*=\s*{_TEXT}", re.MULTILINE)
_INCLUDE = re.compile(r"^\s*include\b\s*\(?([^)\n]*(?:\n\s*[\"'][^)\n]*)*)", re.MULTILINE)
_NAME = re.compile(r"[\w.+-]{1,120}")


class Seen(Frozen):
    """A text and the line it stands on."""

    text: str
    line: int


class GradleBuild(Frozen):
    """`java` is the toolchain's version, else the compatibility's; `exact` tells them apart."""

    plugins: tuple[Seen, ...] = ()
    java: int = 0
    java_line: int = 0
    exact: bool = False
    stage: Seen | None = None
    version: Seen | None = None
    base_name: Seen | None = None
    file_name: Seen | None = None
    dependencies: tuple[Seen, ...] = ()

    def plugin(self, *names: str) -> Seen | None:
        """The first plugin of one of these names; a catalogue's `a.b` counts as a dotted end."""
        return next((p for p in self.plugins if p.text in names), None)


class GradleSettings(Frozen):
    """The root project's name and the folders of the projects in it."""

    name: Seen | None = None
    projects: tuple[Seen, ...] = ()


def read_gradle_build(text: str, path: str = "build.gradle") -> GradleBuild:
    """Read what is plain. Raises FormatError for binary files."""
    bare = without_comments(text, path)
    chain, compatible = _TOOLCHAIN.search(bare), _COMPATIBLE.search(bare)
    found = chain or compatible
    number = _java(next(g for g in found.groups() if g)) if found else 0
    return GradleBuild(
        plugins=tuple(_seen(bare, m) for m in _PLUGIN.finditer(bare)),
        java=number,
        java_line=line_at(bare, found.start()) if found and number else 0,
        exact=chain is not None,
        stage=_whole(bare, _STAGE.search(bare)),
        version=_named(bare, _VERSION),
        base_name=_named(bare, _BASE),
        file_name=_named(bare, _FILE),
        dependencies=tuple(
            Seen(text=f"{m.group(2)}:{m.group(3)}", line=line_at(bare, m.start(3)))
            for m in _DEPENDENCY.finditer(bare)
        ),
    )


def read_gradle_settings(text: str, path: str = "settings.gradle") -> GradleSettings:
    """Read name and projects. Raises FormatError for binary files."""
    bare = without_comments(text, path)
    projects = [
        Seen(text=name.strip(":").replace(":", "/"), line=line_at(bare, match.start(1)))
        for match in _INCLUDE.finditer(bare)
        for name in re.findall(_TEXT, match.group(1))
    ]
    return GradleSettings(name=_named(bare, _ROOT), projects=tuple(projects))


def read_wrapper(text: str, path: str = "gradle/wrapper/gradle-wrapper.properties") -> Seen:
    """The version of Gradle that the wrapper fetches. Raises FormatError."""
    refuse_binary(text, path)
    match = re.search(r"^distributionUrl\s*=\s*\S*gradle-(\d[\w.-]*?)-(?:bin|all)\.zip", text, re.M)
    if match is None:
        raise FormatError(path, 1, "no distributionUrl names a version of Gradle")
    return Seen(text=match.group(1), line=line_at(text, match.start()))


def without_comments(text: str, path: str) -> str:
    """The text with comments blanked, lines kept; slashes inside texts stay."""
    refuse_binary(text, path)
    pattern = r""""(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|//[^\n]*|/\*.*?(?:\*/|\Z)"""

    def blank(match: re.Match[str]) -> str:
        found = match.group()
        return found if found[0] in "\"'" else re.sub(r"[^\n]", " ", found)

    return re.sub(pattern, blank, text, flags=re.DOTALL)


def _java(text: str) -> int:
    digits = text.replace("_", ".").removeprefix("1.").partition(".")[0]
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 3 else 0


def _seen(text: str, match: re.Match[str]) -> Seen:
    value = next(group for group in match.groups() if group)
    return Seen(text=value, line=line_at(text, match.start(match.lastindex or 0)))


def _whole(text: str, match: re.Match[str] | None) -> Seen | None:
    return Seen(text="stage", line=line_at(text, match.start())) if match else None


def _named(text: str, pattern: re.Pattern[str]) -> Seen | None:
    """The name a plain assignment gives; nothing for what could not be part of a file's name."""
    match = pattern.search(text)
    found = _seen(text, match) if match else None
    return found if found and _NAME.fullmatch(found.text) else None
