"""A service's variables as its file gives them: its own lines, and files of them by name."""

from dataclasses import dataclass

from pydantic import SecretStr

from wizard.formats.compose.merge import as_mapping
from wizard.formats.compose.tree import Fields, Items, Place, Text, Tree
from wizard.formats.compose.values import fields_of, items_of, text_of, truth
from wizard.model.inventory import Lacks


@dataclass(frozen=True)
class EnvValue:
    """One environment variable. `value` is None when the file does not tell it: then `unset` names
    the variables it waits for, or nothing when it comes from the shell that deploys.

    `lacks` says what the input makes of it then; `rest` is what is left of its text.
    """

    name: str
    value: SecretStr | None
    place: Place
    unset: tuple[str, ...] = ()
    asks: str = ""
    lacks: Lacks = ""
    rest: SecretStr | None = None


@dataclass(frozen=True)
class EnvFileUse:
    """A file of variables that a service names. `raw`: its values are taken as they stand."""

    path: str
    needed: bool = True
    raw: bool = False


def environment_of(tree: Tree | None) -> tuple[EnvValue, ...]:
    """The variables of a service's own lines."""
    if tree is None:
        return ()
    body = fields_of(as_mapping(tree, "environment"), "environment")
    found = []
    for name, value in body.fields.items():
        if not isinstance(value, Text):
            raise body.where(name).wrong(f"{name} must be a plain value")
        found.append(env_value(name, value, body.where(name)))
    return tuple(found)


def env_value(name: str, text: Text, place: Place) -> EnvValue:
    """A variable as a text gives it, with what Compose makes of a text that is not complete."""
    known = not text.null and not text.unset
    lacks: Lacks = "" if known else "all" if text.null or not text.value.strip() else "a part"
    return EnvValue(
        name=name,
        value=SecretStr(text.value) if known else None,
        place=place,
        unset=text.unset,
        asks=text.asks,
        lacks="demanded" if text.demanded else lacks,
        rest=SecretStr(text.value) if lacks == "a part" else None,
    )


def env_files_of(tree: Tree | None) -> tuple[EnvFileUse, ...]:
    """The files of variables that it names, in their order."""
    found = []
    for item in items_of(tree if not isinstance(tree, Fields) else Items((tree,), tree.place), ""):
        if isinstance(item, Fields):
            required = item.get("required")
            needed = required is None or truth(required)
            raw = text_of(item.get("format")).strip() == "raw"
            found.append(EnvFileUse(text_of(item.get("path")), needed, raw))
        else:
            found.append(EnvFileUse(text_of(item)))
    return tuple(use for use in found if use.path)
