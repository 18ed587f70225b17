"""MedStack's own words for what has to run, put into docker's: fields by several likely names.

Inferred throughout (see service_object). A field of a type that is not understood counts as not
told and is named as strange.
"""

import re
import shlex
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from wizard.formats.compose.tree import Fields, Items, Place, Text, Tree
from wizard.formats.compose.values import text_of

_IMAGE = ("image", "image_name", "docker_image")
_REPLICAS = ("replicas", "replica_count", "desired_replicas", "scale")
ENV = ("env", "environment", "environment_variables", "env_vars")
_COMMAND = ("command", "cmd")
_ARGS = ("args", "arguments")
_ENTRYPOINT = ("entrypoint",)
_MOUNTS = ("volumes", "mounts", "volume_mappings")
LABELS = ("labels",)
_HEALTH = ("health_check", "healthcheck")
_BYTES = ("memory_limit_bytes", "memory_bytes")
_MEMORY = ("memory_limit", "memory")
_CONSTRAINTS = ("placement_constraints", "constraints")
_SOURCE = ("name", "source", "volume", "volume_name")
_TARGET = ("target", "path", "mount_path", "container_path", "destination")
_UNITS = {"k": 1024, "m": 1024**2, "g": 1024**3}
_MASK = re.compile(r"^[*•●]+$")
_Make = Callable[[Tree], Tree | None]


@dataclass(frozen=True)
class OwnFields:
    """`tree` is docker's object without a name. `untold`: fields of Service that were not there;
    `known`: names that are read; `strange`: names of what was there and not understood."""

    tree: Fields
    untold: tuple[str, ...]
    known: frozenset[str]
    strange: tuple[str, ...]


def read(thing: Fields) -> OwnFields:
    """The service's fields."""
    return _Reader(thing).read()


