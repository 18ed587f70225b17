"""Gemfile: which gem is in which groups, and which Ruby is asked for. It is code: read, never run.

Read line by line as far as the text tells; what only Ruby could tell is left out or named.
"""

import re
from typing import Literal

from wizard.formats.text_lines import numbered, refuse_binary
from wizard.model.frozen import Frozen

_STRING = r"['\"]([^'\"]*)['\"]"
_GEM = re.compile(rf"^gem[\s(]+(?:{_STRING}|(\w+))")
_GROUPS = re.compile(
    r"(?::groups?\s*=>|\bgroups?:)\s*(\[[^\]]*\]|%[iw]\[[^\]]*\]|:\w+|['\"]\w+['\"])"
)
_BLOCK_GROUPS = re.compile(r"^group[\s(]+(.+?)\)?\s+do\b")
_EACH = re.compile(r"(?:%w[\[({]([^\])}]*)[\])}]|\[([^\]]*)\])\.each\s+(?:do|\{)\s*\|\s*(\w+)")
_OPENS = re.compile(
    r"\bdo\s*(\|[^|]*\|)?$|^(if|unless|case|begin|def|while|until|class|module)\b|=\s*(if|case|begin)\b"
)
_ONE_LINE = re.compile(r"[;\s]end\b|\bend$")
_RUBY = re.compile(r"^ruby[\s(]+(.+?)\)?$")
_FILE = re.compile(
    rf"(?:\bfile:|:file\s*=>|File\.(?:read|open|join|readlines|foreach)|IO\.read|Pathname|\.read)"
    rf"[^'\"]*{_STRING}"
)


class GemfileGem(Frozen):
    """One `gem` line; `groups` () is Bundler's :default."""

    name: str
    line: int
    groups: tuple[str, ...] = ()


class RubyWish(Frozen):
    """`ruby …`: an exact version, a range, a file that holds it, or what only Ruby could tell."""

    kind: Literal["exact", "range", "file", "unknown"]
    text: str
    line: int
    engine: str = ""


class Gemfile(Frozen):
    """`gemspecs` are folders; `included` other Gemfiles; `reads` files read by code.

    Groups in `optional` are installed only where somebody asks for them.
    """

    gems: tuple[GemfileGem, ...] = ()
    ruby: RubyWish | None = None
    gemspecs: tuple[tuple[str, int], ...] = ()
    included: tuple[tuple[str, int], ...] = ()
    reads: tuple[tuple[str, int], ...] = ()
    optional: frozenset[str] = frozenset()
    looks_around: int = 0
    """The line where the Gemfile looks at files that its text does not name; 0 for none."""


def read_gemfile(text: str, path: str = "Gemfile") -> Gemfile:
    """Read the lines. Raises FormatError for what is no text."""
    refuse_binary(text, path)
    blocks: list[tuple[str, ...]] = []
    names: dict[str, tuple[str, ...]] = {}
    assigned: dict[str, str] = {}
    found: dict[str, list[tuple[str, int]]] = {"gemspec": [], "included": [], "reads": []}
    gems: list[GemfileGem] = []
    ruby, around = None, 0
    optional: set[str] = set()
    for number, row in _statements(text):
        groups = tuple(dict.fromkeys(name for block in blocks for name in block))
        if (assignment := re.match(r"^(\w+)\s*=\s*(.+)$", row)) is not None:
            assigned[assignment.group(1)] = assignment.group(2)
        if (each := _EACH.search(row)) is not None:
            words = each.group(1) or each.group(2) or ""
            names[each.group(3)] = tuple(re.findall(r"[\w.-]+", words))
        if (gem := _GEM.match(row)) is not None:
            own = _GROUPS.search(row)
            at = (*groups, *(_names(own.group(1)) if own else ()))
            listed = names.get(gem.group(2), ()) if gem.group(2) else (gem.group(1),)
            gems += [GemfileGem(name=name, line=number, groups=at) for name in listed]
        elif (wish := _RUBY.match(row)) is not None:
            ruby = _wish(wish.group(1), assigned, number) or ruby
        elif (spec := re.match(r"^gemspec\b(.*)", row)) is not None:
            folder = re.search(rf"path(?::|\s*=>)\s*{_STRING}", spec.group(1))
            found["gemspec"].append((folder.group(1) if folder else ".", number))
        elif (other := re.match(rf"^eval_gemfile[\s(]+.*?{_STRING}", row)) is not None:
            found["included"].append((other.group(1).removeprefix("./"), number))
        if (file := _FILE.search(row)) is not None:
            found["reads"].append((_relative(file.group(1)), number))
        elif re.search(r"\bDir\b|\brequire_relative\b|instance_eval|\beval\b|\bload\b", row):
            around = around or number
        block = _BLOCK_GROUPS.match(row)
        if block is not None and re.search(r"\boptional(?::|\s*=>)\s*true", block.group(1)):
            optional |= set(_names(block.group(1)))
        _track(blocks, row)
    return Gemfile(
        gems=tuple(gems),
        ruby=ruby,
        gemspecs=tuple(found["gemspec"]),
        included=tuple(found["included"]),
        reads=tuple(found["reads"]),
        optional=frozenset(optional),
        looks_around=around,
    )


