"""A Maven app's Dockerfile: built with the wrapper or Maven's image, run from a JRE."""

import re

from wizard.formats.pom_xml import Pom, read_pom
from wizard.formats.system_properties import java_major, read_system_properties
from wizard.generate.build_variables import build_variable
from wizard.generate.detect import Detection
from wizard.generate.front_end import assets_stage
from wizard.generate.jars import BuiltBy, Jar, with_jars
from wizard.generate.jvm import (
    JavaVersion,
    default_web,
    java_version,
    jdk_line,
    jvm_recipe,
    web_without_colon,
    without_colon,
)
from wizard.generate.notebook import Notebook
from wizard.generate.processes import ProcessLine
from wizard.generate.recipe import APP, Recipe, Stage, copy, run
from wizard.generate.scan import Scan
from wizard.generate.tables.java_releases import MAVEN
from wizard.model.files import Evidence, Line

POM = "pom.xml"
_WRAPPER = ".mvn/wrapper/maven-wrapper.properties"
_SPRING = "spring-boot-maven-plugin"
_MOST_MODULES = 60


def java_recipe(
    book: Notebook, scan: Scan, lines: tuple[ProcessLine, ...], detection: Detection
) -> tuple[Recipe | None, tuple[ProcessLine, ...]]:
    """The Dockerfile's parts and the process types as they should run."""
    pom = book.parsed(POM, read_pom)
    if pom is None:
        return None, lines
    release = java_major(pom.release) if pom.release else 0
    place = Evidence(path=POM, line=pom.release_line, fact=f"asks for Java {pom.release}")
    version = java_version(book, release, place if release else None, exact=False)
    modules = _modules(book, POM, pom)
    assets = assets_stage(book, scan, detection.helpers)
    if version is None or modules is None:
        return None, lines
    built = _built(modules)
    if not any(line.kept for line in lines) or web_without_colon(book):
        web = default_web(book, built, "server.port", _framework(modules))
        if any(line.name == "web" for line in lines):
            lines = without_colon(book, lines, web)
        else:
            lines = (*lines, web) if web else lines
    lines = with_jars(book, lines, built)
    stage = _stage(book, version, pom, front_end=assets is not None)
    stages = [*([assets] if assets else []), stage]
    return jvm_recipe(book, version, stages, lines, built)


def _modules(book: Notebook, path: str, pom: Pom) -> dict[str, Pom] | None:
    """Every project of the build by the path of its POM; None when one of them is broken."""
    found = {path: pom}
    todo = [(path, pom)]
    while todo and len(found) < _MOST_MODULES:
        at, parent = todo.pop()
        base = at.rpartition("/")[0]
        for module in parent.modules:
            folder = f"{base}/{module}".strip("/").removeprefix("./").rstrip("/")
            inner = folder if folder.endswith(".xml") else f"{folder}/{POM}"
            if inner in found or not book.has(inner):
                continue
            read = book.parsed(inner, read_pom)
            if read is None:
                return None
            found[inner] = read
            todo.append((inner, read))
    return found


def _runs(pom: Pom) -> Evidence | None:
    return Evidence(path="", line=p.line, fact=_SPRING) if (p := pom.plugin(_SPRING)) else None


def _built(modules: dict[str, Pom]) -> BuiltBy:
    """The jars of those projects that Spring's plugin makes runnable, else of the only one."""
    marked = {path: pom for path, pom in modules.items() if _runs(pom) and pom.packaging != "pom"}
    if not marked and len(modules) == 1:
        marked = {path: pom for path, pom in modules.items() if pom.packaging != "pom"}
    jars = []
    for path, pom in marked.items():
        if not pom.name:
            continue
        ending = "war" if pom.packaging == "war" else "jar"
        folder = path.rpartition("/")[0]
        file = f"{folder}/target/{pom.name}.{ending}".lstrip("/")
        fact = f"builds {pom.name}.{ending}"
        jars.append(Jar(path=file, evidence=Evidence(path=path, line=pom.name_line, fact=fact)))
    artifacts = {
        part.artifact: Evidence(path=path, line=part.line, fact=part.artifact)
        for path, pom in modules.items()
        for part in pom.dependencies
        if part.scope != "test"
    }
    return BuiltBy(tuple(jars), artifacts, "target")


