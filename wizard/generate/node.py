"""A Node app's Dockerfile: built in one stage, run from another."""

import re

from wizard.generate.because import RULES
from wizard.generate.built_site import built_site
from wizard.generate.detect import Detection
from wizard.generate.next_output import next_output
from wizard.generate.node_build import (
    manager_tools,
    node_stage,
    prune,
    system_for_running,
)
from wizard.generate.node_package import MANIFEST, NodePackage, read_node_package
from wizard.generate.node_start import default_web, needed_at_run, started
from wizard.generate.node_version import base_line
from wizard.generate.notebook import Notebook
from wizard.generate.processes import ProcessLine, programs, with_hooks
from wizard.generate.recipe import APP, Recipe, run
from wizard.generate.scan import Scan
from wizard.generate.tables.system_packages import BROWSERS
from wizard.generate.workspace_start import workspace_starts, workspace_web
from wizard.model.files import Evidence, Line

_UID = 1000
_MANAGERS = frozenset({"npm", "npx", "yarn", "yarnpkg", "pnpm"})


def node_recipe(
    book: Notebook, scan: Scan, lines: tuple[ProcessLine, ...], _: Detection
) -> tuple[Recipe | None, tuple[ProcessLine, ...]]:
    """The Dockerfile's parts and the process types as they should run."""
    package = read_node_package(book)
    if package is None:
        return None, lines
    site = built_site(book, scan, package, lines)
    if site is not None:
        return site
    if not lines:
        web = default_web(book, package) or workspace_web(book, package)
        if web is None:
            web = _ask_for_web(book, package)
        lines = (web,) if web else ()
    lines = tuple(_as_started(book, package, line) for line in lines)
    if _plug_and_play(book, package):
        return None, lines
    stage = node_stage(book, package, scan, "build")
    lines = with_hooks(book, lines)
    kept = [line for line in lines if line.action != "left-out"]
    needed = tuple(dict.fromkeys(e for line in kept for e in needed_at_run(package, line.command)))
    stage.prune += prune(package, needed, "@prisma/client" in package.installed)
    if needed:
        book.note(
            "development-dependencies",
            "development dependencies stay in the image: a command needs one",
            "move it to dependencies, and the image gets smaller",
            *needed,
        )
    stage.prune.append(run(["rm -rf .aptible.env .git"], "F03"))
    recipe = Recipe(
        stages=[stage],
        base=base_line(package.version),
        uid=_UID,
        image_entrypoint=True,
    )
    system_for_running(book, package, recipe.packages)
    _environment(book, package, recipe, lines)
    _final(book, package, recipe, lines)
    return recipe, lines


def _as_started(book: Notebook, package: NodePackage, line: ProcessLine) -> ProcessLine:
    if not line.kept:
        return line
    found = started(book, package, line)
    changed = found.command != line.command
    return line.model_copy(
        update={
            "command": found.command,
            "reason": "; ".join(RULES[rule] for rule in found.rules) if changed else line.reason,
        }
    )


def _ask_for_web(book: Notebook, package: NodePackage) -> ProcessLine | None:
    main = package.manifest.main
    place = Evidence(path=MANIFEST, line=package.manifest.line("main"), fact=f"main {main}")
    starts = workspace_starts(book, package)
    answer = book.ask(
        "web-command",
        "which command serves the app?",
        "there is no Procfile, no start script and no server.js: Heroku would start nothing; "
        "write a Procfile, or answer with the command",
        choices=tuple(start.command for start in starts),
        free=True,
        found=(*((place,) if main else ()), *(start.evidence for start in starts)),
    )
    return ProcessLine(name="web", command=answer, evidence=place) if answer else None


def _plug_and_play(book: Notebook, package: NodePackage) -> bool:
    if package.manager != "berry" or not book.has(".pnp.cjs"):
        return False
    book.ask(
        "yarn-pnp",
        "Yarn's Plug'n'Play has no node_modules that could be copied into an image",
        "set `nodeLinker: node-modules` in .yarnrc.yml, run yarn install and commit",
        found=(Evidence(path=".pnp.cjs", fact="is there"),),
    )
    return True


def _environment(
    book: Notebook, package: NodePackage, recipe: Recipe, lines: tuple[ProcessLine, ...]
) -> None:
    recipe.env("NODE_ENV", "production", "F12")
    recipe.user.append(Line(text=f"RUN chown {_UID}:{_UID} {APP}", rule="F13"))
    recipe.env("PATH", f"{APP}/node_modules/.bin:$PATH", "F12")
    if package.manifest.production & BROWSERS:
        recipe.env("PUPPETEER_EXECUTABLE_PATH", "/usr/bin/chromium", "F04")
        book.warn(
            "chromium",
            "Chromium runs without rights here: it must be started with --no-sandbox",
            "pass args: ['--no-sandbox'] to puppeteer.launch",
        )
    if _MANAGERS & programs(lines):
        recipe.tools += manager_tools(package)


def _final(
    book: Notebook, package: NodePackage, recipe: Recipe, lines: tuple[ProcessLine, ...]
) -> None:
    web = next((line for line in lines if line.name == "web" and line.kept), None)
    output = next_output(book) if web and re.search(r"\bnext start\b", web.command) else None
    whole = Line(text=f"COPY --from=build --chown={_UID}:{_UID} {APP} ./", rule="F03")
    if output is None or web is None:
        recipe.copies.append(whole)
        return
    kind, place = output
    if kind == "export":
        book.ask(
            "next-export",
            "Next.js exports plain files here, and `next start` refuses to serve those",
            "remove output: 'export', or serve the folder out/ with a static server",
            found=(place,),
        )
        return
    others = [line for line in lines if line.action != "left-out" and line.name != "web"]
    command = "node server.js"
    if others:
        # A worker or a deploy hook needs all of node_modules; the server's own folder is inside.
        command = "node .next/standalone/server.js"
        steps = ["cp -r .next/static .next/standalone/.next/"]
        if any(e.path.startswith("public/") for e in book.view.entries()):
            steps.append("cp -r public .next/standalone/")
        recipe.stages[-1].build.append(run(steps, "F37", place))
        recipe.copies.append(whole)
    else:
        recipe.stages[-1].prune = [line for line in recipe.stages[-1].prune if line.rule != "F09"]
        for source, target in (
            (".next/standalone", "./"),
            (".next/static", "./.next/static"),
            ("public", "./public"),
        ):
            if source == "public" and not any(
                e.path.startswith("public/") for e in book.view.entries()
            ):
                continue
            text = f"COPY --from=build --chown={_UID}:{_UID} {APP}/{source} {target}"
            recipe.copies.append(Line(text=text, rule="F37", evidence=(place,)))
    recipe.env("HOSTNAME", "0.0.0.0", "F14", place)  # noqa: S104
    recipe.web = command
    recipe.web_evidence = (place, web.evidence)
