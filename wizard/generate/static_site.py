"""A site of plain files: from the repository or built by Node, served by nginx."""

import re

from wizard.formats.static_json import StaticJson, StaticRoute, read_static_json
from wizard.generate.detect import Detection
from wizard.generate.front_end_only import built_folder
from wizard.generate.nginx_conf import COMMAND, PATH, nginx_file
from wizard.generate.node_build import node_stage
from wizard.generate.node_package import MANIFEST as PACKAGE
from wizard.generate.node_package import NodePackage, read_node_package
from wizard.generate.notebook import Notebook
from wizard.generate.processes import ProcessLine
from wizard.generate.recipe import APP, Recipe, Stage, copy, run
from wizard.generate.scan import Scan
from wizard.generate.static_server import MANIFEST, header_maps, server_lines
from wizard.model.files import Evidence, GeneratedFile, Line

NGINX = "nginx:1.28-bookworm"
_UID = 101
INDEX = StaticRoute(pattern="/**", target="index.html", line=0)
"""Every path that is no file is answered by the front end itself."""
_OWN_START = re.compile(r"^\s*(exec\s+)?(bin/boot|bin/start-nginx-static|bin/start-nginx-solo)\b")


def static_recipe(
    book: Notebook, scan: Scan, lines: tuple[ProcessLine, ...], detection: Detection
) -> tuple[Recipe | None, tuple[ProcessLine, ...]]:
    """The Dockerfile's parts and the one process that serves the site."""
    site = book.parsed(MANIFEST, read_static_json)
    if site is None:
        if book.has(MANIFEST):
            return None, lines
        site, place = _without_settings(book)
    else:
        place = Evidence(path=MANIFEST, line=site.root_line, fact=f"root {site.root or './'}")
    stage = _built(book, scan, detection, site)
    if not _answerable(book, site, place, stage, detection):
        return None, lines
    if stage is None:
        stage = _plain(place)
    recipe = site_recipe(book, stage, site, place)
    web = next((line for line in lines if line.name == "web"), None)
    if web is None:
        made = ProcessLine(name="web", command=COMMAND, evidence=place)
        return recipe, (*lines, made)
    if not _OWN_START.search(web.command) and not web.stripped:
        book.note("static-start", "the site's own web command is not run: nginx serves it", "",
                  web.evidence)  # fmt: skip
    changed = web.model_copy(update={"command": COMMAND})
    return recipe, tuple(changed if line is web else line for line in lines)


def site_recipe(book: Notebook, stage: Stage, site: StaticJson, place: Evidence) -> Recipe:
    """Serve what `stage` leaves in the site's root; nothing else is in the image."""
    settings = _settings(book, site, place)
    stage.source.append(copy([PATH], "./", "F58", place))
    stage.prune.append(run(["rm -rf .aptible.env .git node_modules"], "F03"))
    recipe = Recipe(
        stages=[stage],
        base=Line(text=f"FROM {NGINX}", rule="F59", evidence=(place,)),
        uid=_UID,
        image_entrypoint=True,
    )
    own = f"COPY --from=build --chown={_UID}:{_UID} {APP}"
    recipe.copies.append(Line(text=f"{own}/{PATH} ./", rule="F58", evidence=(place,)))
    folder = f"/{site.root}" if site.root else ""
    target = f"./{site.root}" if site.root else "./"
    recipe.copies.append(Line(text=f"{own}{folder} {target}", rule="F54", evidence=(place,)))
    recipe.files.append(settings)
    return recipe


def _settings(book: Notebook, site: StaticJson, place: Evidence) -> GeneratedFile:
    return nginx_file(
        book, server_lines(site, place), header_maps(site), access_log=site.access_log
    )


def _plain(place: Evidence) -> Stage:
    base = Line(text=f"FROM {NGINX} AS build", rule="F59", evidence=(place,))
    stage = Stage(name="build", base=base)
    stage.source.append(copy(["."], "./", "F05"))
    return stage


def _without_settings(book: Notebook) -> tuple[StaticJson, Evidence]:
    """Without static.json: the folder that a known builder leaves, else the buildpack's default."""
    package = read_node_package(book) if book.has(PACKAGE) else None
    found = built_folder(book, package) if package else None
    if found is None:
        return StaticJson(), Evidence(path=MANIFEST, fact="is not there")
    return StaticJson(root=found.folder, routes=(INDEX,)), found.evidence


def _lies_here(book: Notebook, site: StaticJson) -> bool:
    return not site.root or any(e.path.startswith(f"{site.root}/") for e in book.view.entries())


def _built(book: Notebook, scan: Scan, detection: Detection, site: StaticJson) -> Stage | None:
    if "node" not in detection.helpers and _lies_here(book, site):
        return None
    if not re.search(r'"(build|heroku-postbuild)"\s*:', book.text(PACKAGE)):
        return None
    package = read_node_package(book)
    return node_stage(book, package, scan, "build") if package else None


def _answerable(
    book: Notebook, site: StaticJson, place: Evidence, stage: Stage | None, detection: Detection
) -> bool:
    """Whether static.json and the repository say all that is needed; asks what they do not."""
    open_before = len(book.questions)
    if site.proxies:
        book.ask(
            "static-proxies",
            f"static.json hands {', '.join(site.proxies)[:120]} to another server: who does now?",
            "the address stood in the configuration, and nginx here serves files only; give the "
            "front end the address of the other server, and remove proxies",
            found=(Evidence(path=MANIFEST, line=site.proxies_line, fact="proxies"),),
        )
    for key, line in site.unread:
        book.ask(
            f"static-key:{key}",
            f"static.json says {key[:60]}: what shall become of it?",
            "nothing here acts on it; answer leave-out when it is not needed any more",
            choices=("leave-out",),
            found=(Evidence(path=MANIFEST, line=line, fact=key[:80]),),
        )
    if stage is None and not _lies_here(book, site) and len(book.questions) == open_before:
        others = tuple(
            evidence
            for match in detection.matches
            if match.language not in ("static", "node")
            for evidence in match.evidence
        )
        book.ask(
            "static-root",
            f"{site.root} is not in the repository, and no script builds it: what makes it?",
            "name the command in package.json's build script, or write a Dockerfile",
            found=(place, *others),
        )
    return len(book.questions) == open_before


def folder_recipe(
    book: Notebook, scan: Scan, package: NodePackage, site: StaticJson, place: Evidence
) -> Recipe:
    """A folder that Node builds, served as `site` says."""
    return site_recipe(book, node_stage(book, package, scan, "build"), site, place)
