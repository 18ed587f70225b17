"""A Go app's Dockerfile: binaries built in one stage, run from a slim image with its files."""

import re

from wizard.generate.app_user import UID, app_user
from wizard.generate.build_hooks import build_hook
from wizard.generate.build_variables import build_variable
from wizard.generate.commands import commands, replace_program
from wizard.generate.detect import Detection
from wizard.generate.front_end import assets_stage
from wizard.generate.go_package import MANIFEST, GoMain, GoPackage, c_module, read_go_package
from wizard.generate.notebook import Notebook
from wizard.generate.processes import ProcessLine
from wizard.generate.recipe import APP, Packages, Recipe, Stage, copy, run
from wizard.generate.scan import Scan
from wizard.generate.tables.go_modules import C_MODULES
from wizard.model.files import Evidence, Line

_IN_IMAGE = frozenset({
    ".", "awk", "bash", "cat", "cd", "cp", "dash", "date", "echo", "env", "eval", "exec", "export",
    "false", "find", "grep", "kill", "ls", "mkdir", "mv", "nice", "printf", "rm", "sed", "set",
    "sh", "sleep", "source", "supercronic", "tee", "test", "timeout", "trap", "true", "wait",
    "xargs",
})  # fmt: skip


def go_recipe(
    book: Notebook, scan: Scan, lines: tuple[ProcessLine, ...], detection: Detection
) -> tuple[Recipe | None, tuple[ProcessLine, ...]]:
    """The Dockerfile's parts and the process types as they should run."""
    package = read_go_package(book)
    assets = assets_stage(book, scan, detection.helpers)
    if package is None:
        return None, lines
    chosen = _chosen(book, package)
    if not chosen:
        return None, lines
    if not any(line.kept for line in lines):
        web = _default_web(book, chosen)
        lines = (*lines, web) if web else lines
    lines = tuple(_as_built(book, chosen, line) for line in lines)
    stage = _stage(book, package, chosen, front_end=assets is not None)
    recipe = Recipe(
        stages=[*([assets] if assets else []), stage],
        base=Line(text="FROM debian:bookworm-slim", rule="F01", evidence=package.evidence),
        uid=UID,
    )
    _system(book, package, recipe.packages, 1)
    recipe.packages.add(("ca-certificates", "tzdata"), Evidence(path=MANIFEST, fact="is Go"))
    recipe.env("PATH", f"{APP}/bin:$PATH", "F50", *(m.evidence for m in chosen))
    recipe.user.append(app_user())
    recipe.copies.append(Line(text=f"COPY --from=build --chown={UID}:{UID} {APP} ./", rule="F03"))
    return recipe, lines


def _chosen(book: Notebook, package: GoPackage) -> tuple[GoMain, ...]:
    """What is built: the buildpack's list, or every main package."""
    wanted, place = package.mod.install, None
    if wanted:
        line = package.mod.install_line
        place = Evidence(path=MANIFEST, line=line, fact=f"+heroku install {' '.join(wanted)}"[:80])
    else:
        told = build_variable(book, "GO_INSTALL_PACKAGE_SPEC", "it names the packages to build")
        if told:
            wanted, place = tuple(told[0].split()), told[1]
    chosen = tuple(
        main
        for main in package.mains
        if not wanted or any(_matches(pattern, main, package.mod.module) for pattern in wanted)
    )
    if not chosen:
        book.ask(
            "go-main",
            "which package is the program? none that is built has a func main",
            "Heroku builds every main package of the module, or those of `// +heroku install` in "
            "go.mod",
            found=(place or Evidence(path=MANIFEST, line=1, fact=package.mod.module),),
        )
    return chosen


def _matches(pattern: str, main: GoMain, module: str) -> bool:
    bare = pattern.removeprefix(module).removeprefix("./").strip("/")
    if bare == "...":
        return True
    if bare.endswith("/..."):
        folder = bare.removesuffix("/...")
        return main.folder == folder or main.folder.startswith(f"{folder}/")
    return main.folder == (bare or ".")


