"""The stage that installs and builds a Node package, as the buildpack did."""

import re

from wizard.generate.baked import exports, say_baked, wanted
from wizard.generate.commands import commands, split
from wizard.generate.node_package import MANIFEST, NodePackage
from wizard.generate.node_version import base_line
from wizard.generate.notebook import Notebook
from wizard.generate.recipe import Packages, Stage, copy, run
from wizard.generate.scan import Scan
from wizard.generate.tables.releases import (
    COREPACK,
    NPM_OF_NODE,
    PNPM_OF_LOCK,
    YARN_CLASSIC,
)
from wizard.generate.tables.system_packages import BROWSERS, NODE
from wizard.model.files import Evidence, Line

_AT_INSTALL = ("preinstall", "install", "postinstall", "prepare")
_NOT_AT_BUILD = re.compile(
    r"migrat|db:|\bseed|sentry-cli|sourcemaps? upload|bugsnag-sourcemaps|\bdeploy\b|slack|curl "
)


def node_stage(book: Notebook, package: NodePackage, scan: Scan, name: str) -> Stage:
    """Install and build; nothing is pruned yet."""
    stage = Stage(name=name, base=base_line(package.version, name))
    _system(book, package, stage.packages)
    if package.installed & BROWSERS:
        line = "ENV PUPPETEER_SKIP_DOWNLOAD=true"
        stage.environment.append(Line(text=line, rule="F04", evidence=_named(package, *BROWSERS)))
    stage.tools += manager_tools(package)
    scripts = package.manifest.scripts
    private = _private_registry(book)
    everything = [
        Evidence(path=MANIFEST, line=package.manifest.line(f"scripts.{script}"), fact=script)
        for script in (*_AT_INSTALL, "heroku-prebuild")
        if script in scripts
    ] + [
        Evidence(path=f"{folder}/{MANIFEST}", line=m.line(f"scripts.{s}"), fact=s)
        for folder, m in zip(package.workspaces, package.workspace_manifests, strict=False)
        for s in _AT_INSTALL
        if s in m.scripts
    ]
    whole = copy(["."], "./", "F06", *everything)
    if everything:
        stage.manifests.append(whole)
    else:
        stage.manifests += _manifests(book, package, bool(private))
    if "heroku-prebuild" in scripts:
        place = Evidence(
            path=MANIFEST,
            line=package.manifest.line("scripts.heroku-prebuild"),
            fact="heroku-prebuild",
        )
        stage.install.append(run(["npm run heroku-prebuild"], "F08", place, configured=True))
    stage.install.append(_install(package, private))
    if not everything:
        stage.source.append(copy(["."], "./", "F05"))
    stage.build += _build(book, package, scan)
    return stage


def manager_tools(package: NodePackage) -> list[Line]:
    """How the package manager gets into an image; [] when the image brings it."""
    manager, wanted = package.manager, package.manager_version
    found = package.manager_evidence
    if manager == "berry":
        words = f"npm install --global corepack@{COREPACK} && corepack enable"
        return [Line(text=f"RUN {words}", rule="F07", evidence=found)]
    if manager == "pnpm":
        make = package.lock.make if package.lock else ""
        version = wanted or ("10" if package.manifest.built_only else PNPM_OF_LOCK.get(make, "9"))
        evidence = (
            found if wanted else (Evidence(path=package.lock_path, fact=f"lockfileVersion {make}"),)
        )
        text = f"RUN npm install --global pnpm@{version}"
        return [Line(text=text, rule="F07", evidence=evidence)]
    if manager == "npm":
        major = npm_major(package)
        if major > NPM_OF_NODE.get(package.version.major, 10):
            place = Evidence(
                path=MANIFEST, line=package.manifest.line("engines.npm"), fact=f"npm {major}"
            )
            return [
                Line(text=f"RUN npm install --global npm@{major}", rule="F07", evidence=(place,))
            ]
    if manager == "yarn" and package.version.major > 24:
        text = f"RUN npm install --global --force yarn@{YARN_CLASSIC}"
        return [Line(text=text, rule="F07", evidence=found)]
    return []


