"""Files for every app of a project whose images exist already, or that it builds itself. Pure."""

import shlex
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from wizard.formats.dockerfile_image import ToldImage
from wizard.formats.image_name import read_image
from wizard.generate.dockerignore import PATH as IGNORES
from wizard.generate.images.app_files import AppFiles
from wizard.generate.images.asked import ask_read
from wizard.generate.images.begin import begun
from wizard.generate.images.copies import copies, let_through
from wizard.generate.images.launch import Launches
from wizard.generate.images.names import plain_names
from wizard.generate.images.outcome import outcome
from wizard.generate.images.own_build import OwnBuild
from wizard.generate.images.places import evidence
from wizard.generate.notebook import Notebook
from wizard.model.containers import AppGroup
from wizard.model.files import GeneratedFile, Line, Proposal
from wizard.model.inventory import Inventory
from wizard.model.repo_view import RepoView
from wizard.rules.build_stages import is_last, last_of, stage_option, stage_warning
from wizard.rules.container_apps import deployed_behind

FOLDER = "aptible"


@dataclass(frozen=True)
class ImageProject:
    """`base`: the project's folder in the view ("" for the view's own, None when it lies outside).

    `secret` tells whether a text holds what must stand in no file.
    """

    found: Inventory
    base: str | None
    secret: Callable[[str], bool] = field(repr=False)


def propose_for_images(
    view: RepoView, project: ImageProject, today: date, answers: Mapping[str, str]
) -> Proposal:
    """The files of every app, and a named question for what only an image knows."""
    book, found = begun(view, project.found, today, answers)
    project = replace(project, found=found)
    files: list[GeneratedFile] = []
    for app in project.found.apps:
        _say_order(book, project, app)
        made = (
            _of_build(book, project, app, files)
            if app.build
            else _of_image(book, project, app, files)
        )
        for file in made:
            files = [each for each in files if each.path != file.path]
            files.append(file)
    return outcome(book, project.found, files)


def _say_order(book: Notebook, project: ImageProject, app: AppGroup) -> None:
    for own, job, of in deployed_behind(project.found, app):
        book.note(
            f"order:{app.name}:{job}",
            f"deploy {of} before {app.name}: {own} waits for {job}, a job of {of}",
            "",
            evidence(app.where, f"{own} waits for {job}"),
        )


def _of_image(
    book: Notebook, project: ImageProject, app: AppGroup, files: list[GeneratedFile]
) -> list[GeneratedFile]:
    """A small Dockerfile on theirs; nothing for one that is deployed as it is.

    With files of the project it is built in this folder, else in its own.
    """
    known = app.known and image_name(app.image) is not None
    image = app.image if known else asked_image(book, app)
    folder = f"{FOLDER}/{_folder_name(project, app)}/"
    launches = _launches(book, project, app, None)
    copied = copies(book, app, project.found.volumes, project.base, "")
    source = folder if copied else ""
    parts = AppFiles(book, project.found, app, launches, folder, source, copied=copied)
    made = parts.made()
    if not made.anything:
        book.note(
            f"as-it-is:{app.name}",
            f"{app.name} needs no files: its image is deployed as it is",
            f"aptible deploy --app {shlex.quote(app.name)} --docker-image"
            f" {shlex.quote(image) if image else 'IMAGE'}",
            evidence(app.where, f"image {image}"),
        )
        return []
    _say_what_to_do(book, app, _folder_name(project, app), here=bool(copied))
    if image and not read_image(image).digest and read_image(image).tag in ("", "latest"):
        book.warn(
            f"moving-tag:{app.name}",
            f"{image} is another image tomorrow: nothing in its name holds it",
            "name a version, or its digest, as docker image inspect shows it",
            evidence(app.where, f"image {image}"),
        )
    path = f"{folder}Dockerfile"
    start = Line(
        text=f"FROM --platform=linux/amd64 {image or 'IMAGE'}",
        rule="F80",
        evidence=(evidence(app.where, f"image {image}" if image else "an image with no name yet"),),
    )
    dockerfile = GeneratedFile(
        path=path,
        lines=(Line(text="# Written by moveday."), start, *made.lines),
        before=book.view.read(path),
    )
    return [*_unhidden(book, "", made.lines if copied else (), files), dockerfile, *made.files]


def _unhidden(
    book: Notebook, context: str, lines: Sequence[Line], files: list[GeneratedFile]
) -> list[GeneratedFile]:
    """Their .dockerignore, where it would keep from the build what our lines copy."""
    paths = [line.text.split()[1] for line in lines if line.text.startswith("COPY ")]
    earlier = next((file for file in files if file.path == f"{context}{IGNORES}"), None)
    changed = let_through(book, context, paths, earlier)
    return [changed] if changed is not None else []


