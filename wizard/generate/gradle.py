"""A Gradle app's Dockerfile: built with its wrapper, run from a JRE."""

import re

from wizard.formats.gradle_build import (
    GradleBuild,
    GradleSettings,
    read_gradle_build,
    read_gradle_settings,
    read_wrapper,
)
from wizard.formats.json_text import read_toml, table, text_at
from wizard.formats.text_lines import find_line
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
from wizard.generate.tables.java_releases import JAVA_DEFAULT, NEWEST_OF_GRADLE
from wizard.model.files import Evidence, Line

_BUILDS = ("build.gradle.kts", "build.gradle")
_SETTINGS = ("settings.gradle.kts", "settings.gradle")
_PROPERTIES = "gradle/wrapper/gradle-wrapper.properties"
_JAR = "gradle/wrapper/gradle-wrapper.jar"
_CATALOGUE = "gradle/libs.versions.toml"
_FRAMEWORKS = (
    ("org.springframework.boot", "build -x check", "server.port"),
    ("io.micronaut.application", "shadowJar -x check", "micronaut.server.port"),
    ("io.quarkus", "build -x check", "quarkus.http.port"),
    ("io.ratpack.ratpack-java", "installDist -x check", ""),
    ("io.ratpack.ratpack-groovy", "installDist -x check", ""),
)
"""Plugin → the buildpack's task for it, and the property that sets its port."""
_BY_RESULT = (
    ("build/install/", "installDist -x check"),
    ("-all.jar", "shadowJar -x check"),
    ("build/libs/", "build -x check"),
)
"""Part of a command → the usual task that leaves such a file."""


class _Project:
    """One project of the build: folder "" for the root, its plugins by their ids."""

    def __init__(self, folder: str, path: str, build: GradleBuild, ids: dict[str, int]) -> None:
        self.folder, self.path, self.build, self.ids = folder, path, build, ids

    def framework(self) -> tuple[str, str, str] | None:
        """The framework whose plugin it applies."""
        return next((f for f in _FRAMEWORKS if f[0] in self.ids), None)

    def place(self, plugin: str) -> Evidence:
        """Where it applies a plugin."""
        return Evidence(path=self.path, line=self.ids.get(plugin, 0), fact=plugin)


def gradle_recipe(
    book: Notebook, scan: Scan, lines: tuple[ProcessLine, ...], detection: Detection
) -> tuple[Recipe | None, tuple[ProcessLine, ...]]:
    """The Dockerfile's parts and the process types as they should run."""
    if not _wrapper(book):
        return None, lines
    settings_path = next(iter(book.present(*_SETTINGS)), "")
    settings = (
        book.parsed(settings_path, read_gradle_settings) if settings_path else GradleSettings()
    )
    projects = _projects(book, settings) if settings else None
    version = _version(book, projects or [])
    assets = assets_stage(book, scan, detection.helpers)
    if settings is None or projects is None or version is None:
        return None, lines
    built = _built(book, settings, settings_path, projects)
    task = _task(book, projects, lines)
    if not any(line.kept for line in lines) or web_without_colon(book):
        marked = next((p for p in projects if p.framework()), None)
        framework = marked.framework() if marked else None
        place = marked.place(framework[0]) if marked and framework and framework[2] else None
        web = default_web(book, built, framework[2] if framework else "", place)
        if any(line.name == "web" for line in lines):
            lines = without_colon(book, lines, web)
        else:
            lines = (*lines, web) if web else lines
    if task is None:
        return None, lines
    lines = with_jars(book, lines, built)
    stage = _stage(book, version, task, front_end=assets is not None)
    stages = [*([assets] if assets else []), stage]
    return jvm_recipe(book, version, stages, lines, built)


def _wrapper(book: Notebook) -> bool:
    """Whether the wrapper is whole: the buildpack builds with nothing else."""
    missing = [path for path in ("gradlew", _PROPERTIES) if not book.has(path)]
    jar = book.view.entry(_JAR)
    if not missing and jar is None:
        missing = [_JAR]
    if not missing:
        return True
    book.ask(
        "gradle-wrapper",
        f"{missing[0]} is not in the repository: which Gradle builds the app?",
        "run `gradle wrapper` and commit what it writes; some .gitignore files hide its jar",
        found=tuple(Evidence(path=path, fact="is there") for path in book.present(*_BUILDS)),
    )
    return False


def _projects(book: Notebook, settings: GradleSettings) -> list[_Project] | None:
    catalogue = book.parsed(_CATALOGUE, read_toml) or {}
    found = []
    for folder in ("", *(p.text for p in settings.projects)):
        path = next(iter(book.present(*(f"{folder}/{name}".lstrip("/") for name in _BUILDS))), "")
        if not path:
            continue
        build = book.parsed(path, read_gradle_build)
        if build is None:
            return None
        ids = {}
        for plugin in build.plugins:
            name = plugin.text
            listed = table(catalogue, "plugins").get(name.replace(".", "-"))
            if isinstance(listed, str):
                name = listed.partition(":")[0]
            elif isinstance(listed, dict):
                name = text_at(listed, "id") or name
            ids[name] = plugin.line
        found.append(_Project(folder, path, build, ids))
    return found


