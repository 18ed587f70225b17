"""package.json: names, scripts, dependencies and versions of a Node package."""

from wizard.formats.errors import FormatError
from wizard.formats.json_text import key_pattern, read_json_object, table, text_at, words
from wizard.formats.text_lines import find_line
from wizard.model.frozen import Frozen

_GROUPS = ("dependencies", "devDependencies", "optionalDependencies")


class PackageJson(Frozen):
    """`workspaces` are patterns. `lines` maps "scripts.build" and the like to line numbers."""

    name: str = ""
    main: str = ""
    scripts: dict[str, str] = {}
    dependencies: dict[str, str] = {}
    dev_dependencies: dict[str, str] = {}
    optional_dependencies: dict[str, str] = {}
    engines: dict[str, str] = {}
    package_manager: str = ""
    workspaces: tuple[str, ...] = ()
    built_only: bool = False
    lines: dict[str, int] = {}

    def line(self, key: str) -> int:
        """The line of "scripts.build" or "engines.node"; 0 when not known."""
        return self.lines.get(key, 0)

    @property
    def production(self) -> frozenset[str]:
        """The names of what the running app depends on."""
        return frozenset(self.dependencies) | frozenset(self.optional_dependencies)


def read_package_json(text: str, path: str = "package.json") -> PackageJson:
    """Read the manifest. Raises FormatError."""
    document = read_json_object(text, path)
    groups = {key: words(document, key, text, path) for key in (*_GROUPS, "scripts")}
    # Very old manifests have a list of engines; it says nothing about versions.
    listed = isinstance(document.get("engines"), list)
    engines = {} if listed else words(document, "engines", text, path)
    lines = {}
    for key, found in (*groups.items(), ("engines", engines)):
        for name in found:
            lines[f"{key}.{name}"] = find_line(text, key_pattern(key), key_pattern(name))
    for key in ("name", "main", "packageManager", "workspaces", "type"):
        if key in document:
            lines[key] = find_line(text, key_pattern(key))
    return PackageJson(
        name=text_at(document, "name"),
        main=text_at(document, "main"),
        scripts=groups["scripts"],
        dependencies=groups["dependencies"],
        dev_dependencies=groups["devDependencies"],
        optional_dependencies=groups["optionalDependencies"],
        engines=engines,
        package_manager=text_at(document, "packageManager"),
        workspaces=_workspaces(document, path, lines.get("workspaces", 0)),
        built_only="onlyBuiltDependencies" in table(document, "pnpm"),
        lines=lines,
    )


def _workspaces(document: dict[str, object], path: str, line: int) -> tuple[str, ...]:
    found = document.get("workspaces")
    if isinstance(found, dict):
        found = found.get("packages")
    if found is None:
        return ()
    if not isinstance(found, list) or not all(isinstance(item, str) for item in found):
        raise FormatError(path, line, "“workspaces” must be a list of texts")
    return tuple(found)
