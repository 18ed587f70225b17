"""Plain values of a Compose file: lists, words, sizes, durations, truth values."""

import re
import shlex

from wizard.formats.compose.tree import Fields, Items, Place, Text, Tree

_SIZE = re.compile(r"^(\d+(?:\.\d+)?)\s*([kmgtKMGT]?)(?:i?[bB])?$")
_UNITS = {"": 1, "k": 1024, "m": 1024**2, "g": 1024**3, "t": 1024**4}
_TRUE = frozenset({"true", "yes", "on", "y", "1"})


def text_of(tree: Tree | None) -> str:
    """A plain value, "" for anything else."""
    return tree.value if isinstance(tree, Text) and not tree.null else ""


def truth(tree: Tree | None) -> bool:
    """Whether a value says yes."""
    return text_of(tree).strip().lower() in _TRUE


def fields_of(tree: Tree | None, what: str) -> Fields:
    """A mapping; an empty one for nothing. Raises FormatError for anything else."""
    if tree is None or (isinstance(tree, Text) and tree.null):
        return Fields({}, Place("", 0))
    if not isinstance(tree, Fields):
        raise tree.place.wrong(f"{what} must be a mapping `name: value`")
    return tree


def items_of(tree: Tree | None, what: str) -> tuple[Tree, ...]:
    """A list; a single plain value counts as a list of one. Raises FormatError for mappings."""
    if tree is None or (isinstance(tree, Text) and tree.null):
        return ()
    if isinstance(tree, Text):
        return (tree,)
    if isinstance(tree, Fields):
        raise tree.place.wrong(f"{what} must be a list")
    return tree.items


def words_of(tree: Tree | None, what: str) -> tuple[str, ...]:
    """The plain values of a list, or the keys of a mapping."""
    if isinstance(tree, Fields):
        return tuple(tree.fields)
    return tuple(text_of(item) for item in items_of(tree, what) if text_of(item))


def command_of(tree: Tree | None, what: str) -> str:
    """A command as one line for a shell; "" when the image's own is used."""
    if isinstance(tree, Items):
        # An empty word is a word, too.
        given = (item for item in tree.items if isinstance(item, Text) and not item.null)
        return shlex.join(text_of(item) for item in given)
    if isinstance(tree, Fields):
        raise tree.place.wrong(f"{what} must be a text or a list")
    text = text_of(tree)
    if "\n" in text.strip() and re.search(r"['\"]", text):
        try:
            words = shlex.split(text)
        except ValueError:
            return " ".join(text.split())
        # Lines of a script stay apart: joined, they would be another script.
        if any("\n" in word.strip() for word in words):
            return shlex.join(words)
    return " ".join(text.split())


def unset_in(tree: Tree | None) -> tuple[str, ...]:
    """The variables without a value that stand in a text or in a list of texts."""
    items = tree.items if isinstance(tree, Items) else (tree,)
    found = [name for item in items if isinstance(item, Text) for name in item.unset]
    return tuple(dict.fromkeys(found))


def bytes_of(tree: Tree | None, what: str) -> int | None:
    """A size such as 512M, 1.5g or 1073741824; None when none is given or it is a variable."""
    written = text_of(tree).strip()
    if not isinstance(tree, Text) or not written or tree.unset:
        return None
    found = _SIZE.match(written)
    if found is None:
        raise tree.place.wrong(f"{what}: “{written}” is no size such as 512M")
    return int(float(found[1]) * _UNITS[found[2].lower()])


def number_of(tree: Tree | None, what: str) -> int | None:
    """A whole number; None when none is given or it is a variable."""
    written = text_of(tree).strip()
    if not isinstance(tree, Text) or not written or tree.unset:
        return None
    if not written.isdigit() or len(written) > 9:
        raise tree.place.wrong(f"{what}: “{written}” is no whole number")
    return int(written)