def _framework(modules: dict[str, Pom]) -> Evidence | None:
    """Heroku knows Spring Boot by its group in the POM."""
    for path, pom in modules.items():
        parts = [*pom.dependencies, *([pom.parent] if pom.parent else [])]
        for part in parts:
            if part.group == "org.springframework.boot":
                return Evidence(path=path, line=part.line, fact=part.artifact)
    return None


def _stage(book: Notebook, version: JavaVersion, pom: Pom, front_end: bool) -> Stage:
    wrapper = book.has("mvnw") and book.has(_WRAPPER)
    told = book.parsed("system.properties", read_system_properties)
    if wrapper and told is not None and told.maven:
        place = Evidence(
            path="system.properties", line=told.maven_line, fact=f"maven.version {told.maven}"
        )
        book.note("maven-version", "the wrapper decides Maven's version here", "", place)
    stage = Stage(name="build", base=jdk_line(version) if wrapper else _maven(book, version))
    if wrapper and front_end:
        # The front end's stage hands over the whole repository; the wrapper has to be made ready.
        stage.source.append(Line(text=f"COPY --from=assets {APP} ./", rule="F30"))
    maven, ready = _command(book) if wrapper else ("mvn", [])
    settings = " -s settings.xml" if book.has("settings.xml") else ""
    secret = "${env." in book.text("settings.xml")
    inside = bool(pom.modules) or pom.parent_inside or _local(book)
    if not inside and not front_end:
        names = book.present(POM, "mvnw", "settings.xml")
        if not wrapper:
            names = [name for name in names if name != "mvnw"]
        names += [".aptible.env*"] if secret else []
        seen = [Evidence(path=name, fact="is there") for name in names if "*" not in name]
        stage.manifests.append(copy(names, "./", "F05", *seen))
        if any(e.path.startswith(".mvn/") for e in book.view.entries()):
            stage.manifests.append(copy([".mvn/"], "./.mvn/", "F05"))
        words = f"{maven} -B{settings} dependency:go-offline"
        stage.install.append(run([*ready, words], "F05", configured=secret))
    if not (wrapper and front_end):
        stage.source.append(
            Line(text=f"COPY --from=assets {APP} ./", rule="F30")
            if front_end
            else copy(["."], "./", "F05")
        )
    stage.build.append(_build(book, f"{maven} -B{settings}", ready, secret))
    stage.prune.append(run(["rm -rf .aptible.env .git"], "F03"))
    return stage


def _build(book: Notebook, maven: str, ready: list[str], secret: bool) -> Line:
    goals = build_variable(book, "MAVEN_CUSTOM_GOALS", "Maven ran these goals")
    options = build_variable(book, "MAVEN_CUSTOM_OPTS", "Maven was given these options")
    words = " ".join(
        [maven, options[0] if options else "-DskipTests", goals[0] if goals else "clean package"]
    )
    places = [found[1] for found in (goals, options) if found]
    return run([*ready, words], "F55", *places, configured=secret)


def _command(book: Notebook) -> tuple[str, list[str]]:
    """How the wrapper is called, and what makes it ready for that."""
    entry, steps = book.view.entry("mvnw"), []
    if "\r\n" in book.text("mvnw"):
        steps.append("sed -i 's/\\r$//' mvnw")
        place = Evidence(path="mvnw", line=1, fact="has Windows line endings")
        book.note("wrapper-endings", "the wrapper has Windows line endings: mended", "", place)
    if entry is not None and not entry.executable:
        steps.append("chmod +x mvnw")
    return "./mvnw", steps


def _maven(book: Notebook, version: JavaVersion) -> Line:
    told = book.parsed("system.properties", read_system_properties)
    evidence = version.evidence
    if told is not None and told.maven:
        fact = f"maven.version {told.maven}"
        place = Evidence(path="system.properties", line=told.maven_line, fact=fact)
        evidence = (*evidence, place)
        if not told.maven.startswith(MAVEN):
            book.note(
                "maven-version",
                f"Maven {MAVEN} is taken, not {told.maven}: it builds the same projects",
                "commit a wrapper (`mvn wrapper:wrapper`) to fix the version",
                place,
            )
    return Line(
        text=f"FROM maven:{MAVEN}-eclipse-temurin-{version.major} AS build",
        rule="F55",
        evidence=evidence,
        confidence=version.confidence,
    )


def _local(book: Notebook) -> bool:
    """Whether resolving needs files of the repository: a repository or a jar that lies in it."""
    text = book.text(POM)
    return re.search(r"<systemPath>|file:/|\$\{(project\.)?basedir\}", text) is not None
