"""A cluster's secrets and configs as docker prints them, from either shape of MedStack's answer."""

import base64
import binascii
from collections.abc import Iterable, Iterator
from typing import Literal

from wizard.formats.compose.tree import Fields, Text, Tree
from wizard.formats.compose.values import text_of
from wizard.formats.swarm.sniff import Part


def file_parts(things: Iterable[Tree], kind: Literal["secrets", "configs"]) -> Iterator[Part]:
    """One part a thing; what has no name is passed over."""
    for thing in things:
        if not isinstance(thing, Fields):
            continue
        if isinstance(thing.get("Spec"), Fields):
            yield Part(kind, thing.place.file, thing)
            continue
        name = text_of(thing.get("name"))
        if name:
            spec: dict[str, Tree] = {"Name": Text(name, thing.place, quoted=True)}
            data = thing.get("data") if kind == "configs" else None
            if isinstance(data, Text) and data.quoted:
                spec["Data"] = Text(_in_base64(data.value), data.place, quoted=True)
            tree = Fields({"Spec": Fields(spec, thing.place)}, thing.place)
            yield Part(kind, thing.place.file, tree)


def _in_base64(data: str) -> str:
    """Docker has a config's content in base64; whether MedStack tells it plainly was not seen."""
    try:
        plain = base64.b64decode(data, validate=True).decode("utf-8")
    except (binascii.Error, ValueError):
        plain = ""
    if plain and all(char.isprintable() or char in "\r\n\t" for char in plain):
        return data
    return base64.b64encode(data.encode()).decode()
