"""What Maven and Gradle apps share: the JDK, the final image, and which jar runs."""

import re

from wizard.formats.procfile import read_procfile
from wizard.formats.system_properties import read_system_properties
from wizard.generate.app_user import UID, app_user
from wizard.generate.jars import BuiltBy, only_jars, opened_files
from wizard.generate.jdbc import PATH as JDBC
from wizard.generate.jdbc import jdbc_evidence, jdbc_file, with_jdbc
from wizard.generate.notebook import Notebook
from wizard.generate.processes import ProcessLine
from wizard.generate.recipe import APP, Recipe, Stage, copy
from wizard.generate.tables.java_releases import JAVA, JAVA_DEFAULT, UBUNTU
from wizard.model.files import Confidence, Evidence, Line
from wizard.model.frozen import Frozen

_JDBC_COMMENT = "# Forms JDBC_DATABASE_URL and SPRING_DATASOURCE_URL from DATABASE_URL at start."


class JavaVersion(Frozen):
    """The major version, and why it is this one."""

    major: int
    evidence: tuple[Evidence, ...]
    confidence: Confidence = "certain"


def java_version(
    book: Notebook, asked: int, place: Evidence | None, *, exact: bool, newest: int = JAVA_DEFAULT
) -> JavaVersion | None:
    """system.properties, else what the build file asks for; `exact`: only that one can build."""
    named = book.parsed("system.properties", read_system_properties)
    if book.has("system.properties") and named is None:
        return None
    if named is not None and named.java:
        told = Evidence(
            path="system.properties",
            line=named.java_line,
            fact=f"java.runtime.version {named.java_text}",
        )
        if not asked or place is None or asked == named.java:
            return _released(book, named.java, (told,))
        if exact or asked > named.java:
            book.warn(
                "java-version-conflict",
                f"the build asks for Java {asked}, the buildpack was told {named.java}",
                f"{asked} is taken: with the other one the build cannot work",
                told,
                place,
            )
            return _released(book, asked, (place, told))
        return _released(book, named.java, (told,))
    if asked and place is not None:
        return _released(book, asked, (place,))
    missing = Evidence(path="system.properties", fact="is not there, or names no Java")
    major = min(JAVA_DEFAULT, newest)
    book.note(
        "java-version-missing",
        f"no version of Java is named: {major} is taken",
        "ask the live app (`heroku run java -version`) and name it in system.properties",
    )
    return JavaVersion(major=major, evidence=(missing,), confidence="assumed")


def _released(book: Notebook, major: int, places: tuple[Evidence, ...]) -> JavaVersion | None:
    if major in JAVA:
        if JAVA[major] < book.today:
            book.warn("java-eol", f"Java {major} gets no more updates", "", *places)
        return JavaVersion(major=major, evidence=places)
    newer = [release for release in JAVA if release > major]
    if not newer:
        return JavaVersion(major=major, evidence=places, confidence="likely")
    book.note(
        "java-odd",
        f"Java {major} was never a long-term release: {newer[0]} is taken, which builds and runs "
        "what was written for it",
        "",
        *places,
    )
    return JavaVersion(major=newer[0], evidence=places, confidence="likely")


def jdk_line(version: JavaVersion) -> Line:
    """FROM for building."""
    text = f"FROM eclipse-temurin:{version.major}-jdk-{UBUNTU} AS build"
    return Line(text=text, rule="F62", evidence=version.evidence, confidence=version.confidence)


def default_web(
    book: Notebook, built: BuiltBy, port: str, framework: Evidence | None
) -> ProcessLine | None:
    """What the buildpack starts without a Procfile: the jar of a known framework."""
    if len(built.jars) == 1 and framework is not None:
        command = f"java -D{port}=$PORT $JAVA_OPTS -jar {built.jars[0].path}"
        return ProcessLine(name="web", command=command, evidence=built.jars[0].evidence)
    choices = tuple(f"java $JAVA_OPTS -jar {jar.path}" for jar in built.jars)
    answer = book.ask(
        "web-command",
        "which command serves the app?",
        "there is no Procfile, and "
        + (
            "several modules can be run" if len(choices) > 1 else "no framework tells how it starts"
        ),
        choices=choices,
        free=not choices,
        found=tuple(jar.evidence for jar in built.jars),
    )
    place = Evidence(path="answers", fact="web-command")
    return ProcessLine(name="web", command=answer, evidence=place) if answer else None


