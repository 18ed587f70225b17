"""The Aptfile: packages by name and by address go into the image, repositories are asked about."""

import re

from wizard.formats.aptfile import read_aptfile
from wizard.generate.notebook import Notebook
from wizard.generate.recipe import Recipe, run
from wizard.generate.tables.system_packages import RENAMED, RUNS_WITH
from wizard.model.files import Evidence

_PATH = "Aptfile"
_ADDRESS = re.compile(r"https?://[\w.-]+(?::\d+)?/[\w./%+~=:-]+\.deb")


def add_aptfile(book: Notebook, recipe: Recipe) -> None:
    """Everything that it names, by the names that Debian has for it."""
    found = book.parsed(_PATH, read_aptfile)
    if found is None:
        return
    for name, line in found.names:
        _name(book, recipe, name, Evidence(path=_PATH, line=line, fact=name))
    for address, line in found.archives:
        place = Evidence(path=_PATH, line=line, fact=address[:80])
        if _ADDRESS.fullmatch(address):
            _archive(book, recipe, address, place)
        else:
            _ask(book, address, place)
    for text, line in found.repositories:
        _ask(book, text, Evidence(path=_PATH, line=line, fact=text[:80]))


def _name(book: Notebook, recipe: Recipe, name: str, place: Evidence) -> None:
    here = name if recipe.ubuntu else RENAMED.get(name, name)
    if not here:
        book.note("aptfile-gone", f"{name} does not exist in Debian 12: left out", "", place)
        return
    if here != name:
        book.note("aptfile-renamed", f"{name} is called {here} in Debian 12", "", place)
    if not here.endswith("-dev"):
        recipe.packages.add((here,), place)
        return
    recipe.stages[-1].packages.add((here,), place)
    # Headers of a library that the table does not know stay in the image, with the library.
    recipe.packages.add((here if recipe.ubuntu else RUNS_WITH.get(here, here),), place)


def _archive(book: Notebook, recipe: Recipe, address: str, place: Evidence) -> None:
    if book.answers.get(f"aptfile:{place.line}") == "leave-out":
        book.answered[f"aptfile:{place.line}"] = "leave-out"
        return
    book.warn(
        "aptfile-archive",
        f"the Aptfile fetches {address[:120]}, which was chosen for Ubuntu: it is installed here as"
        " well",
        "try the image; if Debian has the package by name, put that name into the Aptfile; answer "
        f"`aptfile:{place.line}: leave-out` when it is not needed",
        place,
    )
    recipe.packages.add(("ca-certificates", "curl"), place)
    file = f"/tmp/aptfile-{place.line}.deb"  # noqa: S108
    steps = [
        f"curl -fsSL -o {file} '{address}'",
        "apt-get update",
        f"apt-get install -y --no-install-recommends {file}",
        f"rm -rf {file} /var/lib/apt/lists/*",
    ]
    recipe.tools.append(run(steps, "F43", place))


def _ask(book: Notebook, text: str, place: Evidence) -> None:
    book.ask(
        f"aptfile:{place.line}",
        f"the Aptfile fetches {text[:120]}: is it needed?",
        "it was made for another system (Ubuntu): Debian may have the package by name; put "
        "that name into the Aptfile instead, or answer leave-out",
        choices=("leave-out",),
        found=(place,),
    )
