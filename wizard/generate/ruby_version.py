"""Which Ruby runs the app, and which image has it: lock, Gemfile, .ruby-version, in this order."""

import re

from wizard.formats.gemfile import RubyWish
from wizard.formats.gemfile_lock import GemfileLock
from wizard.formats.runtime_versions import read_ruby_version, read_tool_versions
from wizard.generate.notebook import Notebook
from wizard.generate.tables.releases import EOL_ARCHIVE
from wizard.generate.tables.ruby import FIRST_PATCH, RUBY, RUBY_DEFAULT
from wizard.model.files import Confidence, Evidence, Line
from wizard.model.frozen import Frozen

LOCK, GEMFILE, FILE, TOOLS = "Gemfile.lock", "Gemfile", ".ruby-version", ".tool-versions"


class RubyVersion(Frozen):
    """`tag` of the image without its Debian; `line` is (major, minor)."""

    tag: str
    line: tuple[int, int]
    debian: str
    evidence: tuple[Evidence, ...]
    confidence: Confidence = "certain"


def ruby_version(book: Notebook, lock: GemfileLock, wish: RubyWish | None) -> RubyVersion | None:
    """The version; None while a question about it is open."""
    if _another_make(book, lock, wish):
        return None
    places = {path: Evidence(path=path, line=n, fact=f"says {v}") for path, v, n in _files(book)}
    files = {path: version for path, version, _ in _files(book)}
    asked, asked_at = demanded(book, wish)
    if lock.ruby:
        place = Evidence(path=LOCK, line=lock.ruby_line, fact=f"locks Ruby {lock.ruby}")
        if asked and asked_at is not None and not _same(asked, lock.ruby):
            # Bundler refuses to start under another Ruby than the Gemfile's.
            book.warn(
                "ruby-version-conflict",
                f"{place}, but {asked_at}",
                f"Bundler starts under Ruby {asked} only, so that one is taken; run "
                "`bundle update --ruby` and commit",
                place,
                asked_at,
            )
            return _image(book, asked, asked_at)
        for path, version in files.items():
            if not _same(version, lock.ruby):
                book.warn(
                    "ruby-version-conflict",
                    f"{place}, but {places[path]}",
                    f"Heroku takes {LOCK}, and so does this; make them agree",
                    place,
                    places[path],
                )
        return _image(book, lock.ruby, place)
    if asked and asked_at is not None:
        return _image(book, asked, asked_at)
    if wish is not None and wish.kind == "range":
        place = Evidence(path=GEMFILE, line=wish.line, fact=f"asks for Ruby {wish.text}")
        return _image(book, _in_range(wish.text), place, "likely")
    if files:
        path = next(iter(files))
        return _image(book, files[path], places[path])
    number = f"{RUBY_DEFAULT[0]}.{RUBY_DEFAULT[1]}"
    place = Evidence(path=LOCK, fact="comes without a version of Ruby")
    book.warn(
        "ruby-version-missing",
        f"no version of Ruby is named: {number}, Heroku's default, is taken",
        "ask the live app (`heroku run ruby --version`) and name it in the Gemfile",
        place,
    )
    return _image(book, number, place, "assumed")


def demanded(book: Notebook, wish: RubyWish | None) -> tuple[str, Evidence | None]:
    """The exact version that the Gemfile insists on and where it stands; ("", None) for none."""
    found = _files(book)
    places = {path: Evidence(path=path, line=n, fact=f"says {v}") for path, v, n in found}
    return _asked(wish, {path: version for path, version, _ in found}, places)


def base_line(version: RubyVersion, name: str = "") -> Line:
    """FROM for this version; `name` of the stage."""
    image = f"FROM ruby:{version.tag}-slim-{version.debian}"
    text = f"{image} AS {name}" if name else image
    return Line(text=text, rule="F01", evidence=version.evidence, confidence=version.confidence)


def _another_make(book: Notebook, lock: GemfileLock, wish: RubyWish | None) -> bool:
    make = lock.engine if lock.engine != "ruby" else (wish.engine if wish else "")
    if make in ("", "ruby"):
        return False
    line = lock.ruby_line if lock.engine != "ruby" else (wish.line if wish else 0)
    path = LOCK if lock.engine != "ruby" else GEMFILE
    book.ask(
        "ruby-engine",
        f"the app runs on {make}: moveday writes Dockerfiles for the usual Ruby only",
        "write a Dockerfile; moveday then checks and adapts it",
        found=(Evidence(path=path, line=line, fact=f"asks for {make}"),),
    )
    return True


def _files(book: Notebook) -> list[tuple[str, str, int]]:
    found = []
    version = book.parsed(FILE, read_ruby_version)
    if version is not None:
        found.append((FILE, version.text, version.line))
    word, line = (book.parsed(TOOLS, read_tool_versions) or {}).get("ruby", ("", 0))
    if re.match(r"\d+\.\d+", word):
        found.append((TOOLS, word, line))
    return found


