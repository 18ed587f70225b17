"""Volumes: containers of Aptible keep no files, so each is a cache, uploads, or state."""

from collections.abc import Iterator, Sequence
from posixpath import normpath

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
    "W12": "the project has no such file or folder here: nothing of it can be copied",
    "W13": "it lies on the host, outside of the project: no COPY line reaches it",
    "W14": "a person says that the image shall hold a copy of it",
    "W15": "a person says that the app can do without",
    "W16": "a key or a password stands in it, and whoever has the image reads it",
    "W17": "it names other services, and on the new side those have other names",
    "W18": "for developers: reports of tests, or settings of a tool; the running app needs neither",
    "W11": "memory that is gone with the container: /tmp serves for it",
}
_COPY = "a COPY line of the Dockerfile (moveday files writes it)"
_FIXED: dict[str, tuple[str, Becomes, str]] = {
    "code": ("W5", "dropped", "nothing: the image has it"),
    "file": ("W6", "replaced", _COPY),
    "absent": (
        "W12",
        "not carried over",
        "it is not here: put it in its place and look again, where the app needs it",
    ),
    "outside": (
        "W13",
        "not carried over",
        "outside of the project: put it in and look again, where the app needs it",
    ),
    "engine": ("W7", "blocked", "leave the service out, or run it elsewhere"),
    "host": ("W8", "blocked", "leave the service out, or find another way for what it reads"),
    "cache": ("W9", "dropped", "nothing: the image has it"),
    "clock": ("W10", "dropped", "the variable TZ"),
    "developers": ("W18", "dropped", "nothing"),
    "memory": ("W11", "dropped", "the container's own disk"),
}
COPY, DROP = "copy", "drop"
_MOST = 6
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
        answer = facts.answers.get(f"volume/{volume.name}", "")
        asked = copy_question(volume)
        if asked is not None:
            yield _asked_copy(volume, asked, answer)
            continue
        fixed = _FIXED.get(volume.holds) or _ANSWERS.get(answer)
        if fixed:
            rule, becomes, target = fixed
            target += _elsewhere(facts, volume) if volume.holds == "file" else ""
            by_hand = _copies(volume) if volume.holds == "file" else ()
            yield _item(volume, becomes, target, rule, None, by_hand)
        else:
            yield _item(volume, "open", "cache, uploads or state", "W1", _question(volume), ())


def copy_question(volume: Volume) -> Question | None:
    """Asked of a file or folder of the project that an image may not hold as it is."""
    if volume.holds != "file" or not (volume.secrets or volume.names):
        return None
    why = [f"{RULES['W16']}: {_some(volume.secrets)}"] if volume.secrets else []
    why += [f"{RULES['W17']}: {_some(volume.names)}"] if volume.names else []
    first = " once " + " and ".join(
        [
            *(["the secrets are out of it"] if volume.secrets else []),
            *(["the names in it are changed"] if volume.names else []),
        ]
    )
    return Question(
        id=f"volume/{volume.name}",
        text=f"Shall the image hold a copy of {volume.name} (at {volume.target})?",
        why="; ".join(why),
        kind="choice",
        choices=(COPY, DROP),
        flag=f"--answers FILE (volume/{volume.name})",
        outcomes={COPY: f"{_COPY},{first}", DROP: "nothing"},
    )


def _asked_copy(volume: Volume, asked: Question, answer: str) -> MappedItem:
    if answer == COPY:
        return _item(volume, "replaced", asked.outcomes[COPY], "W14", None, _copies(volume))
    if answer == DROP:
        return _item(volume, "dropped", "nothing", "W15", None, ())
    rule = "W16" if volume.secrets else "W17"
    return _item(volume, "open", "a copy in the image, or nothing", rule, asked, ())


def _elsewhere(facts: MappingFacts, volume: Volume) -> str:
    """Which apps are built in a folder that does not hold it."""
    apps = [
        app.name
        for app in facts.inventory.apps
        if app.build
        and set(app.processes) & set(volume.processes)
        and normpath(app.build) != "."
        and not f"{normpath(volume.name)}/".startswith(f"{normpath(app.build)}/")
    ]
    return f"; by hand for {', '.join(apps)}, built in a folder without it" if apps else ""


def _copies(volume: Volume) -> tuple[str, ...]:
    targets = dict.fromkeys(target for _, target in volume.places) or {volume.target: None}
    return tuple(f"COPY {volume.name} {target}" for target in targets)


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - _MOST} more" if len(names) > _MOST else ""
    return ", ".join(names[:_MOST]) + more


def _question(volume: Volume) -> Question:
    sharing = (*volume.processes, *volume.proxies)
    shared = f", shared by {', '.join(sharing)}" if len(sharing) > 1 else ""
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
    names = ", ".join((*volume.processes, *volume.proxies))
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
