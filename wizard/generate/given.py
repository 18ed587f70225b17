"""What buildpacks, the Aptfile and Heroku's image gave: packages and variables, or a question."""

from wizard.formats.aptfile import read_aptfile
from wizard.generate.detect import Detection
from wizard.generate.notebook import Notebook
from wizard.generate.processes import ProcessLine
from wizard.generate.recipe import Recipe
from wizard.generate.scan import Scan
from wizard.generate.tables.buildpacks import JDK_ONLY, KNOWN
from wizard.generate.tables.system_packages import PROGRAMS, RENAMED
from wizard.model.files import Evidence

_ON_THE_JVM = frozenset({"java", "gradle", "scala", "clojure"})


def add_given(
    book: Notebook,
    recipe: Recipe,
    detection: Detection,
    lines: tuple[ProcessLine, ...],
    scan: Scan,
) -> None:
    """Put it into the final image."""
    keys = {pack.key: pack.evidence for pack in detection.buildpacks if pack.key}
    keys |= {key: line.evidence for line in lines for key in line.stripped if key not in keys}
    for key, evidence in keys.items():
        if key in JDK_ONLY and detection.main in _ON_THE_JVM:
            continue
        recipe.packages.add(KNOWN[key].packages, evidence)
        for pair in KNOWN[key].environment:
            name, _, value = pair.partition("=")
            recipe.env(name, value, "F31", evidence)
    _aptfile(book, recipe)
    for kind in ("program", "shell", "ruby", "compiled"):
        for program, place in scan.names(kind).items():
            recipe.packages.add(
                (PROGRAMS[program],), place.model_copy(update={"fact": f"calls {program}"})
            )


def check_buildpacks(book: Notebook, detection: Detection) -> None:
    """An unknown buildpack stops for a question; nothing of one is dropped in silence."""
    for pack in detection.buildpacks:
        if pack.key in JDK_ONLY and detection.main in _ON_THE_JVM:
            continue
        if pack.key and KNOWN[pack.key].note:
            book.note(f"buildpack:{pack.key}", KNOWN[pack.key].note, "", pack.evidence)
        if not pack.key and not pack.language:
            book.ask(
                f"buildpack:{pack.name}",
                f"the buildpack {pack.name} is not known: what did it give the app?",
                "answer with leave-out when nothing of it is needed any more, else add what it "
                "gave to an Aptfile (packages) or to your own Dockerfile",
                choices=("leave-out",),
                found=(pack.evidence,),
            )


def _aptfile(book: Notebook, recipe: Recipe) -> None:
    found = book.parsed("Aptfile", read_aptfile)
    if found is None:
        return
    for name, line in found.names:
        place = Evidence(path="Aptfile", line=line, fact=name)
        here = name if recipe.ubuntu else RENAMED.get(name, name)
        if not here:
            book.note("aptfile-gone", f"{name} does not exist in Debian 12: left out", "", place)
            continue
        if here != name:
            book.note("aptfile-renamed", f"{name} is called {here} in Debian 12", "", place)
        stage = recipe.stages[-1].packages if here.endswith("-dev") else recipe.packages
        stage.add((here,), place)
    for text, line in (*found.archives, *found.repositories):
        book.ask(
            f"aptfile:{line}",
            f"the Aptfile fetches {text[:120]}: is it needed?",
            "it was made for another system (Ubuntu): Debian may have the package by name; put "
            "that name into the Aptfile instead, or answer leave-out",
            choices=("leave-out",),
            found=(Evidence(path="Aptfile", line=line, fact=text[:80]),),
        )
