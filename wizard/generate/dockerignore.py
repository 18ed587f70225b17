"""Writes .dockerignore, and checks every COPY source against it before anything is written."""

import re
from collections.abc import Iterable
from functools import lru_cache

from wizard.formats.dockerfile import read_dockerfile
from wizard.generate.notebook import Notebook
from wizard.model.files import Evidence, GeneratedFile, Line, newline_of

PATH = ".dockerignore"
SECRETS = "!.aptible.env"
_ALWAYS = (
    ".git", ".moveday", "**/node_modules", "**/__pycache__", "**/*.pyc", ".venv", "venv", ".env",
    ".env.*", "*.dump", "**/.DS_Store", ".idea", ".vscode", "coverage", ".pytest_cache",
    ".mypy_cache", "Dockerfile*", "docker-compose*", ".dockerignore", ".github",
)  # fmt: skip
_RUBY = (
    ".bundle", "vendor/bundle", "log/*", "tmp/*", "storage/*", "config/master.key",
    "config/credentials/*.key",
)  # fmt: skip


def write_dockerignore(
    book: Notebook, dockerfile: str, gone: tuple[str, ...] = ()
) -> GeneratedFile:
    """The user's own lines first, then what is missing; whatever a COPY names gets through.

    `gone` are tracked files that no image may hold; an environment file of them may be read by the
    build, as it is on the target, so the Dockerfile alone drops it.
    """
    before = book.view.read(PATH)
    lines = [Line(text=row, rule="F27") for row in (before or "").splitlines()]
    there = {line.text.strip().strip("/") for line in lines}
    for number, row in enumerate(book.text(".slugignore").splitlines(), 1):
        pattern = _from_slugignore(row.strip())
        if pattern and pattern.strip("/") not in there:
            evidence = Evidence(path=".slugignore", line=number, fact=row.strip())
            lines.append(Line(text=pattern, rule="F26", evidence=(evidence,)))
            there.add(pattern.strip("/"))
    # A tracked file of such a name is the app's own.
    tracked = {entry.path for entry in book.view.entries()}
    for pattern in (*_ALWAYS, *(_RUBY if "Gemfile" in tracked else ())):
        known = pattern in there or pattern.removeprefix("**/") in there
        if pattern == ".env" and pattern in tracked:
            continue
        if not known and not (pattern == ".env.*" and _example(tracked)):
            lines.append(Line(text=pattern, rule="F25"))
    if _example(tracked) and ".env.*" not in there:
        lines.append(Line(text=".env.local", rule="F25"))
    for path in gone:
        if not re.search(r"(^|/)\.env", path) and path not in there:
            evidence = Evidence(path=path, fact="is in the repository")
            lines.append(Line(text=path, rule="F41", evidence=(evidence,)))
    lines.append(Line(text=SECRETS, rule="F11")) if SECRETS not in there else None
    for source in _sources(dockerfile):
        hidden = hidden_by([line.text for line in lines], source, tracked)
        if hidden:
            folder = source.rstrip("/")
            place = Evidence(path="Dockerfile", fact=f"copies {source}; {hidden} would hide it")
            lines.append(Line(text=f"!{folder}", rule="F35", evidence=(place,)))
    return GeneratedFile(path=PATH, lines=tuple(lines), before=before, newline=newline_of(before))


def _example(tracked: set[str]) -> bool:
    return any(path.startswith(".env.") for path in tracked)


def _sources(dockerfile: str) -> list[str]:
    found: list[str] = []
    for instruction in read_dockerfile(dockerfile).instructions:
        if instruction.word in ("COPY", "ADD"):
            found += instruction.sources()
    wanted = [s for s in found if s not in (".", "./") and "://" not in s and not s.endswith("*")]
    return list(dict.fromkeys(wanted))


def hidden_by(patterns: Iterable[str], source: str, tracked: Iterable[str]) -> str:
    """The pattern that keeps `source` (or all of a folder) from the build, "" when it arrives."""
    rules = list(patterns)
    bare = source.removeprefix("./").rstrip("/")
    below = [path for path in tracked if path == bare or path.startswith(f"{bare}/")]
    hidden = [_last_match(rules, path) for path in below or [bare]]
    return hidden[0] if hidden and all(hidden) else ""


def _last_match(rules: list[str], path: str) -> str:
    parts = path.split("/")
    above = ["/".join(parts[: n + 1]) for n in range(len(parts))]
    verdict = ""
    for rule in rules:
        bare = rule.strip()
        if not bare or bare.startswith("#"):
            continue
        pattern = bare.removeprefix("!").strip("/").removeprefix("./")
        if any(_pattern(pattern).fullmatch(part) for part in above):
            verdict = "" if bare.startswith("!") else bare
    return verdict


@lru_cache(maxsize=2_000)
def _pattern(text: str) -> re.Pattern[str]:
    """Docker's patterns: `*` within a name, `**` over folders."""
    out, at = "", 0
    while at < len(text):
        if text.startswith("**/", at):
            out, at = out + r"(?:.*/)?", at + 3
        elif text.startswith("**", at):
            out, at = out + ".*", at + 2
        elif text[at] == "*":
            out, at = out + "[^/]*", at + 1
        elif text[at] == "?":
            out, at = out + "[^/]", at + 1
        else:
            out, at = out + re.escape(text[at]), at + 1
    return re.compile(out)


def _from_slugignore(row: str) -> str:
    """A line in the manner of .gitignore as Docker reads it; negations were never honoured."""
    if not row or row.startswith(("#", "!")):
        return ""
    bare = row.rstrip("/")
    return bare.lstrip("/") if "/" in bare else f"**/{bare}"
