"""What the lists say: `docker service ls`, `docker secret ls` and `docker config ls`."""

import base64
import binascii
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from wizard.formats.compose.parts import PortLine
from wizard.formats.compose.project import TopFile
from wizard.formats.compose.service import Service
from wizard.formats.compose.tree import Place, Text
from wizard.formats.swarm.sniff import Part
from wizard.formats.swarm.value import Notes, Value

_PORT = re.compile(r"(?:\S*:)?(\d{1,5})(?:-\d+)?->(\d{1,5})(?:-\d+)?/(\w+)")


@dataclass(frozen=True)
class Row:
    """A line of a list: its words by the name of the column."""

    words: Mapping[str, str]
    place: Place


def bare_service(
    name: str,
    place: Place,
    *,
    image: str = "",
    mode: str = "",
    replicas: int | None = None,
    ports: tuple[PortLine, ...] = (),
) -> Service:
    """A service of which little is told; its image waits for a name when there is none."""
    return Service(
        name=name,
        place=place,
        image=image,
        image_unset=() if image else ("IMAGE",),
        build=None,
        command="",
        entrypoint="",
        environment=(),
        env_files=(),
        ports=ports,
        expose=(),
        mounts=(),
        secrets=(),
        configs=(),
        health=None,
        networks=(),
        aliases=(),
        depends_on={},
        profiles=(),
        labels={},
        deploy_labels={},
        mode=mode,
        replicas=replicas,
    )


def rows(parts: Iterable[Part], notes: Notes) -> Iterator[Row]:
    """The rows of lists, whether they were printed as JSON or as a table."""
    for part in parts:
        if part.tree is not None:
            whole = Value(part.tree, "", part.tree.place, notes)
            found = {key.upper(): whole.at(key).text() for key in ("Name", "Image", "Ports")}
            found |= {key.upper(): whole.at(key).text() for key in ("Mode", "Replicas")}
            yield Row(found, whole.place)
        for number, line in part.lines:
            edges = [start for _, start in part.columns[1:]] + [len(line)]
            cells = zip(part.columns, edges, strict=True)
            words = {name: line[start:end].strip() for (name, start), end in cells}
            yield Row(words, Place(part.path, number))


def services_in(parts: Iterable[Part], notes: Notes) -> dict[str, Service]:
    """The services of a list, by their whole name."""
    found = {}
    for row in rows(parts, notes):
        name, image = row.words.get("NAME", ""), row.words.get("IMAGE", "")
        mode = row.words.get("MODE", "").replace(" ", "-")
        if not name.strip() or " " in name or not image or " " in image:
            notes.add(row.place, "a row", "has no name and image under its columns: not read")
            continue
        count = re.match(r"\d+/(\d{1,9})\b", row.words.get("REPLICAS", ""))
        ports = tuple(
            PortLine(int(inside), int(outside), protocol, "", row.place)
            for outside, inside, protocol in _PORT.findall(row.words.get("PORTS", ""))
            if 0 < int(inside) <= 65_535 and int(outside) <= 65_535
        )
        found[name] = bare_service(
            name,
            row.place,
            image=image,
            mode=mode,
            replicas=int(count[1]) if count and mode != "global" else None,
            ports=ports,
        )
    return found


def files_in(parts: Iterable[Part], notes: Notes) -> dict[str, TopFile]:
    """Secrets or configs, by their whole name; a config's content where it was printed."""
    found: dict[str, TopFile] = {}
    tables = []
    for part in parts:
        whole = Value(part.tree, "", part.tree.place, notes) if part.tree is not None else None
        if whole is None or not whole.at("Spec"):
            tables.append(part)
            continue
        name = whole.at("Spec", "Name").text()
        if name:
            content = _content(whole.at("Spec", "Data"))
            found[name] = TopFile(name, "", True, "", content, whole.place)
    for row in rows(tables, notes):
        name = row.words.get("NAME", "")
        if not name or " " in name:
            notes.add(row.place, "a row", "has no name under its column: not read")
            continue
        found.setdefault(name, TopFile(name, "", True, "", None, row.place))
    return found


def _content(data: Value) -> Text | None:
    """What a config holds: docker prints it in base64."""
    if not data:
        return None
    try:
        plain = base64.b64decode(data.text(), validate=True).decode("utf-8")
    except (binascii.Error, ValueError):
        data.notes.add(data.place, data.path, "is no text in base64: not read")
        return None
    return Text(plain, data.place, quoted=True)