def _asked(
    wish: RubyWish | None, files: dict[str, str], places: dict[str, Evidence]
) -> tuple[str, Evidence | None]:
    """The exact version that the Gemfile insists on, "" when it does not."""
    if wish is None:
        return "", None
    if wish.kind == "exact":
        return wish.text, Evidence(path=GEMFILE, line=wish.line, fact=f"asks for Ruby {wish.text}")
    if wish.kind == "file" and wish.text in files:
        return files[wish.text], places[wish.text]
    return "", None


def _same(one: str, other: str) -> bool:
    """Equal as far as the shorter one tells."""
    first, second = (re.split(r"[.-]", version) for version in (one, other))
    length = min(len(first), len(second))
    return first[:length] == second[:length]


def _in_range(text: str) -> str:
    fitting = [
        line for line in RUBY if all(_allows(part.strip(), line) for part in text.split(","))
    ]
    line = RUBY_DEFAULT if RUBY_DEFAULT in fitting or not fitting else fitting[-1]
    return f"{line[0]}.{line[1]}"


def _allows(wanted: str, line: tuple[int, int]) -> bool:
    """Whether some release of a line meets one requirement of RubyGems."""
    match = re.match(r"(~>|>=|<=|>|<|!=|=)?\s*(\d+(?:\.\d+)*)", wanted)
    if match is None:
        return False
    sign, numbers = match.group(1) or "=", tuple(int(n) for n in match.group(2).split("."))
    pair = (*numbers, 0)[:2]
    if sign in (">=", ">"):
        return line >= pair
    if sign == "<":
        return line < pair or (line == pair and len(numbers) > 2 and numbers[2] > 0)
    if sign == "<=":
        return line <= pair
    if sign == "~>":
        return line == pair if len(numbers) > 2 else line[0] == pair[0] and line >= pair
    return sign == "!=" or line == pair


def _image(
    book: Notebook, version: str, place: Evidence, confidence: Confidence = "certain"
) -> RubyVersion | None:
    numbers = [int(n) for n in re.findall(r"\d+", version)[:3]]
    line = (numbers[0], numbers[1] if len(numbers) > 1 else 0)
    patch = numbers[2] if len(numbers) > 2 else None
    tag = re.sub(r"\.?-?(preview|rc)", r"-\1", version)
    if line > max(RUBY):
        return RubyVersion(
            tag=tag, line=line, debian="bookworm", evidence=(place,), confidence="likely"
        )
    debian = next(
        (
            name
            for name, first in FIRST_PATCH.items()
            if line in first and (patch is None or patch >= first[line])
        ),
        "",
    )
    if not debian:
        return _gone(book, version, place)
    if debian == "buster" and (newer := _instead_of_archive(book, version, place)):
        return _image(book, newer, place, "likely")
    if EOL_ARCHIVE.get(debian, book.today) < book.today:
        book.warn(
            "debian-eol",
            f"the image of Ruby {version} stands on Debian {debian}, whose support ended in "
            f"{EOL_ARCHIVE[debian]:%B %Y}: apt-get fails once its packages move to the archive",
            "build soon, and plan a newer patch release or a newer Ruby",
            place,
        )
    if RUBY[line] < book.today:
        book.warn(
            "ruby-eol",
            f"Ruby {line[0]}.{line[1]} has had no security fixes since {RUBY[line]:%B %Y}",
            "it builds and runs as before; plan the update for after the move",
            place,
        )
    return RubyVersion(tag=tag, line=line, debian=debian, evidence=(place,), confidence=confidence)


def _instead_of_archive(book: Notebook, version: str, place: Evidence) -> str:
    """The newer Ruby that a person chose; "" to take the old image, its packages from the archive.

    Open, the old image is proposed: the Gemfile asks for it.
    """
    answer = book.ask(
        "eol-base",
        f"the image of Ruby {version} stands on Debian 10, whose packages moved: what now?",
        "better: a newer Ruby, asked for by Gemfile and lock as well, and tested; `archive` reads "
        "archive.debian.org, which gets no security fixes",
        choices=("archive", *_choices()),
        found=(place,),
    )
    return answer if answer and answer != "archive" else ""


def _choices() -> tuple[str, ...]:
    return tuple(f"{major}.{minor}" for major, minor in FIRST_PATCH["bookworm"])


def _gone(book: Notebook, version: str, place: Evidence) -> RubyVersion | None:
    answer = book.ask(
        "ruby-version-gone",
        f"Ruby {version} has no image that still builds: which version shall it be?",
        "its image stands on a Debian whose packages are gone, so apt-get would fail; the Gemfile "
        "has to ask for the same version",
        choices=("2.7", *_choices()),
        found=(place,),
    )
    return _image(book, answer, place, "likely") if answer else None
