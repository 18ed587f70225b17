"""pom.xml: what a Maven project is called, needs, and is built with."""

import re

from wizard.formats.errors import FormatError
from wizard.formats.xml_tree import Element, read_xml
from wizard.model.frozen import Frozen

_JAVA = (
    "maven.compiler.release", "java.version", "maven.compiler.target", "maven.compiler.source",
    "jdk.version", "java.source.version",
)  # fmt: skip
_ROUNDS = 8


class PomPart(Frozen):
    """Something with a group and a name: a dependency (with its scope), or a plugin."""

    group: str
    artifact: str
    scope: str = ""
    line: int = 0


class Pom(Frozen):
    """`name` is the file a build leaves in target/, without its ending; "" when not told here.

    `parent_inside`: the parent lies in the same repository. `release` is Java's version as it
    stands, "" when not named.
    """

    artifact: str
    name: str = ""
    name_line: int = 0
    packaging: str = "jar"
    release: str = ""
    release_line: int = 0
    parent: PomPart | None = None
    parent_version: str = ""
    parent_inside: bool = False
    modules: tuple[str, ...] = ()
    modules_line: int = 0
    dependencies: tuple[PomPart, ...] = ()
    plugins: tuple[PomPart, ...] = ()

    def plugin(self, artifact: str) -> PomPart | None:
        """The plugin of this name."""
        return next((p for p in self.plugins if p.artifact == artifact), None)


def read_pom(text: str, path: str = "pom.xml") -> Pom:
    """Read the project. Raises FormatError."""
    root = read_xml(text, path)
    if root.name != "project":
        raise FormatError(path, root.line, f"“project” was expected, not “{root.name[:40]}”")
    artifact = root.at("artifactId")
    if artifact is None or not artifact.text.strip():
        raise FormatError(path, root.line, "the project has no artifactId")
    values = _properties(root)
    release = _release(root, values)
    final, version = root.at("build", "finalName"), root.at("version")
    parent = root.at("parent")
    name = final.text.strip() if final else f"{artifact.text.strip()}-{values['project.version']}"
    resolved = _resolved(name, values)
    modules = root.all("modules", "module")
    return Pom(
        artifact=_resolved(artifact.text.strip(), values) or artifact.text.strip(),
        name=resolved if values["project.version"] or final else "",
        name_line=(final or version or artifact).line,
        packaging=root.value("packaging") or "jar",
        release=release[0],
        release_line=release[1],
        parent=_part(parent) if parent else None,
        parent_version=parent.value("version") if parent else "",
        parent_inside=parent is not None and parent.value("relativePath") not in ("", "/"),
        modules=tuple(m.text.strip() for m in modules if m.text.strip()),
        modules_line=modules[0].line if modules else 0,
        dependencies=tuple(_part(d) for d in root.all("dependencies", "dependency")),
        plugins=tuple(_part(p) for p in _plugins(root)),
    )


def _plugins(root: Element) -> list[Element]:
    found = list(root.all("build", "plugins", "plugin"))
    for profile in root.all("profiles", "profile"):
        found += profile.all("build", "plugins", "plugin")
    return found


def _properties(root: Element) -> dict[str, str]:
    holder = root.at("properties")
    values = {c.name: c.text.strip() for c in holder.children} if holder else {}
    version = root.value("version") or root.value("parent", "version")
    group = root.value("groupId") or root.value("parent", "groupId")
    values |= {
        "project.version": version, "version": version, "pom.version": version,
        "project.artifactId": root.value("artifactId"), "artifactId": root.value("artifactId"),
        "project.groupId": group, "project.name": root.value("name"),
        "project.parent.version": root.value("parent", "version"),
    }  # fmt: skip
    return values


def _resolved(text: str, values: dict[str, str]) -> str:
    """With every `${name}` put in; "" when one is not known here, or the text is no file name."""
    for _ in range(_ROUNDS):
        after = re.sub(r"\$\{([^{}]*)\}", lambda m: values.get(m.group(1), m.group()), text)
        if after == text or len(after) > 300:
            break
        text = after
    return text if re.fullmatch(r"[\w.+-]{1,200}", text) else ""


def _release(root: Element, values: dict[str, str]) -> tuple[str, int]:
    holder = root.at("properties")
    for key in _JAVA:
        found = next((c for c in holder.children if c.name == key), None) if holder else None
        if found is not None:
            return _resolved(found.text.strip(), values), found.line
    for plugin in root.all("build", "plugins", "plugin"):
        if plugin.value("artifactId") == "maven-compiler-plugin":
            for key in ("release", "target", "source"):
                found = plugin.at("configuration", key)
                if found is not None:
                    return _resolved(found.text.strip(), values), found.line
    return "", 0


def _part(element: Element) -> PomPart:
    return PomPart(
        group=element.value("groupId") or "org.apache.maven.plugins",
        artifact=element.value("artifactId"),
        scope=element.value("scope"),
        line=(element.at("artifactId") or element).line,
    )
