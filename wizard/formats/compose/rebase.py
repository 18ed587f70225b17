"""A file of another folder: its relative paths count from there, whoever includes or extends it."""

from collections.abc import Callable
from dataclasses import replace
from posixpath import isabs, join, normpath, relpath

from wizard.formats.compose.tree import Fields, Items, Text, Tree

_Change = Callable[[Tree], Tree]


def between(folder: str, here: str) -> str:
    """How `folder` is reached from `here`; both count from the project's folder."""
    return folder if isabs(folder) else relpath(folder or ".", here or ".")


def rebased(tree: Fields, folder: str) -> Fields:
    """The tree with its paths as they are from the folder that `folder` is told from."""
    if folder in ("", "."):
        return tree

    def path(each: Tree) -> Tree:
        return _moved(each, folder)

    def mount(each: Tree) -> Tree:
        if isinstance(each, Fields):
            bound = each.fields.get("type")
            is_bind = isinstance(bound, Text) and bound.value == "bind"
            return _with(each, {"source": path, "src": path}) if is_bind else each
        return _short_mount(each, folder)

    def env_file(each: Tree) -> Tree:
        return _with(each, {"path": path}) if isinstance(each, Fields) else path(each)

    def build(each: Tree) -> Tree:
        return _with(each, {"context": path}) if isinstance(each, Fields) else path(each)

    service = {"env_file": _every(env_file), "build": build, "volumes": _every(mount)}
    files = _in_fields(lambda each: _with(each, {"file": path}))
    services = _in_fields(lambda each: _with(each, service))
    found = _with(tree, {"services": services, "secrets": files, "configs": files})
    assert isinstance(found, Fields)
    return found


def _with(tree: Tree, changes: dict[str, _Change]) -> Tree:
    if not isinstance(tree, Fields):
        return tree
    fields = {k: changes[k](v) if k in changes else v for k, v in tree.fields.items()}
    return replace(tree, fields=fields)


def _in_fields(change: _Change) -> _Change:
    def all_of(tree: Tree) -> Tree:
        if not isinstance(tree, Fields):
            return tree
        return replace(tree, fields={k: change(v) for k, v in tree.fields.items()})

    return all_of


def _every(change: _Change) -> _Change:
    def each_of(tree: Tree) -> Tree:
        if isinstance(tree, Items):
            return replace(tree, items=tuple(change(item) for item in tree.items))
        return change(tree)

    return each_of


def _moved(tree: Tree, folder: str) -> Tree:
    if not isinstance(tree, Text) or tree.null or not tree.value:
        return tree
    written = tree.value
    # An address, a path from the root or the home, or what a variable without a value begins.
    if "://" in written or "@" in written or written.startswith(("/", "~", "\\")):
        return tree
    if tree.unset and not written.startswith("."):
        return tree
    there = normpath(join(folder, written))
    return replace(tree, value=there if there.startswith(("/", "..")) else f"./{there}")


def _short_mount(tree: Tree, folder: str) -> Tree:
    if not isinstance(tree, Text) or not tree.value.startswith("."):
        return tree
    source, sign, rest = tree.value.partition(":")
    moved = _moved(replace(tree, value=source), folder)
    assert isinstance(moved, Text)
    return replace(moved, value=f"{moved.value}{sign}{rest}")