def _statements(text: str) -> list[tuple[int, str]]:
    """Lines without comments; those that end with a comma joined with the next ones."""
    joined: list[tuple[int, str]] = []
    inside = False
    for number, line in numbered(text):
        if line.startswith(("=begin", "=end")):
            inside = line.startswith("=begin")
            continue
        row = _without_comment(line).strip()
        if not row or inside:
            continue
        if joined and joined[-1][1].endswith((",", "\\", "(")) and len(joined[-1][1]) < 4_000:
            joined[-1] = (joined[-1][0], f"{joined[-1][1].removesuffix(chr(92))} {row}")
        else:
            joined.append((number, row))
    return joined


def _without_comment(line: str) -> str:
    quote = ""
    for at, char in enumerate(line):
        if quote:
            quote = "" if char == quote else quote
        elif char in "'\"":
            quote = char
        elif char == "#":
            return line[:at]
    return line


def _track(blocks: list[tuple[str, ...]], row: str) -> None:
    """Push what a line opens; `end` closes the innermost. Other blocks than groups name none."""
    if re.match(r"^end\b", row):
        if blocks:
            blocks.pop()
    elif _OPENS.search(row) and not _ONE_LINE.search(row):
        group = _BLOCK_GROUPS.match(row)
        blocks.append(_names(group.group(1)) if group else ())


def _names(text: str) -> tuple[str, ...]:
    bare = re.sub(r"\boptional:\s*\w+|:optional\s*=>\s*\w+|%[iw]", "", text)
    return tuple(re.findall(r"\w+", bare))


def _relative(path: str) -> str:
    return re.sub(r"^(#\{__dir__\}/|\./)+", "", path)


def _wish(text: str, assigned: dict[str, str], number: int) -> RubyWish | None:
    """What `ruby …` asks for; a variable is followed once."""
    whole = assigned.get(text.strip(), text)
    engine = re.search(rf"\bengine(?::|\s*=>)\s*{_STRING}", whole)
    make = engine.group(1) if engine else ""
    versions = re.findall(
        r"['\"]\s*((?:[<>=~!]+\s*)?\d[\w.]*)\s*['\"]", whole.partition("engine")[0]
    )
    if (file := _FILE.search(whole)) is not None:
        name = _relative(file.group(1))
        return RubyWish(kind="file", text=name, line=number, engine=make)
    if re.search(r"\bENV\b", whole) and not versions:
        return RubyWish(kind="unknown", text=whole[:80], line=number, engine=make)
    if len(versions) == 1 and re.fullmatch(r"(=\s*)?\d+\.\d+\.\d+\w*", versions[0]):
        exact = versions[0].lstrip("= ")
        return RubyWish(kind="exact", text=re.sub(r"p\d+$", "", exact), line=number, engine=make)
    if versions:
        return RubyWish(kind="range", text=", ".join(versions), line=number, engine=make)
    return RubyWish(kind="unknown", text=whole[:80], line=number, engine=make)
