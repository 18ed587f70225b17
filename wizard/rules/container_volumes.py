"""Volumes: containers of Aptible keep no files, so each is a cache, uploads, or state."""

from collections.abc import Iterator

from wizard.model.containers import Volume
from wizard.model.mapping import Becomes, MappedItem
from wizard.model.question import Question
from wizard.rules.mapping_facts import MappingFacts

RULES = {
    "W1": "what it holds decides: files in a container are gone with it, and are not shared",
    "W2": "a person says that it is a cache: it fills again",
    "W3": "a person says that it holds uploads: they go to an object store",
    "W4": "a person says that it holds state: Aptible's support knows about persistent disks",
    "W5": "the app's own code, mounted while it is written: the image holds it",
    "W6": "a file of the project: a copy of it goes into the image",
    "W7": "the container engine's socket: no container of Aptible can steer others",
    "W8": "a folder of the host itself, which nobody reaches on Aptible",
    "W9": "packages that the image holds too",
    "W10": "the host's clock: containers run in UTC, TZ sets another zone",
    "W11": "memory that is gone with the container: /tmp serves for it",
}
_FIXED: dict[str, tuple[str, Becomes, str]] = {
    "code": ("W5", "dropped", "nothing: the image has it"),
    "file": ("W6", "replaced", "a COPY line of the Dockerfile; a secret becomes a variable"),
    "engine": ("W7", "blocked", "leave the service out, or run it elsewhere"),
    "host": ("W8", "blocked", "leave the service out, or find another way for what it reads"),
    "cache": ("W9", "dropped", "nothing: the image has it"),
    "clock": ("W10", "dropped", "the variable TZ"),
    "memory": ("W11", "dropped", "the container's own disk"),
}
_ANSWERS: dict[str, tuple[str, Becomes, str]] = {
    "cache": ("W2", "dropped", "the container's own disk, empty at every start"),
    "uploads": ("W3", "replaced", "a bucket of your own, that the app writes to"),
    "state": ("W4", "blocked", "ask Aptible's support before anything else"),
}

STEERS = (
    "it steers the container engine, as nothing on Aptible can: it has no price until it is changed"
)


def steers_engine(facts: MappingFacts, process: str) -> bool:
    """Whether the container engine's socket is mounted into it."""
    return any(v.holds == "engine" and process in v.processes for v in facts.inventory.volumes)


def volume_items(facts: MappingFacts) -> Iterator[MappedItem]:
    """One item per thing mounted into services of apps."""
    for volume in facts.inventory.volumes:
        identity = f"volume/{volume.name}"
        answer = facts.answers.get(identity, "")
        fixed = _FIXED.get(volume.holds) or _ANSWERS.get(answer)
        if fixed:
            rule, becomes, target = fixed
            copy = f"COPY {volume.name} {volume.target}"
            by_hand = (copy,) if volume.holds == "file" else ()
            yield _item(volume, becomes, target, rule, None, by_hand)
        else:
            yield _item(volume, "open", "cache, uploads or state", "W1", _question(volume), ())


def _question(volume: Volume) -> Question:
    shared = f", shared by {', '.join(volume.processes)}" if len(volume.processes) > 1 else ""
    identity = f"volume/{volume.name}"
    return Question(
        id=identity,
        text=f"What does {volume.name} hold ({volume.target}{shared})?",
        why="a container's files are gone when it is: Aptible has no volumes for apps",
        kind="choice",
        choices=("cache", "uploads", "state"),
        flag=f"--answers FILE ({identity})",
        outcomes={name: target for name, (_, _, target) in _ANSWERS.items()},
    )


def _size(volume: Volume) -> str:
    if volume.at_most is None:
        return ""
    return f", at most {volume.at_most / 1024**2:,.0f} MB (used on its disk)"


def _item(
    volume: Volume,
    becomes: Becomes,
    target: str,
    because: str,
    question: Question | None,
    by_hand: tuple[str, ...],
) -> MappedItem:
    names = ", ".join(volume.processes)
    only = ", read only" if volume.read_only else ""
    return MappedItem(
        group="volumes",
        name=volume.name,
        today=f"{volume.target} in {names}{only}{_size(volume)}",
        becomes=becomes,
        target=target,
        because=because,
        reason=RULES[because],
        question=question,
        by_hand=by_hand,
    )
