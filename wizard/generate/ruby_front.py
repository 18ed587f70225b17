"""Node inside a Ruby build: whether it is needed there, and while the app runs."""

from wizard.formats.package_json import PackageJson, read_package_json
from wizard.generate.commands import commands
from wizard.generate.detect import Detection
from wizard.generate.node_build import manager_tools, node_stage, prune
from wizard.generate.node_package import MANIFEST, NodePackage, read_node_package
from wizard.generate.node_version import base_line
from wizard.generate.notebook import Notebook
from wizard.generate.processes import ProcessLine, programs
from wizard.generate.recipe import APP, Recipe, Stage
from wizard.generate.ruby_build import path_of
from wizard.generate.ruby_package import RubyPackage
from wizard.generate.run_scripts import called_in_scripts
from wizard.generate.scan import Scan
from wizard.generate.tables.ruby import (
    ASSET_PIPELINES,
    BUNDLES_WITH_NODE,
    JAVASCRIPT_ENGINES,
    NODE_AT_RUN,
)
from wizard.model.files import Evidence, Line
from wizard.model.frozen import Frozen

_PROGRAMS = frozenset({"node", "npm", "npx", "yarn", "pnpm"})
_OTHER_LOCKS = ("package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml")


class FrontEnd(Frozen):
    """`stays` is why Node and its packages are in the final image; () when they are not."""

    package: NodePackage
    stays: tuple[Evidence, ...] = ()


def needs_front_end(
    book: Notebook, package: RubyPackage, detection: Detection, lines: tuple[ProcessLine, ...]
) -> tuple[Evidence, ...]:
    """Why package.json is installed for the build, () when nothing uses it."""
    manifest = book.parsed(MANIFEST, read_package_json)
    if manifest is None:
        return ()
    gem = package.has(*BUNDLES_WITH_NODE, *NODE_AT_RUN)
    if gem:
        return (package.place(gem),)
    packs = [pack.evidence for pack in detection.buildpacks if pack.language == "node"]
    if packs:
        return tuple(packs)
    if "heroku-postbuild" in manifest.scripts or "build" in manifest.scripts:
        name = "heroku-postbuild" if "heroku-postbuild" in manifest.scripts else "build"
        place = Evidence(path=MANIFEST, line=manifest.line(f"scripts.{name}"), fact=name)
        return (place,)
    if manifest.dependencies and package.has(*ASSET_PIPELINES):
        fact = "has dependencies, which assets may take files from"
        return (Evidence(path=MANIFEST, line=manifest.line("dependencies"), fact=fact),)
    running = _PROGRAMS & programs(line for line in lines if line.action != "left-out")
    if running:
        return (Evidence(path="Procfile", fact=f"runs {', '.join(sorted(running))}"),)
    place = Evidence(path=MANIFEST, fact="no asset task and no command uses it")
    book.note("node-helper", "package.json is not used by the app: Node is left out", "", place)
    return ()


def add_front_end(
    book: Notebook,
    scan: Scan,
    package: RubyPackage,
    detection: Detection,
    lines: tuple[ProcessLine, ...],
    stage: Stage,
    why: tuple[Evidence, ...],
) -> tuple[Stage, FrontEnd] | None:
    """Node put into `stage`, and the stage it comes from; None while a question is open."""
    bun = book.present("bun.lockb", "bun.lock")
    if bun and not book.present(*_OTHER_LOCKS):
        book.ask(
            "node-bun",
            "Bun installs the front end: moveday knows npm, Yarn and pnpm",
            "write a Dockerfile (moveday then checks and adapts it), or commit the lock file of "
            "one of those",
            found=tuple(Evidence(path=path, fact="is there") for path in bun),
        )
        return None
    node = read_node_package(book)
    if node is None:
        return None
    source = Stage(name="node", base=base_line(node.version, "node"))
    inner = node_stage(book, node, scan, "node")
    for name, places in inner.packages.wanted.items():
        stage.packages.add((name,), *places)
    stage.environment += inner.environment
    stage.tools.append(
        Line(text="COPY --from=node /usr/local /usr/local", rule="F70", evidence=why)
    )
    if node.manager == "yarn":
        text = "COPY --from=node /opt /opt"
        stage.tools.append(Line(text=text, rule="F70", evidence=node.manager_evidence))
    stage.tools += manager_tools(node)
    whole = any(line.rule == "F06" for line in inner.manifests)
    if any(line.rule == "F06" for line in stage.manifests):
        inner.manifests = []
    elif whole:
        stage.source = []
    stage.install += [*inner.manifests, *inner.install]
    stage.build += _built(book, package, detection, node.manifest, inner.build)
    stays = _stays(book, package, lines)
    stage.prune += prune(node, (), has_prisma=False) if stays else []
    return source, FrontEnd(package=node, stays=stays)


def _built(
    book: Notebook,
    package: RubyPackage,
    detection: Detection,
    manifest: PackageJson,
    built: list[Line],
) -> list[Line]:
    """What the Node buildpack ran; not what the asset task runs itself, nor a mere echo."""
    name = "heroku-postbuild" if manifest.scripts.get("heroku-postbuild", "").strip() else "build"
    script = manifest.scripts.get(name, "")
    place = Evidence(path=MANIFEST, line=manifest.line(f"scripts.{name}"), fact=f"script {name}")
    if name == "build" and package.has("jsbundling-rails"):
        return []
    if all(found[0] in ("echo", "true", "exit", ":") for found in commands(script)):
        return []
    if name == "build" and not any(pack.language == "node" for pack in detection.buildpacks):
        book.note(
            "node-build",
            "package.json has a build script, and nothing says whether Heroku ran it: it is run",
            "take the line out of the Dockerfile when the app does not use what it builds",
            place,
        )
    return built


def _stays(
    book: Notebook, package: RubyPackage, lines: tuple[ProcessLine, ...]
) -> tuple[Evidence, ...]:
    gems = tuple(package.place(name) for name in NODE_AT_RUN if name in package.gems)
    running = tuple(
        line.evidence
        for line in lines
        if line.action != "left-out" and _PROGRAMS & programs([line])
    )
    kept = [line for line in lines if line.action != "left-out"]
    return (*gems, *running, *called_in_scripts(book, kept, sorted(_PROGRAMS)))


def add_javascript(package: RubyPackage, recipe: Recipe, front: FrontEnd | None) -> None:
    """A JavaScript engine: execjs stops the app at its start when it finds none."""
    final = recipe.copies
    if front is not None and front.stays:
        final.append(
            Line(text="COPY --from=node /usr/local /usr/local", rule="F71", evidence=front.stays)
        )
        if front.package.manager == "yarn":
            final.append(Line(text="COPY --from=node /opt /opt", rule="F71", evidence=front.stays))
        folders = f"{path_of(package)}:{APP}/node_modules/.bin"
        recipe.env("PATH", f"{folders}:$PATH", "F12")
        return
    if "execjs" not in package.gems or package.has(*JAVASCRIPT_ENGINES):
        return
    place = package.place("execjs")
    if front is not None:
        text = "COPY --from=node /usr/local/bin/node /usr/local/bin/node"
        final.append(Line(text=text, rule="F72", evidence=(place,)))
        return
    recipe.stages[-1].packages.add(("nodejs",), place)
    recipe.packages.add(("nodejs",), place)
