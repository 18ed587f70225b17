"""What is this text: a Compose file, a print of docker's, or a paste? Told by what stands in it."""

import re
from dataclasses import dataclass
from typing import Literal

from wizard.formats.compose.tree import Fields, Items, Text, Tree
from wizard.formats.errors import FormatError
from wizard.formats.json_tree import read_documents
from wizard.formats.text_lines import numbered, refuse_binary

Kind = Literal["compose", "services", "service list", "secrets", "configs"]
WANTED = (
    "wanted is a Compose file, or what `docker service inspect`, `docker service ls`, `docker"
    " secret|config ls|inspect` or `docker stack services` prints"
)
_TABLES: tuple[tuple[Kind, tuple[str, ...]], ...] = (
    ("service list", ("ID", "NAME", "MODE", "REPLICAS", "IMAGE")),
    ("secrets", ("ID", "NAME", "DRIVER", "CREATED", "UPDATED")),
    ("configs", ("ID", "NAME", "CREATED", "UPDATED")),
)
_OTHERS = (
    (("CONTAINER", "ID", "IMAGE"), "`docker ps`"),
    (("REPOSITORY", "TAG", "IMAGE"), "`docker images`"),
    (("ID", "HOSTNAME", "STATUS"), "`docker node ls`"),
    (("ID", "NAME", "IMAGE", "NODE"), "`docker service ps`"),
    (("NAME", "SERVICES"), "`docker stack ls`"),
)
_KEY = re.compile(r"\s*[\"']?[\w.-]+[\"']?\s*:(?:\s|$)")
_YAML = ("{", "[", "%", "---", "- ", "!", "&", "\t", " ")
_PROMPT = re.compile(r"^\S*[$#>]\s|^\$ ?")


@dataclass(frozen=True)
class Part:
    """A piece of one input; `tree` for JSON, `lines` for a table without its head."""

    kind: Kind
    path: str
    tree: Tree | None = None
    lines: tuple[tuple[int, str], ...] = ()
    columns: tuple[tuple[str, int], ...] = ()


def parts_of(text: str, path: str) -> tuple[Part, ...]:
    """What a text holds. Raises FormatError that says what it looks like and what is wanted."""
    text = text.removeprefix("\ufeff")
    refuse_binary(text, path)
    if _is_json(text):
        return _json_parts(text, path)
    lines = [(number, line.rstrip()) for number, line in numbered(text) if line.strip()]
    if lines and _PROMPT.match(lines[0][1]) and "docker" in lines[0][1]:
        lines = lines[1:]
    if not lines:
        raise FormatError(path, 0, f"nothing stands in it; {WANTED}")
    number, head = lines[0]
    words = tuple(head.split())
    for kind, wanted in _TABLES:
        if words[: len(wanted)] == wanted:
            columns = tuple((found[0], found.start()) for found in re.finditer(r"\S+", head))
            return (Part(kind, path, None, tuple(lines[1:]), columns),)
    for begin, name in _OTHERS:
        if words[: len(begin)] == begin:
            raise FormatError(path, number, f"this looks like {name}; {WANTED}")
    if head.startswith(_YAML) or any(_KEY.match(line) for _, line in lines):
        return (Part("compose", path),)
    raise FormatError(path, number, f"this is none of what is known; {WANTED}")


def _is_json(text: str) -> bool:
    """Whether it is JSON, and no Compose file in JSON or in YAML's own brackets."""
    head = text.lstrip()
    if not re.match(r"\[\s*[{\]]|\{\s*[\"}]", head):
        return False
    return not re.search(r'^\{\s*"(?:services|version|name|x-[^"]*)"\s*:', head)


def _json_parts(text: str, path: str) -> tuple[Part, ...]:
    found = []
    for tree in read_documents(text, path):
        for one in tree.items if isinstance(tree, Items) else (tree,):
            if not (isinstance(one, Text) and one.null):
                found.append(Part(_kind(one), path, one))
    if not found:
        raise FormatError(path, 0, "nothing is listed in it")
    return tuple(found)


def _kind(tree: Tree) -> Kind:
    if not isinstance(tree, Fields):
        raise tree.place.wrong(f"a list of plain values; {WANTED}")
    spec, keys = tree.get("Spec"), tree.fields.keys()
    if isinstance(spec, Fields):
        if "TaskTemplate" in spec.fields:
            return "services"
        if "Data" in spec.fields:
            return "configs"
        if {"Role", "Availability"} & spec.fields.keys():
            raise tree.place.wrong(f"this looks like `docker node inspect`; {WANTED}")
        if "Name" in spec.fields:
            return "secrets"
    if "Replicas" in keys and "Name" in keys:
        return "service list"
    if {"ID", "Name", "CreatedAt", "UpdatedAt"} <= keys:
        return "secrets" if "Driver" in keys else "configs"
    if {"Config", "HostConfig"} <= keys:
        raise tree.place.wrong(f"this looks like `docker inspect` of a container; {WANTED}")
    raise tree.place.wrong(f"JSON of another kind; {WANTED}")