def npm_major(package: NodePackage) -> int:
    """The major of npm in the image: the one that was asked for, or Node's own."""
    engine = re.search(r"\d+", package.manifest.engines.get("npm", ""))
    named = package.manager_version if package.manager == "npm" else ""
    wanted = int(named.partition(".")[0] or (engine.group() if engine else 0))
    return max(wanted, NPM_OF_NODE.get(package.version.major, 10))


def _before_npm_ci(package: NodePackage) -> bool:
    """`npm ci` came with npm 5.7."""
    version = [int(part) for part in package.version.tag.split(".")[:2] if part.isdigit()]
    return npm_major(package) < 6 or version in ([8, n] for n in range(12))


def system_for_running(book: Notebook, package: NodePackage, packages: Packages) -> None:
    """What production dependencies need in the final image."""
    for name in sorted(package.manifest.production & NODE.keys()):
        packages.add(NODE[name][1], _place(package, name))


def _system(book: Notebook, package: NodePackage, packages: Packages) -> None:
    for name in sorted(package.installed & NODE.keys()):
        packages.add(NODE[name][0], _place(package, name))
    specs = {**package.manifest.dependencies, **package.manifest.dev_dependencies}
    for name, spec in specs.items():
        if re.match(r"git[+:]|github:|gitlab:|bitbucket:|[\w.-]+/[\w.-]+(#|$)|.*\.git(#|$)", spec):
            packages.add(("ca-certificates", "git"), _place(package, name))


def _place(package: NodePackage, name: str) -> Evidence:
    manifest = package.manifest
    for group in ("dependencies", "optionalDependencies", "devDependencies"):
        if manifest.line(f"{group}.{name}"):
            return Evidence(path=MANIFEST, line=manifest.line(f"{group}.{name}"), fact=name)
    return Evidence(path=package.lock_path, fact=f"holds {name}")


def _named(package: NodePackage, *names: str) -> tuple[Evidence, ...]:
    return tuple(_place(package, name) for name in sorted(names) if name in package.installed)


def _private_registry(book: Notebook) -> tuple[Evidence, ...]:
    found = []
    for path in (".npmrc", ".yarnrc.yml"):
        for number, line in enumerate(book.text(path).split("\n"), 1):
            if match := re.search(r"\$\{?([A-Z][A-Z0-9_]+)\}?", line):
                fact = f"reads {match.group(1)} from the environment"
                found.append(Evidence(path=path, line=number, fact=fact))
    return tuple(found)


def _manifests(book: Notebook, package: NodePackage, private: bool) -> list[Line]:
    names = [MANIFEST, *([package.lock_path] if package.lock_path else [])]
    names += book.present(
        ".npmrc", ".yarnrc", ".yarnrc.yml", ".pnpmfile.cjs", "pnpm-workspace.yaml", ".pnp.cjs"
    )
    lines = [
        copy(
            [*names, *([".aptible.env*"] if private else [])],
            "./",
            "F05",
            *(Evidence(path=name, fact="is there") for name in names),
        )
    ]
    paths = [entry.path for entry in book.view.entries()]
    folders = [".yarn/releases", ".yarn/plugins", ".yarn/patches", "patches", "prisma"]
    specs = {**package.manifest.dependencies, **package.manifest.dev_dependencies}
    folders += [
        spec.removeprefix("file:").removeprefix("./").rstrip("/")
        for spec in specs.values()
        if spec.startswith("file:") and ".." not in spec
    ]
    for folder in folders:
        if folder == "prisma" and "@prisma/client" not in package.installed:
            continue
        if any(path.startswith(f"{folder}/") for path in paths):
            seen = Evidence(path=folder, fact="is read at install")
            lines.append(copy([f"{folder}/"], f"./{folder}/", "F05", seen))
    for folder in package.workspaces:
        manifest = f"{folder}/{MANIFEST}"
        lines.append(
            copy([manifest], f"./{folder}/", "F05", Evidence(path=manifest, fact="workspace"))
        )
    return lines


