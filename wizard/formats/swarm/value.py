"""A value of Docker's JSON that is read leniently: a wrong type is noted, and read as nothing."""

import re
from collections.abc import Iterator

from wizard.formats.compose.tree import Fields, Items, Place, Text, Tree


class Notes:
    """What was not read, with its path; the same thing in many services is told once."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str, str], list[str]] = {}
        self._seen: set[tuple[Place, str]] = set()

    def add(self, place: Place, path: str, why: str) -> None:
        """Remember one, once a place; `path` such as Spec.TaskTemplate.Placement[2]."""
        if (place, path) in self._seen:
            return
        self._seen.add((place, path))
        key = (place.file, re.sub(r"\[\d+\]", "[]", path), why)
        self._found.setdefault(key, []).append(f"{place}: {path} {why}")

    def told(self) -> tuple[str, ...]:
        """One line each, the first place with the number of the others."""
        return tuple(
            f"{lines[0]} (and {len(lines) - 1} more of the kind)" if len(lines) > 1 else lines[0]
            for lines in self._found.values()
        )


class Value:
    """A value, or nothing, with the path that leads to it."""

    def __init__(self, tree: Tree | None, path: str, place: Place, notes: Notes) -> None:
        null = isinstance(tree, Text) and tree.null
        self.tree = None if null else tree
        self.path = path
        self.place = tree.place if tree is not None else place
        self.notes = notes

    def __bool__(self) -> bool:
        """Whether there is anything in it: empty lists and mappings are printed for nothing."""
        if isinstance(self.tree, Items):
            return bool(self.tree.items)
        if isinstance(self.tree, Fields):
            return bool(self.tree.fields)
        return self.tree is not None and self.tree.value not in ("", "0", "false")

    def _wrong(self, wanted: str) -> None:
        if self.tree is not None:
            self.notes.add(self.place, self.path, f"is not {wanted}: not read")

    def at(self, *keys: str) -> "Value":
        """The value below these keys; nothing when one of them is not there."""
        found = self
        for key in keys:
            tree = found.tree
            if tree is not None and not isinstance(tree, Fields):
                found._wrong("an object {…}")
            inner = tree.fields.get(key) if isinstance(tree, Fields) else None
            where = tree.where(key) if isinstance(tree, Fields) else found.place
            path = f"{found.path}.{key}".removeprefix(".")
            found = Value(inner, path, where, found.notes)
        return found

    def each(self) -> Iterator["Value"]:
        """The parts of a list."""
        if not isinstance(self.tree, Items):
            self._wrong("a list […]")
            return
        for number, item in enumerate(self.tree.items):
            yield Value(item, f"{self.path}[{number}]", self.place, self.notes)

    def named(self) -> Iterator[tuple[str, "Value"]]:
        """The names and values of an object."""
        if not isinstance(self.tree, Fields):
            self._wrong("an object {…}")
            return
        for name in self.tree.fields:
            # Names in a list of labels or options are the customer's own: no part of the path.
            inner = Value(self.tree.fields[name], f"{self.path}[…]", self.place, self.notes)
            yield name, inner

    def text(self) -> str:
        """A text; "" for anything else."""
        if isinstance(self.tree, Text) and self.tree.quoted:
            return self.tree.value
        self._wrong("a text")
        return ""

    def number(self) -> int | None:
        """A whole number that is not negative; None for anything else."""
        tree = self.tree
        if isinstance(tree, Text) and not tree.quoted and re.fullmatch(r"[0-9]{1,18}", tree.value):
            return int(tree.value)
        self._wrong("a whole number")
        return None

    def truth(self) -> bool:
        """Whether it says true."""
        if isinstance(self.tree, Text) and self.tree.value in ("true", "false"):
            return self.tree.value == "true"
        self._wrong("true or false")
        return False

    def words(self) -> tuple[str, ...]:
        """The texts of a list."""
        return tuple(part.text() for part in self.each())

    def seconds(self) -> float | None:
        """A duration, which Docker prints in nanoseconds."""
        nanoseconds = self.number()
        return None if nanoseconds is None else nanoseconds / 1e9

    def keep_aside(self, known: frozenset[str]) -> None:
        """Note each key that nothing here reads."""
        if isinstance(self.tree, Fields):
            for key in self.tree.fields:
                if key not in known:
                    path = f"{self.path}.{key}".removeprefix(".")
                    self.notes.add(self.tree.where(key), path, "is not known: not read")