def _default_web(book: Notebook, chosen: tuple[GoMain, ...]) -> ProcessLine | None:
    if len(chosen) == 1:
        return ProcessLine(name="web", command=chosen[0].binary, evidence=chosen[0].evidence)
    answer = book.ask(
        "web-command",
        "which of the programs serves the app?",
        "there is no Procfile, and the module has several main packages; write one",
        choices=tuple(dict.fromkeys(main.binary for main in chosen)),
        found=tuple(main.evidence for main in chosen),
    )
    place = Evidence(path="answers", fact="web-command")
    return ProcessLine(name="web", command=answer, evidence=place) if answer else None


def _as_built(book: Notebook, chosen: tuple[GoMain, ...], line: ProcessLine) -> ProcessLine:
    """A line that runs a program which nothing builds is a question, not an image that fails."""
    if line.action == "left-out":
        return line
    names = tuple(dict.fromkeys(main.binary for main in chosen))
    for found in commands(line.command):
        program = found[0]
        bare = re.sub(r"^(?:\./|/app/|\$HOME/)?bin/", "", program)
        if "/" in bare or "$" in bare or bare in names or bare in _IN_IMAGE:
            continue
        if book.has(program.removeprefix("./")) or bare.startswith("."):
            continue
        answer = book.ask(
            f"go-program:{line.name}",
            f"{line.name} runs {program[:80]}: what is it?",
            "no main package has that name, and a slim image has no such program",
            choices=names,
            found=(line.evidence, *(main.evidence for main in chosen)),
        )
        if answer:
            command = replace_program(line.command, [program], answer)
            return line.model_copy(update={"command": command})
    return line


def _stage(
    book: Notebook, package: GoPackage, chosen: tuple[GoMain, ...], front_end: bool
) -> Stage:
    base = Line(
        text=f"FROM golang:1.{package.minor}-{package.debian} AS build",
        rule="F01",
        evidence=package.evidence,
        confidence=package.confidence,
    )
    stage = Stage(name="build", base=base)
    _system(book, package, stage.packages, 0)
    if not package.c_needs:
        stage.environment.append(Line(text="ENV CGO_ENABLED=0", rule="F51"))
    aside = [Evidence(path=MANIFEST, line=n.line, fact=f"=> {n.name}") for n in package.mod.local]
    if book.has("go.work"):
        aside.append(Evidence(path="go.work", fact="names more modules"))
    if not package.vendored and not aside:
        names = book.present(MANIFEST, "go.sum")
        seen = (Evidence(path=name, fact="is there") for name in names)
        stage.manifests.append(copy(names, "./", "F05", *seen))
        stage.install.append(
            run(["go mod download"], "F07", Evidence(path=MANIFEST, fact="names the modules"))
        )
    if front_end:
        stage.source.append(Line(text=f"COPY --from=assets {APP} ./", rule="F30"))
    else:
        stage.source.append(copy(["."], "./", "F05", *aside))
    stage.build += build_hook(book, "bin/go-pre-compile")
    words = ["go build"]
    if package.vendored:
        words.append("-mod=vendor")
    if package.tagged:
        words.append("-tags heroku")
    targets = [main.target for main in chosen]
    words += ["-o bin/", *targets]
    places = [main.evidence for main in chosen]
    stage.build.append(run([" ".join(words)], "F50", *places))
    stage.build += build_hook(book, "bin/go-post-compile")
    gone = ".aptible.env .git vendor" if package.vendored else ".aptible.env .git"
    stage.prune.append(run([f"rm -rf {gone}"], "F03"))
    return stage


def _system(book: Notebook, package: GoPackage, packages: Packages, which: int) -> None:
    known = False
    for place in package.c_needs:
        name = c_module(place.fact)
        if name:
            known = True
            packages.add(C_MODULES[name][which], place)
    if package.c_needs and not known and which:
        book.warn(
            "go-own-c",
            "the app has C code of its own: which libraries it links against is not read",
            "name their Debian packages in an Aptfile (the -dev ones too)",
            *package.c_needs,
        )