def _install(package: NodePackage, private: tuple[Evidence, ...]) -> Line:
    place = Evidence(path=package.lock_path or MANIFEST, fact="is installed from")
    exact = bool(package.lock_path) and not (package.manager == "npm" and _before_npm_ci(package))
    words = {
        "npm": "npm ci" if exact else "npm install",
        "yarn": "yarn install --frozen-lockfile" if exact else "yarn install",
        "berry": "yarn install --immutable",
        "pnpm": "pnpm install --frozen-lockfile" if exact else "pnpm install",
    }[package.manager]
    if private:
        # The configuration may set NODE_ENV=production: the build needs all dependencies.
        words += {
            "npm": " --production=false" if npm_major(package) < 7 else " --include=dev",
            "yarn": " --production=false",
            "pnpm": " --prod=false",
        }.get(package.manager, "")
    return run([words], "F11" if private else "F07", place, *private, configured=bool(private))


def _build(book: Notebook, package: NodePackage, scan: Scan) -> list[Line]:
    scripts, manifest = package.manifest.scripts, package.manifest
    name = next((n for n in ("heroku-postbuild", "build") if scripts.get(n, "").strip()), "")
    if not name:
        return []
    place = Evidence(path=MANIFEST, line=manifest.line(f"scripts.{name}"), fact=f"script {name}")
    steps = [f"{_runner(package)} {name}"]
    parts = split(scripts[name])
    apart = [part for part, _ in parts if _NOT_AT_BUILD.search(part)]
    if apart and all(separator in ("&&", "") for _, separator in parts):
        steps = [part for part, _ in parts if part not in apart]
        for part in apart:
            migrates = re.search(r"migrat|\bdb:", part) is not None
            if migrates:
                book.hooks.append((part, place))
            book.warn(
                "not-at-build",
                f"“{part}” was part of {name}; Aptible builds without a database",
                "it moves to before_deploy in .aptible.yml"
                if migrates
                else "it is left out: run it where you release",
                place,
            )
    baked = scan.names("baked")
    say_baked(book, baked)
    late = bool(baked) and wanted(book)
    if late and steps:
        steps = [*exports(baked), *steps]
    # Node 8 is the first to know this option there.
    old = package.version.major < 8
    heap = Line(text="ENV NODE_OPTIONS=--max-old-space-size=2560", rule="F12", evidence=(place,))
    built = (
        [run(steps, "F08", place, *baked.values(), configured=bool(baked) and not late)]
        if steps
        else []
    )
    clean = "heroku-cleanup"
    if clean in scripts:
        where = Evidence(path=MANIFEST, line=manifest.line(f"scripts.{clean}"), fact=clean)
        built.append(run([f"{_runner(package)} {clean}"], "F08", where))
    path = Line(text="ENV PATH=/app/node_modules/.bin:$PATH", rule="F12")
    return [*([path] if apart else []), *([] if old else [heap]), *built]


def _runner(package: NodePackage) -> str:
    return {"npm": "npm run", "yarn": "yarn run", "berry": "yarn run", "pnpm": "pnpm run"}[
        package.manager
    ]


def prune(package: NodePackage, needed: tuple[Evidence, ...], has_prisma: bool) -> list[Line]:
    """Removes development dependencies, unless a command needs them or the tool would do harm."""
    dev = package.manifest.dev_dependencies
    if not dev and not any(m.dev_dependencies for m in package.workspace_manifests):
        return []
    if needed:
        return []
    place = Evidence(
        path=MANIFEST,
        line=min((package.manifest.line(f"devDependencies.{n}") for n in dev), default=0),
        fact=f"{len(dev)} development dependencies",
    )
    if package.manager == "npm":
        without = "--production" if npm_major(package) < 7 else "--omit=dev"
        return [run([f"npm prune {without} --ignore-scripts"], "F09", place)]
    if package.manager == "yarn" and not has_prisma:
        words = "yarn install --production --ignore-scripts --prefer-offline --frozen-lockfile"
        return [run([words], "F09", place)]
    # Yarn 2 and later run the package's own install scripts again, whose tools are gone by then.
    own = any(script in package.manifest.scripts for script in _AT_INSTALL)
    if package.manager == "berry" and (package.manager_version or "4").startswith("4") and not own:
        return [run(["yarn workspaces focus --production --all"], "F09", place)]
    if package.manager == "pnpm" and not package.workspaces:
        return [run(["CI=true pnpm prune --prod --ignore-scripts"], "F09", place)]
    return []


def first_words(command: str) -> set[str]:
    """Names of the programs that a line runs, without folders."""
    return {found[0].rpartition("/")[2] for found in commands(command)}