def _of_build(
    book: Notebook, project: ImageProject, app: AppGroup, files: list[GeneratedFile]
) -> list[GeneratedFile]:
    """Our lines in their own Dockerfile, and what they copy beside it."""
    build = OwnBuild(book, app, project.base if project.base is not None else "..")
    if app.absent:
        book.warn(
            f"absent:{app.name}",
            f"{app.name} is built from {app.absent}, which is not here",
            "check it out (a git submodule is a checkout of its own), and run again",
            evidence(app.where, f"build {app.build}"),
        )
    for finding, title, remedy in stage_warning(app, pushed=False):
        book.warn(finding, title, remedy, evidence(app.where, f"target {app.target}"))
    inner = f"{FOLDER}/{_folder_name(project, app)}/"
    launches = _launches(book, project, app, build)
    folder = f"{build.folder}{inner}" if build.reachable else inner
    copied = (
        copies(book, app, project.found.volumes, project.base, build.folder)
        if build.reachable
        else ()
    )
    made = AppFiles(book, project.found, app, launches, folder, inner, copied=copied).made()
    if not made.anything:
        _say_arguments(book, app)
        _say_stage(book, app)
        return []
    earlier = next((file for file in files if file.path == build.path), None)
    changed = build.with_lines(made.lines, earlier)
    if changed is None:
        book.warn(
            f"dockerfile:{app.name}",
            f"the Dockerfile of {app.name} is not in this folder: its lines are not written",
            "put these at its end, and the files where they name them: "
            + "; ".join(line.text for line in made.lines),
            evidence(app.where, f"build {app.build}"),
        )
        return list(made.files)
    book.note(
        f"built:{app.name}",
        f"{app.name} is built by its own Dockerfile, deploy it from that image",
        f"build it for linux/amd64{stage_option(app)}{_arguments(app)}, push it to your registry,"
        " then aptible deploy --docker-image; a deploy by git push would read Procfile and"
        " .aptible.yml in the repository's root instead",
        evidence(app.where, f"build {app.build}"),
    )
    return [*_unhidden(book, build.folder, made.lines, files), changed, *made.files]


def _arguments(app: AppGroup) -> str:
    """The options that give a build its arguments: from the shell, so that no value is here."""
    return "".join(f" --build-arg {shlex.quote(name)}" for name in app.args)


def _say_arguments(book: Notebook, app: AppGroup) -> None:
    if app.args:
        book.note(
            f"build-args:{app.name}",
            f"the build of {app.name} takes arguments: {', '.join(app.args)}",
            f"docker build{stage_option(app)}{_arguments(app)}, with each of them in your shell",
            evidence(app.where, f"build {app.build}"),
        )


def _say_stage(book: Notebook, app: AppGroup) -> None:
    if not app.args and not is_last(app):
        book.note(
            f"build-stage:{app.name}",
            f"{app.name} is one stage of its Dockerfile: {app.target}",
            f"docker build --platform linux/amd64{stage_option(app)}; a git push would build"
            f" {last_of(app)}",
            evidence(app.where, f"target {app.target}"),
        )


def _launches(
    book: Notebook, project: ImageProject, app: AppGroup, build: OwnBuild | None
) -> Launches:
    processes = tuple(p for p in project.found.processes if p.app == app.name)
    told = ToldImage() if build is None else build.image
    return Launches(book, app, processes, project.secret, told)


def asked_image(book: Notebook, app: AppGroup) -> str:
    """The name of an image that is a variable; "" while it is open."""
    given = ask_read(
        book,
        f"image/{app.name}",
        f"Which image does {app.name} run?",
        "its name is a variable without a value here, or no name that an image can have",
        image_name,
        evidence(app.where, "an image with a variable in its name"),
    )
    return given or ""


def image_name(text: str) -> str | None:
    """A text that an image can be called by; None for others."""
    name = text.strip()
    good = bool(name) and name.isascii() and not any(c.isspace() or c == "$" for c in name)
    return name if good else None


def _folder_name(project: ImageProject, app: AppGroup) -> str:
    return plain_names(each.name for each in project.found.apps)[app.name]


def _say_what_to_do(book: Notebook, app: AppGroup, name: str, *, here: bool) -> None:
    tag = f"REGISTRY/{name.lower()}:TAG"
    own = f"{FOLDER}/{name}"
    # What it copies of the project lies beside it, not below its own folder.
    context = f"-f {own}/Dockerfile ." if here else own
    book.note(
        f"build:{app.name}",
        f"{app.name} is deployed from an image of your own, made from theirs",
        f"docker build --platform linux/amd64 -t {tag} {context}"
        f"{', in this folder' if here else ''}; docker push {tag}; aptible deploy --app {name}"
        f" --docker-image {tag}",
        evidence(app.where, f"{app.name}"),
    )
