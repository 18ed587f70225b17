"""A Node app that only builds files: nginx serves them, not Node."""

from wizard.formats.static_json import StaticJson
from wizard.generate.front_end_only import front_end_only
from wizard.generate.next_output import next_output
from wizard.generate.nginx_conf import COMMAND
from wizard.generate.node_package import NodePackage
from wizard.generate.node_start import default_web, without_scripts
from wizard.generate.notebook import Notebook
from wizard.generate.processes import ProcessLine
from wizard.generate.recipe import Recipe
from wizard.generate.scan import Scan
from wizard.generate.static_site import INDEX, folder_recipe
from wizard.model.files import Evidence

Made = tuple[Recipe | None, tuple[ProcessLine, ...]]


def built_site(
    book: Notebook, scan: Scan, package: NodePackage, lines: tuple[ProcessLine, ...]
) -> Made | None:
    """The site and its one process, (None, lines) while a question is open; None: no such app."""
    web = next((line for line in lines if line.name == "web" and line.kept), None)
    if web is None and not lines:
        web = default_web(book, package)
    if web is None and lines:
        return None
    command = without_scripts(package, web.command).command if web else ""
    asked = len(book.questions)
    found = _exported(book, lines, command) or _built(book, package, lines, command)
    if found is None:
        return (None, lines) if len(book.questions) > asked else None
    site, place = found
    if web is not None:
        book.warn(
            "front-end-only",
            f"web starts `{command[:80]}`, which is for development or serves nothing built: "
            f"nginx serves the files of {site.root}/ instead",
            "an app with a server of its own names it in the Procfile's web line",
            place,
            web.evidence,
        )
    served = ProcessLine(
        name="web", command=COMMAND, evidence=web.evidence if web is not None else place
    )
    left = tuple(line for line in lines if line.name != "web")
    return folder_recipe(book, scan, package, site, place), (served, *left)


def _exported(
    book: Notebook, lines: tuple[ProcessLine, ...], command: str
) -> tuple[StaticJson, Evidence] | None:
    """Next.js exports plain files, and `next start` refuses to serve those."""
    output = next_output(book) if "next start" in command else None
    others = [line for line in lines if line.action != "left-out" and line.name != "web"]
    if output is None or output[0] != "export" or others:
        return None
    return StaticJson(root="out", clean_urls=True, error_page="404.html"), output[1]


def _built(
    book: Notebook, package: NodePackage, lines: tuple[ProcessLine, ...], command: str
) -> tuple[StaticJson, Evidence] | None:
    found = front_end_only(book, package, lines, command)
    if found is None:
        return None
    return StaticJson(root=found.folder, routes=(INDEX,)), found.evidence