class _Reader:
    def __init__(self, thing: Fields) -> None:
        self._thing = thing
        self._place = thing.place
        self._untold: list[str] = []
        self._strange: list[str] = []
        self._known: set[str] = set()
        self._container: dict[str, Tree] = {}

    def read(self) -> OwnFields:
        """Everything."""
        self._put("Image", "image", _IMAGE, self._image)
        self._put("Env", "environment", ENV, self._env)
        self._commands()
        self._put("Mounts", "mounts", _MOUNTS, self._mounts)
        for what in ("Secret", "Config"):
            field = f"{what.lower()}s"
            self._put(f"{what}s", field, (field,), partial(self._files, what))
        self._put("Healthcheck", "", _HEALTH, self._health)
        spec: dict[str, Tree] = {}
        labels = self._take(LABELS)
        if labels is not None and (pairs := self._pairs(labels, "labels")) is not None:
            spec["Labels"] = Fields({n: v for n, v in pairs if v is not None}, labels.place)
        task: dict[str, Tree] = {"ContainerSpec": Fields(self._container, self._place)}
        task |= self._limits() | self._placement()
        spec |= {"TaskTemplate": Fields(task, self._place), **self._mode()}
        tree = Fields({"Spec": Fields(spec, self._place)}, self._place)
        strange = tuple(dict.fromkeys(self._strange))
        return OwnFields(tree, tuple(self._untold), frozenset(self._known), strange)

    def _take(self, names: tuple[str, ...]) -> Tree | None:
        """The first of these fields that is there; None as well for an empty (null) one."""
        self._known |= set(names)
        key = next((name for name in names if name in self._thing.fields), "")
        return self._thing.get(key) if key else None

    def _there(self, names: tuple[str, ...]) -> bool:
        return any(name in self._thing.fields for name in names)

    def _put(self, key: str, field: str, names: tuple[str, ...], make: _Make) -> None:
        """Put one field into the container; what is not there, or not understood, is not told.

        An empty one (null) is told to be empty; no service has an empty image.
        """
        tree = self._take(names)
        made = make(tree) if tree is not None else None
        if made is not None:
            self._container[key] = made
            return
        if tree is not None:
            self._strange.append(names[0])
        empty = tree is None and self._there(names) and field != "image"
        if field and not empty:
            self._untold.append(field)

    def _image(self, tree: Tree) -> Tree | None:
        return tree if isinstance(tree, Text) and tree.quoted and tree.value.strip() else None

    def _env(self, tree: Tree) -> Tree | None:
        pairs = self._pairs(tree, "env")
        if pairs is None:
            return None
        lines = []
        for name, value in pairs:
            hidden = value is None or _MASK.match(value.value)
            line = name if value is None or hidden else f"{name}={value.value}"
            lines.append(_quoted(line, value.place if value is not None else tree.place))
        return Items(tuple(lines), tree.place)

    def _pairs(self, tree: Tree, what: str) -> list[tuple[str, Text | None]] | None:
        """Names with their values: a mapping, a list of objects, or a list of NAME=value."""
        if isinstance(tree, Fields):
            return [(name, _value(value)) for name, value in tree.fields.items()]
        if not isinstance(tree, Items):
            return None
        found: list[tuple[str, Text | None]] = []
        for item in tree.items:
            if isinstance(item, Text) and item.quoted:
                name, sign, value = item.value.partition("=")
                found.append((name, _quoted(value, item.place) if sign else None))
            elif isinstance(item, Fields) and (name := _word(item, ("name", "key"))):
                found.append((name, _value(item.get("value"))))
            else:
                self._strange.append(f"{what}[]")
        return found

    def _commands(self) -> None:
        """As in a Compose file `command` is docker's Args; beside `args` it is its Command."""
        swarm = self._there(_ARGS)
        self._put("Args", "command", _ARGS if swarm else _COMMAND, _words)
        self._put("Command", "", _COMMAND if swarm else _ENTRYPOINT, _words)
        self._known |= {*_ARGS, *_COMMAND, *_ENTRYPOINT}

    def _mounts(self, tree: Tree) -> Tree | None:
        if not isinstance(tree, Items):
            return None
        found: list[Tree] = []
        for item in tree.items:
            if isinstance(item, Text) and item.value.count(":") in (1, 2):
                source, target, *options = item.value.split(":")
                kind = "bind" if source.startswith("/") else "volume"
                only = "ro" in options
            elif isinstance(item, Fields) and _word(item, _TARGET):
                source, target = _word(item, _SOURCE), _word(item, _TARGET)
                kind = _word(item, ("type",)) or ("bind" if source.startswith("/") else "volume")
                only = text_of(item.get("read_only")) == "true"
            else:
                self._strange.append("volumes[]")
                continue
            texts = {"Type": kind, "Source": source, "Target": target}
            fields: dict[str, Tree] = {n: _quoted(v, item.place) for n, v in texts.items()}
            fields["ReadOnly"] = Text("true" if only else "false", item.place)
            found.append(Fields(fields, item.place))
        return Items(tuple(found), tree.place)

    def _files(self, what: str, tree: Tree) -> Tree | None:
        if not isinstance(tree, Items):
            return None
        found: list[Tree] = []
        for item in tree.items:
            name = _word(item, ("name", f"{what.lower()}_name")) or text_of(item)
            if not name:
                self._strange.append(f"{what.lower()}s[]")
                continue
            target = _word(item, ("file_name", "target", "path")) or name
            told: dict[str, Tree] = {"Name": _quoted(target, item.place)}
            told |= _rights(item)
            file = Fields(told, item.place)
            fields: dict[str, Tree] = {f"{what}Name": _quoted(name, item.place), "File": file}
            found.append(Fields(fields, item.place))
        return Items(tuple(found), tree.place)

    def _health(self, tree: Tree) -> Tree | None:
        """The command; in which unit an interval would be told is not known, so it is not read."""
        test = tree.get("test") or tree.get("command") if isinstance(tree, Fields) else tree
        if isinstance(test, Text) and test.quoted and test.value:
            words = (_quoted("CMD-SHELL", test.place), test)
            return Fields({"Test": Items(words, test.place)}, tree.place)
        return Fields({"Test": test}, tree.place) if isinstance(test, Items) else None

    def _limits(self) -> dict[str, Tree]:
        exact, told = self._take(_BYTES), self._take(_MEMORY)
        resources = self._take(("resources",))
        limits = resources.get("limits") if isinstance(resources, Fields) else None
        if isinstance(limits, Fields):
            exact = exact or limits.get("memory_bytes")
            told = told or limits.get("memory")
        size = _bytes(exact, exact=True) or _bytes(told, exact=False)
        if size is None:
            there = self._there((*_BYTES, *_MEMORY)) or isinstance(limits, Fields)
            if exact is not None or told is not None or not there:
                self._untold.append("memory")
            if exact is not None or told is not None:
                self._strange.append("memory")
            return {}
        inner = Fields({"MemoryBytes": Text(str(size), self._place)}, self._place)
        return {"Resources": Fields({"Limits": inner}, self._place)}

    def _placement(self) -> dict[str, Tree]:
        tree, whole = self._take(_CONSTRAINTS), self._take(("placement",))
        if tree is None and isinstance(whole, Fields):
            tree = whole.get("constraints")
        if not isinstance(tree, Items) or not tree.items:
            return {}
        return {"Placement": Fields({"Constraints": tree}, tree.place)}

    def _mode(self) -> dict[str, Tree]:
        mode, tree = text_of(self._take(("mode",))).lower(), self._take(_REPLICAS)
        if mode == "global":
            return {"Mode": Fields({"Global": Fields({}, self._place)}, self._place)}
        written = text_of(tree).strip()
        if not re.fullmatch(r"[0-9]{1,9}", written):
            self._untold.append("replicas")
            if tree is not None:
                self._strange.append("replicas")
            return {}
        many = Fields({"Replicas": Text(written, tree.place if tree else self._place)}, self._place)
        return {"Mode": Fields({"Replicated": many}, self._place)}


