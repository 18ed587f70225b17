"""What buildpacks, the Aptfile and Heroku's image gave: packages and variables, or a question."""

from wizard.generate.apt_file import add_aptfile
from wizard.generate.detect import Detection
from wizard.generate.notebook import Notebook
from wizard.generate.processes import ProcessLine
from wizard.generate.recipe import Recipe
from wizard.generate.run_scripts import add_for_scripts
from wizard.generate.scan import Scan
from wizard.generate.tables.buildpacks import JDK_ONLY, KNOWN
from wizard.generate.tables.system_packages import PROGRAMS

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
    add_aptfile(book, recipe)
    add_for_scripts(book, lines, recipe.packages)
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
            given = KNOWN[pack.key]
            say = book.warn if given.step else book.note
            say(f"buildpack:{pack.key}", given.note, given.step, pack.evidence)
        if not pack.key and not pack.language:
            book.ask(
                f"buildpack:{pack.name}",
                f"the buildpack {pack.name} is not known: what did it give the app?",
                "answer with leave-out when nothing of it is needed any more, else add what it "
                "gave to an Aptfile (packages) or to your own Dockerfile",
                choices=("leave-out",),
                found=(pack.evidence,),
            )
