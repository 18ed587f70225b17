"""A front end beside another language: built with Node in a stage of its own."""

import re

from wizard.formats.text_lines import line_at
from wizard.generate.node_build import node_stage
from wizard.generate.node_package import MANIFEST, read_node_package
from wizard.generate.notebook import Notebook
from wizard.generate.recipe import Stage, run
from wizard.generate.scan import Scan
from wizard.model.files import Evidence


def assets_stage(book: Notebook, scan: Scan, helpers: tuple[str, ...]) -> Stage | None:
    """The stage when package.json has something to build and no list says otherwise."""
    if "node" not in helpers:
        return None
    if not re.search(r'"(build|heroku-postbuild)"\s*:', book.text(MANIFEST)):
        place = Evidence(path=MANIFEST, fact="has no build script")
        other = re.search(r'"(production|prod)"\s*:', book.text(MANIFEST))
        if other:
            line = line_at(book.text(MANIFEST), other.start())
            named = Evidence(path=MANIFEST, line=line, fact=f"script {other.group(1)}")
            book.warn(
                "front-end-not-built",
                f"the front end's script is called {other.group(1)}: Heroku ran none of that name",
                "if its files are not in the repository, run it in a heroku-postbuild script",
                named,
            )
            return None
        book.note("node-helper", "package.json builds nothing: Node is left out", "", place)
        return None
    package = read_node_package(book)
    if package is None:
        return None
    stage = node_stage(book, package, scan, "assets")
    # .aptible.env stays for the next stage, which drops it at its end.
    stage.prune.append(run(["rm -rf node_modules .git"], "F30"))
    return stage
