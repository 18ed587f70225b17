"""What a source of containers tells beside any app's facts, in words: never a value."""

from collections.abc import Iterator
from typing import NamedTuple

from wizard.model.containers import MountedFile, Volume
from wizard.model.inventory import Inventory
from wizard.rules.cloud_words import cloud_words

_HOLDS = {
    "": "what it holds is not known",
    "code": "the app's own code",
    "file": "a file of the project",
    "absent": "is not there",
    "outside": "a place of the host, outside of the project",
    "engine": "the container engine's socket",
    "host": "a folder of the host",
    "cache": "packages that the image holds too",
    "clock": "the host's clock",
    "memory": "gone with the container",
    "developers": "for developers: reports of tests, or settings of a tool",
}


class Told(NamedTuple):
    """One fact. `attention`: a person should look at it."""

    group: str
    name: str
    seen: str
    where: str
    attention: bool = False


def container_facts(found: Inventory) -> Iterator[Told]:
    """Images, ways in, volumes, files, names of other services, the cloud beside it, wishes, and
    where inputs differ; nothing for a source of another kind."""
    for app in found.apps:
        image = app.image if app.known else f"{app.image or 'an image'}, its name is not known"
        built = f"built from {app.build}" if app.build else ""
        seen = ", ".join(part for part in (image if app.image or not built else "", built) if part)
        yield Told("image", app.name, seen, app.where, not app.known)
    for entry in found.entries:
        port = "a port that is not told" if entry.port is None else f"{entry.port}/{entry.protocol}"
        outside = f", published as {entry.published}" if entry.published else ""
        local = ", on the machine itself only" if entry.local else ""
        seen = f"{port}{outside}{local}"
        yield Told("port", entry.process, seen, entry.where, entry.port is None)
    for volume in found.volumes:
        yield Told("volume", volume.name, _volume(volume), volume.where, not volume.holds)
    for mounted in found.mounted_files:
        yield Told("file", mounted.name, _mounted(mounted), mounted.where, not mounted.known)
    for reference in found.references:
        what = reference.variable or f"command of {reference.process}"
        part = "" if reference.part == "address" else f", its {reference.part}"
        yield Told("leads to", what, f"{reference.to} ({reference.to_kind}{part})", reference.where)
    for words in cloud_words(found.cloud):
        name, _, seen = words.partition(": ")
        yield Told("cloud", name, seen or words, "")
    for wish in found.wishes:
        yield Told("asks for", wish.kind, f"{wish.process} {wish.value}".strip(), wish.where)
    for conflict in found.conflicts:
        seen = f"{conflict.subject}: {', then '.join(conflict.said)} (the last one counts)"
        yield Told("inputs differ", conflict.process, seen, "", attention=True)


def _volume(volume: Volume) -> str:
    most = "" if volume.at_most is None else f", at most {volume.at_most / 1024**2:,.0f} MB"
    only = ", read only" if volume.read_only else ""
    keys = ", with a key or a password in it" if volume.secrets else ""
    names = f", which names {', '.join(volume.names)}" if volume.names else ""
    held = f"{_HOLDS[volume.holds]}{keys}{names}{most}{only}"
    return f"{volume.target} in {', '.join((*volume.processes, *volume.proxies))}: {held}"


def _mounted(mounted: MountedFile) -> str:
    at = f" at {mounted.target}" if mounted.target else ""
    by = f", named by {mounted.variable}" if mounted.variable else ""
    known = "" if mounted.known or mounted.names else ", its content is not known"
    names = f", it names {', '.join(mounted.names)}" if mounted.names else ""
    return f"{mounted.kind}{at}{by}{known}{names}"