def _version(book: Notebook, projects: list[_Project]) -> JavaVersion | None:
    asked = next((p for p in projects if p.build.exact), None)
    asked = asked or next((p for p in projects if p.build.java), None)
    wrapper = book.parsed(_PROPERTIES, read_wrapper)
    newest = JAVA_DEFAULT
    if wrapper is not None:
        numbers = [int(n) for n in re.findall(r"\d+", wrapper.text)[:2]] + [0]
        own = (numbers[0], numbers[1])
        newest = next(java for gradle, java in NEWEST_OF_GRADLE if own >= gradle)
    if asked is None:
        return java_version(book, 0, None, exact=False, newest=newest)
    fact = f"asks for Java {asked.build.java}"
    place = Evidence(path=asked.path, line=asked.build.java_line, fact=fact)
    return java_version(book, asked.build.java, place, exact=asked.build.exact, newest=newest)


def _built(
    book: Notebook, settings: GradleSettings, settings_path: str, projects: list[_Project]
) -> BuiltBy:
    """The jar that each project with a framework's plugin leaves in build/libs."""
    jars = []
    for project in projects:
        framework = project.framework()
        if framework is None or not framework[2]:
            continue
        if framework[0] == "io.quarkus":
            path = f"{project.folder}/build/quarkus-app/quarkus-run.jar".lstrip("/")
            jars.append(Jar(path=path, evidence=project.place("io.quarkus")))
            continue
        build = project.build
        base = build.base_name or (settings.name if not project.folder else None)
        name = base.text if base else project.folder.rpartition("/")[2] or APP.strip("/")
        version = build.version.text if build.version else _version_property(book)
        ending = "-all" if framework[0].startswith("io.micronaut") else ""
        file = f"{name}-{version}{ending}.jar" if version else f"{name}{ending}.jar"
        seen = build.file_name or build.version or base
        if build.file_name:
            file = build.file_name.text
        where = settings_path if seen is settings.name and seen else project.path
        place = Evidence(path=where, line=seen.line if seen else 0, fact=f"builds {file}")
        path = f"{project.folder}/build/libs/{file}".lstrip("/")
        jars.append(Jar(path=path, evidence=place))
    artifacts = {
        d.text.partition(":")[2]: Evidence(path=p.path, line=d.line, fact=d.text)
        for p in projects
        for d in p.build.dependencies
    }
    return BuiltBy(tuple(jars), artifacts, "build/libs")


def _version_property(book: Notebook) -> str:
    found = re.search(
        r"^version\s*=\s*([\w.+-]+)\s*$", book.text("gradle.properties"), re.MULTILINE
    )
    return found.group(1) if found else ""


def _task(
    book: Notebook, projects: list[_Project], lines: tuple[ProcessLine, ...]
) -> tuple[str, tuple[Evidence, ...]] | None:
    """GRADLE_TASK, else a task named stage, else what the buildpack runs for the framework.

    Without one, what the Procfile starts tells which of Gradle's usual tasks made it.
    """
    told = build_variable(book, "GRADLE_TASK", "the buildpack ran this task")
    if told:
        return told[0], (told[1],)
    for project in projects:
        if project.build.stage:
            line = project.build.stage.line
            return "stage", (Evidence(path=project.path, line=line, fact="has a task stage"),)
    for project in projects:
        framework = project.framework()
        if framework:
            return framework[1], (project.place(framework[0]),)
    for process in lines:
        usual = next((task for part, task in _BY_RESULT if part in process.command), "")
        if usual and process.action != "left-out":
            return usual, (process.evidence.model_copy(update={"fact": process.command[:80]}),)
    choices = ("installDist -x check", "build -x check")
    answer = book.ask(
        "gradle-task",
        "which task builds the app?",
        "the buildpack runs one named stage, or that of a framework it knows; there is neither",
        choices=choices,
        found=tuple(
            Evidence(path=p.path, line=line, fact=name)
            for p in projects
            for name, line in p.ids.items()
        )[:8],
    )
    return (answer, ()) if answer else None


def _stage(
    book: Notebook, version: JavaVersion, task: tuple[str, tuple[Evidence, ...]], front_end: bool
) -> Stage:
    stage = Stage(name="build", base=jdk_line(version))
    ready = _ready(book)
    if front_end:
        stage.source.append(Line(text=f"COPY --from=assets {APP} ./", rule="F30"))
        stage.build.append(run([*ready, f"./gradlew --no-daemon {task[0]}"], "F55", *task[1]))
    else:
        wrapper = book.parsed(_PROPERTIES, read_wrapper)
        place = Evidence(
            path=_PROPERTIES,
            line=wrapper.line if wrapper else 0,
            fact=f"Gradle {wrapper.text}" if wrapper else "is there",
        )
        stage.manifests.append(copy(["gradlew"], "./", "F05", place))
        stage.manifests.append(copy(["gradle/"], "./gradle/", "F05", place))
        stage.install.append(run([*ready, "./gradlew --no-daemon --version"], "F55", place))
        stage.source.append(copy(["."], "./", "F05"))
        stage.build.append(run([*ready, f"./gradlew --no-daemon {task[0]}"], "F55", *task[1]))
    stage.prune.append(run(["rm -rf .aptible.env .git .gradle"], "F03"))
    return stage


def _ready(book: Notebook) -> list[str]:
    entry, steps = book.view.entry("gradlew"), []
    if "\r\n" in book.text("gradlew"):
        steps.append("sed -i 's/\\r$//' gradlew")
        line = find_line(book.text("gradlew"), r"\r\n")
        place = Evidence(path="gradlew", line=line, fact="has Windows line endings")
        book.note("wrapper-endings", "the wrapper has Windows line endings: mended", "", place)
    if entry is not None and not entry.executable:
        steps.append("chmod +x gradlew")
    return steps
