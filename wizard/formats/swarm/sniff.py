"""What is this text: a Compose file, a print of docker's, or a paste? Told by what stands in it."""

import re
from dataclasses import dataclass, field
from typing import Literal

from wizard.formats.compose.tree import Fields, Items, Text, Tree
from wizard.formats.errors import FormatError
from wizard.formats.json_tree import read_documents
from wizard.formats.swarm.pastes import (
    MOUNTED,
    begins,
    is_secrets_listing,
    looks_like_a_folder,
)
from wizard.formats.text_lines import numbered, refuse_binary

Kind = Literal[
    "compose",
    "services",
    "service list",
    "secrets",
    "configs",
    "env",
    "secret files",
    "df",
    "mount",
]
WANTED = (
    "wanted is a Compose file, or what `docker service inspect`, `docker service ls`, `docker"
    " secret|config ls|inspect` or `docker stack services` prints, or `env`, `df`, `mount` or"
    " `ls /run/secrets` (with that line) in a container"
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
_KEY = re.compile(r"\s*[\"']?[\w.<$-]+[\"']?\s*:(?:\s|$)")
_YAML = ("{", "[", "%", "---", "- ", "!", "&", "\t", " ")
_PROMPT = re.compile(r"^[^=]{0,80}?[$#]\s+(?:env|printenv|export|df|mount|ls|docker)\b[^=]*$")


@dataclass(frozen=True)
class Part:
    """A piece of one input; `tree` for JSON, `lines` for a table without its head."""

    kind: Kind
    path: str
    tree: Tree | None = None
    lines: tuple[tuple[int, str], ...] = field(default=(), repr=False)
    columns: tuple[tuple[str, int], ...] = ()


def parts_of(text: str, path: str) -> tuple[Part, ...]:
    """What a text holds. Raises FormatError that says what it looks like and what is wanted."""
    text = text.removeprefix("\ufeff")
    if _is_json(text):
        return _json_parts(text, path)
    refuse_binary(text, path)
    first = next((line for _, line in numbered(text) if _counts(line)), "")
    if _KEY.match(first) or first.startswith(_YAML):
        return (Part("compose", path),)
    blocks: list[list[tuple[int, str]]] = [[]]
    for number, line in numbered(text):
        if _PROMPT.match(line):
            blocks.append([])
        if line.strip() or blocks[-1]:
            blocks[-1].append((number, line))
    found = [_block(block, path) for block in blocks if block]
    if not found:
        raise FormatError(path, 0, f"nothing stands in it; {WANTED}")
    return tuple(found)


def _counts(line: str) -> bool:
    return bool(line.strip()) and not line.startswith("#") and not _PROMPT.match(line)


def _block(block: list[tuple[int, str]], path: str) -> Part:
    whole = tuple(block)
    lines = list(whole[1:] if _PROMPT.match(whole[0][1]) else whole)
    while lines and (not lines[0][1].strip() or lines[0][1].startswith("#")):
        del lines[0]
    while lines and not lines[-1][1].strip():
        lines.pop()
    full = tuple((number, line.rstrip()) for number, line in lines if line.strip())
    if is_secrets_listing(whole):
        return Part("secret files", path, None, tuple(each for each in whole if each[1].strip()))
    if not full:
        where = "behind the command" if _PROMPT.match(block[0][1]) else "in it"
        raise FormatError(path, whole[0][0], f"nothing stands {where}; {WANTED}")
    if begins(lines[0][1]):
        return Part("env", path, None, tuple(lines))
    if full[0][1].startswith("Filesystem") and "Mounted on" in full[0][1]:
        return Part("df", path, None, full)
    if MOUNTED.match(full[0][1]):
        return Part("mount", path, None, full)
    if looks_like_a_folder(full):
        raise FormatError(path, full[0][0], f"an `ls` of a folder that is not told; {WANTED}")
    return _table(full, path)


def _table(lines: tuple[tuple[int, str], ...], path: str) -> Part:
    number, head = lines[0]
    words = tuple(head.split())
    for kind, wanted in _TABLES:
        if words[: len(wanted)] == wanted:
            columns = tuple((found[0], found.start()) for found in re.finditer(r"\S+", head))
            return Part(kind, path, None, lines[1:], columns)
    for begin, name in _OTHERS:
        if words[: len(begin)] == begin:
            raise FormatError(path, number, f"this looks like {name}; {WANTED}")
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
    if isinstance(tree.get("services"), Fields):
        return "compose"
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
