"""A start-up script that makes the files which the old platform mounted, from the configuration.

Nothing of their content is in the image. The variables are taken out of the environment before the
app starts: it never had them there.
"""

import re
import shlex
from collections.abc import Sequence
from posixpath import dirname, normpath

from wizard.generate.images.places import evidence
from wizard.generate.notebook import Notebook
from wizard.model.containers import AppGroup, MountedFile
from wizard.model.files import Line
from wizard.rules.container_files import DROP, question_id

_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_ID = re.compile(r"\d{1,10}")


def files_to_make(
    book: Notebook, app: AppGroup, mounted: Sequence[MountedFile], variables: frozenset[str]
) -> tuple[MountedFile, ...]:
    """The files of one app. `variables` are names that it has already."""
    found = [f for f in mounted if f.app == app.name and f.kind in ("secret", "config")]
    found = [f for f in found if book.chosen(question_id(f), DROP, "later") != DROP]
    if book.chosen(f"secrets/{app.name}", "files", "variables") == "variables":
        found = [f for f in found if f.variable.removesuffix("_FILE") == f.variable]
    for each in found:
        if each.holder in variables:
            book.ask(
                f"holder/{app.name}/{each.name}",
                f"{each.holder} is a variable of {app.name} already, and would hold the content of"
                f" {each.target} too",
                f"rename the {each.kind} {each.name} in the project, and run again",
                found=(evidence(each.where, f"{each.kind} {each.name}"),),
            )
    return tuple(
        f
        for f in found
        if f.target.startswith("/") and f.target.isprintable() and _VARIABLE.fullmatch(f.holder)
    )


def start_script(files: Sequence[MountedFile]) -> tuple[Line, ...]:
    """The script: a POSIX shell's, run before every command of the app."""
    lines = [
        Line(text="#!/bin/sh", rule="F83"),
        Line(
            text="# Written by moveday: mounted files, made from variables at the start.\nset -eu"
        ),
    ]
    for file in files:
        path, folder = shlex.quote(normpath(file.target)), dirname(normpath(file.target))
        decoded = " | base64 -d" if file.binary else ""
        text = [
            f': "${{{file.holder}:?has to be in the configuration: a file is made of it}}"',
            f"mkdir -p {shlex.quote(folder)}",
            f"[ ! -e {path} ] || chmod 0600 {path}",
            f"(umask 077; printf '%s' \"${file.holder}\"{decoded} > {path})",
        ]
        owner = ":".join(part for part in (file.uid, file.gid) if _ID.fullmatch(part))
        if owner:
            owner = owner if file.uid else f":{owner}"
            text.append(f'[ "$(id -u)" != 0 ] || chown {owner} {path}')
        text += [f"chmod {file.mode:04o} {path}", f"unset {file.holder}"]
        by = f", named by {file.variable}" if file.variable else ""
        fact = f"{file.kind} {file.name} at {file.target}{by}"
        lines.append(Line(text="\n".join(text), rule="F83", evidence=(evidence(file.where, fact),)))
    return (*lines, Line(text='exec "$@"', rule="F21"))


def prepared_for(files: Sequence[MountedFile], user: str) -> str:
    """The RUN line that lets `user`, who is not root, write them at the start."""
    paths = [shlex.quote(normpath(file.target)) for file in files]
    folders = dict.fromkeys(shlex.quote(dirname(normpath(file.target))) for file in files)
    some = " ".join(paths)
    return (
        f"RUN mkdir -p {' '.join(folders)} && touch {some} && chmod 0600 {some}"
        f" && chown {user} {some}"
    )