def web_without_colon(book: Notebook) -> bool:
    """Whether the Procfile's web line lacks its colon."""
    procfile = book.parsed("Procfile", read_procfile)
    entry = procfile.entry("web") if procfile else None
    return entry is not None and not entry.colon


def without_colon(
    book: Notebook, lines: tuple[ProcessLine, ...], default: ProcessLine | None
) -> tuple[ProcessLine, ...]:
    """A `web …` line without its colon was none to Heroku: the default process ran.

    When both start the same jar the default counts; else a person has to say which is meant.
    """
    procfile = book.parsed("Procfile", read_procfile)
    entry = procfile.entry("web") if procfile else None
    if entry is None or default is None or not web_without_colon(book):
        return lines
    place = Evidence(path="Procfile", line=entry.line, fact="web has no colon")
    chosen: str | None = default.command
    if _jar_of(entry.command) != _jar_of(default.command):
        chosen = book.ask(
            "procfile-colon",
            "the Procfile's web line has no colon: which command serves the app?",
            "Heroku read no process from such a line and ran its default",
            choices=(default.command, entry.command),
            found=(place, default.evidence),
        )
    else:
        book.warn(
            "default-process",
            "Heroku read no process from the line without a colon and ran its default: that is "
            "taken",
            "",
            place,
        )
    return tuple(
        line.model_copy(update={"command": chosen or line.command}) if line.name == "web" else line
        for line in lines
    )


def _jar_of(command: str) -> str:
    match = re.search(r"-jar\s+(?:\./)?(\S+)", command)
    found = match.group(1) if match else command
    return found.rpartition("/")[0] + "/*.jar" if "*" in found else found


def jvm_recipe(
    book: Notebook,
    version: JavaVersion,
    stages: list[Stage],
    lines: tuple[ProcessLine, ...],
    built: BuiltBy,
) -> tuple[Recipe, tuple[ProcessLine, ...]]:
    """The final image: a JRE, what runs, and the addresses of the database as they were."""
    recipe = Recipe(
        stages=stages,
        base=Line(
            text=f"FROM eclipse-temurin:{version.major}-jre-{UBUNTU}",
            rule="F62",
            evidence=version.evidence,
            confidence=version.confidence,
        ),
        uid=UID,
        image_entrypoint=True,
        ubuntu=True,
    )
    recipe.user.append(app_user())
    recipe.env("JAVA_TOOL_OPTIONS", "-XX:MaxRAMPercentage=80", "F12")
    recipe.env("LANG", "C.UTF-8", "F12")
    needed = jdbc_evidence(book, built.artifacts)
    only = only_jars(book, lines)
    own = f"COPY --from=build --chown={UID}:{UID} {APP}"
    if only:
        for jar, place in only.items():
            folder = jar.rpartition("/")[0]
            text = f"{own}/{jar} ./{folder}/" if folder else f"{own}/{jar} ./"
            recipe.copies.append(Line(text=text, rule="F54", evidence=(place,)))
        for path, place in opened_files(book).items():
            text = f"{own}/{path} ./{path}"
            recipe.copies.append(Line(text=text, rule="F54", evidence=(place,)))
    else:
        recipe.copies.append(Line(text=f"{own} ./", rule="F03"))
    if needed:
        recipe.files.append(jdbc_file(book, needed))
        said = Line(text=_JDBC_COMMENT, rule="F53", evidence=needed)
        (recipe.copies if only else stages[-1].source).append(said)
        stages[-1].source.append(copy([JDBC], "./", "F53", *needed))
        if only:
            text = f"{own}/{JDBC} ./"
            recipe.copies.append(Line(text=text, rule="F53", evidence=needed))
        lines = tuple(with_jdbc(line) for line in lines)
    return recipe, lines
