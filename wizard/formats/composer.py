"""composer.json and composer.lock: what a PHP app requires, and what its packages require."""

import re
from typing import Any

from wizard.formats.errors import FormatError
from wizard.formats.json_text import key_pattern, read_json_object, table, words
from wizard.formats.text_lines import find_line
from wizard.model.frozen import Frozen


class ComposerNeed(Frozen):
    """`name` is php, ext-* or a package; `by` who wants it: "" for the app itself."""

    name: str
    constraint: str
    line: int
    by: str = ""


class ComposerJson(Frozen):
    """`scripts` maps an event to its commands. `private` is the line of a repository of one's own.

    `paths` are folders of packages that lie in the repository itself. `platform` is the release of
    PHP that the packages were chosen for, (0, 0) when not told.
    """

    needs: tuple[ComposerNeed, ...] = ()
    dev_needs: tuple[ComposerNeed, ...] = ()
    scripts: dict[str, tuple[str, ...]] = {}
    script_lines: dict[str, int] = {}
    private: int = 0
    paths: tuple[str, ...] = ()
    vendor: str = "vendor"
    platform: tuple[int, int] = (0, 0)

    def need(self, name: str) -> ComposerNeed | None:
        """What the app itself requires under this name."""
        return next((need for need in self.needs if need.name == name), None)


class ComposerLock(Frozen):
    """Names of the installed packages of production, and the platform that they need."""

    names: frozenset[str] = frozenset()
    platform: tuple[ComposerNeed, ...] = ()


def read_composer_json(text: str, path: str = "composer.json") -> ComposerJson:
    """Read the manifest. Raises FormatError."""
    document = read_json_object(text, path)
    private, paths = _repositories(document, text, path)
    scripts, lines = _scripts(document, text, path)
    vendor = table(document, "config").get("vendor-dir")
    return ComposerJson(
        needs=_needs(document, "require", text, path),
        dev_needs=_needs(document, "require-dev", text, path),
        scripts=scripts,
        script_lines=lines,
        private=private,
        paths=paths,
        platform=_platform(table(document, "config", "platform").get("php")),
        vendor=vendor.strip("/") if isinstance(vendor, str) and vendor.strip("/") else "vendor",
    )


def read_composer_lock(text: str, path: str = "composer.lock") -> ComposerLock:
    """Read the production part of the lock. Raises FormatError."""
    document = read_json_object(text, path)
    packages = document.get("packages", [])
    line = find_line(text, key_pattern("packages"))
    if not isinstance(packages, list):
        raise FormatError(path, line, "“packages” must be a list")
    names: set[str] = set()
    platform: list[ComposerNeed] = []
    offset = 0
    for package in packages:
        name = package.get("name") if isinstance(package, dict) else None
        if not isinstance(name, str):
            raise FormatError(path, line, "a package has no name")
        names.add(name.lower())
        # Packages stand in the order of the text: each search goes on where the last one ended.
        place = text.find(f'"name": "{name}"', offset)
        offset = max(offset, place)
        at = text.count("\n", 0, place) + 1 if place >= 0 else 0
        wanted = package.get("require")
        for need, constraint in wanted.items() if isinstance(wanted, dict) else ():
            if isinstance(constraint, str) and _is_platform(need):
                platform.append(
                    ComposerNeed(name=need.lower(), constraint=constraint, line=at, by=name)
                )
    listed = table(document, "platform")
    at = find_line(text, key_pattern("platform"))
    for need, constraint in listed.items():
        if isinstance(constraint, str) and _is_platform(need):
            platform.append(ComposerNeed(name=need.lower(), constraint=constraint, line=at))
    return ComposerLock(names=frozenset(names), platform=tuple(platform))


def _platform(text: object) -> tuple[int, int]:
    match = re.match(r"(\d{1,2})\.(\d{1,3})(?:\D|$)", text) if isinstance(text, str) else None
    return (int(match.group(1)), int(match.group(2))) if match else (0, 0)


def _is_platform(name: str) -> bool:
    return name.lower() == "php" or name.lower().startswith("ext-")


def _needs(document: dict[str, Any], key: str, text: str, path: str) -> tuple[ComposerNeed, ...]:
    # An empty object is written as a list by PHP's own encoder.
    if document.get(key) == []:
        return ()
    return tuple(
        ComposerNeed(
            name=name.lower(),
            constraint=constraint,
            line=find_line(text, key_pattern(key), key_pattern(name)),
        )
        for name, constraint in words(document, key, text, path).items()
    )


def _scripts(
    document: dict[str, Any], text: str, path: str
) -> tuple[dict[str, tuple[str, ...]], dict[str, int]]:
    found = document.get("scripts") or {}
    line = find_line(text, key_pattern("scripts"))
    if not isinstance(found, dict):
        raise FormatError(path, line, "“scripts” must be an object")
    scripts, lines = {}, {}
    for name, value in found.items():
        listed = [value] if isinstance(value, str) else value
        at = find_line(text, key_pattern("scripts"), key_pattern(name)) or line
        if isinstance(listed, dict):
            continue
        if not isinstance(listed, list) or not all(isinstance(item, str) for item in listed):
            raise FormatError(path, at, f"“scripts.{name}” must be text or a list of texts")
        scripts[name], lines[name] = tuple(listed), at
    return scripts, lines


def _repositories(document: dict[str, Any], text: str, path: str) -> tuple[int, tuple[str, ...]]:
    found = document.get("repositories") or []
    line = find_line(text, key_pattern("repositories"))
    if isinstance(found, dict):
        found = list(found.values())
    if not isinstance(found, list):
        raise FormatError(path, line, "“repositories” must be a list or an object")
    private, paths = 0, []
    for item in found:
        kind = item.get("type") if isinstance(item, dict) else None
        address = item.get("url") if isinstance(item, dict) else None
        if kind == "path" and isinstance(address, str):
            paths.append(address.removeprefix("./"))
        elif kind in ("composer", "vcs", "git", "github"):
            private = private or line
    return private, tuple(paths)
