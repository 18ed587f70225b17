"""Files and folders of the project that are mounted today: copies of them go into the image."""

import re
from collections.abc import Iterable, Iterator, Sequence
from posixpath import join, normpath

from wizard.generate.dockerignore import PATH, hidden_by
from wizard.generate.images.places import evidence
from wizard.generate.notebook import Notebook
from wizard.model.containers import AppGroup, Volume
from wizard.model.files import Evidence, GeneratedFile, Line, newline_of
from wizard.rules.container_volumes import COPY, DROP, copy_question

RULE = "F89"
_PLAIN = re.compile(r"/?[\w.@+-]+(?:/[\w.@+-]+)*/?")


def copies(
    book: Notebook, app: AppGroup, volumes: Sequence[Volume], base: str | None, context: str
) -> tuple[Line, ...]:
    """The COPY lines of one app. `base`: the project's folder in the view, None when it lies
    outside; `context`: the folder that is built in, "" or with / at its end."""
    found: dict[str, tuple[str, Volume]] = {}
    for volume, target in _mounted(app, volumes):
        if _settled(book, volume) != COPY:
            continue
        path = _path(book, app, volume, base, context)
        plain = bool(path) and all(_PLAIN.fullmatch(word) for word in (path, target))
        if path and not (plain and target.startswith("/")):
            _by_hand(book, app, volume, target, "its name has signs that a COPY line reads")
            continue
        before = found.get(target)
        if before is not None and before[0] != path:
            book.warn(
                f"two-at:{app.name}:{target}",
                f"services of {app.name} see different things at {target}, and an image has one",
                "an app of its own for the one that differs (the label moveday.app names it)",
                *(_seen(each) for each in (before[1], volume)),
            )
        elif path:
            found[target] = (path, volume)
    return tuple(
        Line(text=f"COPY {path} {target}", rule=RULE, evidence=(_seen(volume),))
        for target, (path, volume) in found.items()
    )


def _mounted(app: AppGroup, volumes: Iterable[Volume]) -> Iterator[tuple[Volume, str]]:
    for volume in volumes:
        if volume.holds == "file":
            for process, target in volume.places:
                if process in app.processes:
                    yield volume, target


def _settled(book: Notebook, volume: Volume) -> str:
    """COPY or DROP; "" while a person has to say it."""
    asked = copy_question(volume)
    if asked is None:
        return COPY
    answer = book.ask(
        asked.id, asked.text, asked.why, choices=asked.choices, found=(_seen(volume),)
    )
    if answer == COPY:
        book.warn(
            f"copied:{volume.name}",
            f"{volume.name} is copied into the image as it is",
            f"before the build: {asked.why}",
            _seen(volume),
        )
    return answer if answer in (COPY, DROP) else ""


def _path(book: Notebook, app: AppGroup, volume: Volume, base: str | None, context: str) -> str:
    """Where it lies in the folder that is built in; "" when it does not."""
    whole = normpath(join(base or "", volume.name))
    if base is None or whole.startswith(("..", "/")):
        _by_hand(book, app, volume, volume.target, "it lies outside of this folder")
        return ""
    if context and not f"{whole}/".startswith(context):
        _by_hand(book, app, volume, volume.target, f"{app.name} is built in {context} alone")
        return ""
    return whole.removeprefix(context.rstrip("/")).lstrip("/") or "."


def _by_hand(book: Notebook, app: AppGroup, volume: Volume, target: str, why: str) -> None:
    book.warn(
        f"copy:{app.name}:{volume.name}",
        f"{volume.name} is not copied into the image of {app.name}: {why}",
        f"put a copy where the image is built, and a line COPY … {target} into its Dockerfile",
        _seen(volume),
    )


def _seen(volume: Volume) -> Evidence:
    return evidence(volume.where, f"{volume.name} is mounted at {volume.target}")


def let_through(
    book: Notebook, context: str, paths: Iterable[str], earlier: GeneratedFile | None
) -> GeneratedFile | None:
    """Their .dockerignore with a line for each of `paths` that it would hide; None when none is.

    A build on a person's own machine heeds it. `earlier` is what another app has made of it.
    """
    place = f"{context}{PATH}"
    before = book.view.read(place)
    if before is None:
        return None
    lines = [Line(text=row, rule="F27" if row.strip() else "") for row in before.splitlines()]
    lines = lines if earlier is None else list(earlier.lines)
    rows = [line.text for line in lines]
    tracked = [
        e.path.removeprefix(context) for e in book.view.entries() if e.path.startswith(context)
    ]
    hidden = {path: hidden_by(rows, path, tracked) for path in paths}
    for path, by in hidden.items():
        if by:
            fact = f"is copied into an image; {by} would hide it"
            lines.append(
                Line(text=f"!{path}", rule="F35", evidence=(Evidence(path=path, fact=fact),))
            )
    if len(lines) == len(rows):
        return None
    return GeneratedFile(path=place, lines=tuple(lines), before=before, newline=newline_of(before))
