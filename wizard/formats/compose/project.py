"""A whole Compose project: files merged, included and extended ones too, variables put in."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from posixpath import dirname, join, normpath

from wizard.formats.compose.env_file import read_compose_env
from wizard.formats.compose.interpolation import interpolated, with_defaults
from wizard.formats.compose.merge import merged, together
from wizard.formats.compose.rebase import between, rebased
from wizard.formats.compose.service import Service, read_service
from wizard.formats.compose.tree import Fields, Place, Text, Tree, read_trees
from wizard.formats.compose.values import fields_of, items_of, text_of, truth
from wizard.formats.errors import FormatError

_TOP = frozenset(
    {"version", "name", "services", "networks", "volumes", "secrets", "configs", "include"}
)
_DEEPEST = 12
Load = Callable[[str], str | None]
"""Path (relative to the project's folder) → text; None when it cannot be read."""


@dataclass(frozen=True)
class Loaded:
    """A file of the project: its path and text."""

    path: str
    text: str = field(repr=False)


@dataclass(frozen=True)
class TopFile:
    """A secret or config of the top level; `file` "" when it comes from elsewhere."""

    name: str
    file: str
    external: bool
    environment: str
    content: Text | None
    place: Place


@dataclass(frozen=True)
class Differs:
    """Two inputs that say different things; `said` holds each with its place, the last one counts.

    Never a value of a variable.
    """

    process: str
    subject: str
    said: tuple[str, ...]


@dataclass(frozen=True)
class Project:
    """Everything that the files say. `missing` names files that are named and not there."""

    name: str
    files: tuple[str, ...]
    services: dict[str, Service]
    volumes: dict[str, bool]
    secrets: dict[str, TopFile]
    configs: dict[str, TopFile]
    networks: tuple[str, ...]
    included: tuple[str, ...] = ()
    missing: tuple[tuple[str, Place], ...] = ()
    remarks: tuple[str, ...] = ()
    differs: tuple[Differs, ...] = ()


def read_project(
    files: Sequence[Loaded], values: Mapping[str, str], load: Load, *, name: str = ""
) -> Project:
    """Read the files, later ones on top of earlier ones. Raises FormatError with file and line."""
    if not files:
        raise FormatError("Compose file", 0, "none was given")
    work = _Work(values, load)
    trees = {each.path: work.file(each) for each in files}
    whole = together(trees)
    services = fields_of(whole.get("services"), "services")
    if not services.fields:
        raise FormatError(files[0].path, 0, "no `services:` in it")
    found = {}
    for service, tree in services.fields.items():
        if isinstance(tree, Text) and tree.null:
            continue
        one = read_service(service, tree, services.where(service))
        found[service] = replace(
            one,
            waits=tuple(name for name in one.waits if name not in work.optional),
            blanks=tuple(name for name in one.waits if name in work.optional),
        )
    if not found:
        raise FormatError(files[0].path, 0, "no service in it")
    volumes = fields_of(whole.get("volumes"), "volumes")
    return Project(
        name=text_of(whole.get("name")) or name,
        files=tuple(trees),
        services=found,
        volumes={name: _external(tree) for name, tree in volumes.fields.items()},
        secrets=_top_files(whole.get("secrets"), "secrets"),
        configs=_top_files(whole.get("configs"), "configs"),
        networks=tuple(fields_of(whole.get("networks"), "networks").fields),
        included=tuple(work.included),
        missing=tuple(work.missing),
        remarks=tuple(work.remarks),
    )


def _external(tree: Tree) -> bool:
    return isinstance(tree, Fields) and (
        truth(tree.get("external")) or isinstance(tree.get("external"), Fields)
    )


def _top_files(tree: Tree | None, what: str) -> dict[str, TopFile]:
    body = fields_of(tree, what)
    found = {}
    for name, value in body.fields.items():
        one = fields_of(value, f"{what}.{name}")
        content = one.get("content")
        found[name] = TopFile(
            name=name,
            file=text_of(one.get("file")),
            external=_external(one),
            environment=text_of(one.get("environment")),
            content=content if isinstance(content, Text) else None,
            place=body.where(name),
        )
    return found


def _whole(text: str, path: str) -> Fields:
    """All documents of a file as one, the later one on top."""
    first, *others = read_trees(text, path)
    found: Tree = first
    for other in others:
        found = merged(found, other)
    assert isinstance(found, Fields)
    return found


class _Work:
    """Reads one file after the other; remembers what was included and what is missing.

    `optional` are variables that have a default somewhere.
    """

    def __init__(self, values: Mapping[str, str], load: Load) -> None:
        self._values = values
        self._load = load
        self.included: list[str] = []
        self.missing: list[tuple[str, Place]] = []
        self.remarks: list[str] = []
        self.optional: set[str] = set()

    def file(self, each: Loaded, depth: int = 0, here: str = "") -> Fields:
        """The file's tree with variables put in, `include` and `extends` resolved.

        `here` is the folder from which its relative paths count.
        """
        raw = _whole(each.text, each.path)
        self.optional |= with_defaults(each.text)
        self._known_version(raw, each.path)
        tree = interpolated(raw, self._values)
        assert isinstance(tree, Fields)
        tree = self._extended_all(tree, each.path, here)
        for part in items_of(tree.get("include"), "include"):
            tree = self._with_included(tree, part, each.path, depth, here)
        return tree

    def _known_version(self, tree: Fields, path: str) -> None:
        version = text_of(tree.get("version")).strip()
        if "services" not in tree.fields and "include" not in tree.fields:
            bodies = [v for k, v in tree.fields.items() if k not in _TOP and k[:2] != "x-"]
            if any(isinstance(b, Fields) and {"image", "build"} & b.fields.keys() for b in bodies):
                raise FormatError(
                    path, tree.place.line, "the file format 1 (no `services:`): write it as 2 or 3"
                )
        major = version.partition(".")[0]
        if version and (not major.isdigit() or major not in ("2", "3")):
            raise tree.where("version").wrong(f"the file format {version}: 2 to 3.13 are known")
        for key in tree.fields:
            if key not in _TOP and not key.startswith("x-"):
                self.remarks.append(f"{tree.where(key)}: “{key}” is not read")

    def _with_included(self, tree: Fields, part: Tree, path: str, depth: int, here: str) -> Fields:
        if depth > _DEEPEST:
            raise part.place.wrong("includes are nested too deeply: do they include each other?")
        named = part.fields.get("path") if isinstance(part, Fields) else part
        told = text_of(part.get("project_directory")) if isinstance(part, Fields) else ""
        folder = normpath(join(dirname(path), told)) if told else ""
        for one in items_of(named, "include.path"):
            target = normpath(join(dirname(path), text_of(one)))
            text = self._load(target)
            if text is None:
                self.missing.append((target, one.place))
                continue
            self.included.append(target)
            folder = folder or dirname(target)
            outer, self._values = self._values, self._of_included(part, path, folder)
            try:
                inner = self.file(Loaded(target, text), depth + 1, folder)
            finally:
                self._values = outer
            inner = rebased(inner, between(folder, here))
            united = merged(replace(inner, tag=""), tree)
            assert isinstance(united, Fields)
            tree = united
        return tree

    def _of_included(self, part: Tree, path: str, folder: str) -> Mapping[str, str]:
        """The variables of an included file: its own `.env`, or what it names, behind ours."""
        given = part.get("env_file") if isinstance(part, Fields) else None
        named = [normpath(join(dirname(path), text_of(one))) for one in items_of(given, "env_file")]
        found = dict(self._values)
        for each in reversed(named or [join(folder, ".env")]):
            text = self._load(each)
            if text is not None:
                found = {**read_compose_env(text, each, self._values).known, **found}
        return found

    def _extended_all(self, tree: Fields, path: str, here: str) -> Fields:
        services = tree.get("services")
        if services is None:
            return tree
        body = fields_of(services, "services")
        done: dict[str, Tree] = {}
        for name, service in body.fields.items():
            done[name] = self._extended(service, body, path, (f"{path}:{name}",), here)
        return replace(tree, fields={**tree.fields, "services": replace(body, fields=done)})

    def _extended(
        self, service: Tree, body: Fields, path: str, seen: tuple[str, ...], here: str
    ) -> Tree:
        if not isinstance(service, Fields) or service.get("extends") is None:
            return service
        wish = service.fields["extends"]
        name = text_of(wish) or (text_of(wish.get("service")) if isinstance(wish, Fields) else "")
        file = text_of(wish.get("file")) if isinstance(wish, Fields) else ""
        rest = {key: value for key, value in service.fields.items() if key != "extends"}
        own = replace(service, fields=rest)
        if file:
            path = normpath(join(dirname(path), file))
            text = self._load(path)
            if text is None:
                self.missing.append((path, wish.place))
                return own
            self.optional |= with_defaults(text)
            other = interpolated(_whole(text, path), self._values)
            assert isinstance(other, Fields)
            other = rebased(other, between(dirname(path), here))
            body = fields_of(other.get("services"), "services")
        key = f"{path}:{name}"
        if key in seen:
            raise wish.place.wrong(f"{name} extends itself, by way of others")
        base = body.get(name)
        if base is None:
            raise wish.place.wrong(f"there is no service {name or 'of that name'} to extend")
        return merged(self._extended(base, body, path, (*seen, key), here), own)
