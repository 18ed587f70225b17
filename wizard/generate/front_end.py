"""A front end beside another language: built with Node in a stage of its own."""

import re

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
        book.note("node-helper", "package.json builds nothing: Node is left out", "", place)
        return None
    package = read_node_package(book)
    if package is None:
        return None
    stage = node_stage(book, package, scan, "assets")
    # .aptible.env stays for the next stage, which drops it at its end.
    stage.prune.append(run(["rm -rf node_modules .git"], "F30"))
    return stage