def _rights(item: Tree) -> dict[str, Tree]:
    """Whose file it is, and its mode: a decimal number, as a customer's script sends it."""
    found: dict[str, Tree] = {}
    for key, name in (("uid", "UID"), ("gid", "GID"), ("mode", "Mode")):
        written = _word(item, (key,))
        if re.fullmatch(r"[0-9]{1,10}", written):
            quoted = key != "mode"
            found[name] = Text(written, item.place, quoted=quoted)
    return found


def _words(tree: Tree) -> Tree | None:
    """A command as docker has it; one text is split as a shell would."""
    if isinstance(tree, Items):
        good = all(isinstance(item, Text) and item.quoted for item in tree.items)
        return tree if good else None
    if not isinstance(tree, Text) or not tree.quoted:
        return None
    try:
        parts = shlex.split(tree.value)
    except ValueError:
        parts = [tree.value]
    return Items(tuple(_quoted(part, tree.place) for part in parts), tree.place)


def _bytes(tree: Tree | None, *, exact: bool) -> int | None:
    """A size in bytes. A bare number that is not said to be bytes could be MB: not understood."""
    written = text_of(tree).strip().lower()
    if exact:
        return int(written) if re.fullmatch(r"[1-9][0-9]{0,17}", written) else None
    found = re.fullmatch(r"([0-9]{1,12})([kmg])(?:i?b)?", written)
    return int(found[1]) * _UNITS[found[2]] if found else None


def _value(tree: Tree | None) -> Text | None:
    """A plain value as a text, numbers and truth values as they are written."""
    if not isinstance(tree, Text) or tree.null:
        return None
    return _quoted(tree.value, tree.place)


def _word(item: Tree, names: tuple[str, ...]) -> str:
    """The first text among these fields."""
    if not isinstance(item, Fields):
        return ""
    return next((text_of(item.get(name)) for name in names if text_of(item.get(name))), "")


def _quoted(value: str, place: Place) -> Text:
    return Text(value, place, quoted=True)
