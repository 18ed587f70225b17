"""The one app of a plan, deployed by a git push: its files in the repository's root."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from wizard.formats.dockerfile_image import ToldImage
from wizard.formats.image_name import read_image
from wizard.generate.images.app_files import AppFiles
from wizard.generate.images.begin import begun
from wizard.generate.images.copies import copies
from wizard.generate.images.launch import Launches
from wizard.generate.images.layout import IN_ROOT
from wizard.generate.images.outcome import outcome
from wizard.generate.images.own_build import OwnBuild
from wizard.generate.images.places import evidence
from wizard.generate.images.propose import asked_image, image_name
from wizard.generate.notebook import Notebook
from wizard.model.containers import AppGroup
from wizard.model.files import Evidence, GeneratedFile, Line, Proposal
from wizard.model.inventory import Inventory
from wizard.model.remote_image import RemoteImage
from wizard.model.repo_view import RepoView
from wizard.rules.build_stages import stage_warning

DOCKERFILE, OURS = "Dockerfile", "# Written by moveday."


@dataclass(frozen=True)
class RootProject:
    """`found` holds one app; `told` is its image as a registry told it, None when none was asked.

    `secret` tells whether a text holds what must stand in no file.
    """

    found: Inventory
    told: RemoteImage | None
    secret: Callable[[str], bool] = field(repr=False)


def propose_in_root(
    view: RepoView, project: RootProject, today: date, answers: Mapping[str, str]
) -> Proposal:
    """The app's files, and a named question for what only the image knows."""
    book, found = begun(view, project.found, today, answers)
    project = replace(project, found=found)
    files: list[GeneratedFile] = []
    for app in project.found.apps:
        files += (
            _built(book, project, app) if _by_own(book, app) else _from_image(book, project, app)
        )
    return outcome(book, project.found, files)


def _by_own(book: Notebook, app: AppGroup) -> bool:
    """Whether the repository's own Dockerfile builds the new side; asked where both could."""
    own = book.text(DOCKERFILE)
    if app.build or not own.strip() or own.startswith(OURS):
        return bool(app.build)
    chosen = book.ask(
        f"build/{app.name}",
        f"Is {app.name} built from this Dockerfile on the new side, or from the image that runs"
        " today?",
        f"the repository has a Dockerfile of its own, and {app.image or app.name} runs: whether"
        " they are the same, you know",
        choices=("image", "dockerfile"),
        found=(Evidence(path=DOCKERFILE, line=1, fact="is in the repository's root"),),
    )
    return chosen == "dockerfile"


def _from_image(book: Notebook, project: RootProject, app: AppGroup) -> list[GeneratedFile]:
    """A Dockerfile that begins with the image that runs today."""
    told = project.told
    known = app.known and image_name(app.image) is not None
    image = app.image if known else asked_image(book, app)
    settings = ToldImage()
    if told is not None:
        settings = ToldImage(told.entrypoint, told.command, told.user or "root")
    made = _files(book, project, app, settings).made()
    place = evidence(app.where, f"image {image}" if image else "an image with no name yet")
    if told is not None and told.digest:
        name = f"{told.name}@{told.digest}"
        seen: tuple[Evidence, ...] = (
            place,
            Evidence(path="registry", fact=f"told {told.digest[:19]}… for {image}"),
        )
    else:
        name, seen = image or "IMAGE", (place,)
        _say_that_it_moves(book, app, image)
    dockerfile = GeneratedFile(
        path=DOCKERFILE,
        lines=(
            Line(text=OURS),
            Line(text=f"FROM {name}", rule="F80", evidence=seen),
            *made.lines,
        ),
        before=book.view.read(DOCKERFILE),
    )
    return [dockerfile, *made.files]


def _say_that_it_moves(book: Notebook, app: AppGroup, image: str) -> None:
    named = read_image(image) if image else None
    if named is None or named.digest:
        return
    moving = named.tag in ("", "latest")
    (book.warn if moving else book.note)(
        f"{'moving' if moving else 'by'}-tag:{app.name}",
        f"{image} is {'another image tomorrow' if moving else 'named by its tag'}: only a digest"
        " holds it",
        "moveday files --check asks its registry, and the next proposal names the digest",
        evidence(app.where, f"image {image}"),
    )


def _built(book: Notebook, project: RootProject, app: AppGroup) -> list[GeneratedFile]:
    """Our lines in their own Dockerfile, which has to be the one in the root."""
    own = app if app.build else app.model_copy(update={"build": "."})
    # A git push builds the last stage, whichever of them runs today.
    build = OwnBuild(book, own.model_copy(update={"target": ""}), "")
    for finding, title, remedy in stage_warning(app, pushed=True):
        book.warn(finding, title, remedy, evidence(app.where, f"target {app.target}"))
    if app.args:
        book.warn(
            f"build-args:{app.name}",
            f"its build takes arguments, and a build on Aptible passes none: {', '.join(app.args)}",
            "set them in the app's configuration before the first push, and load them in the RUN"
            " that needs them: set -a; . ./.aptible.env; set +a",
            evidence(app.where, f"build {app.build}"),
        )
    made = _files(book, project, app, build.image).made()
    changed = build.with_lines(made.lines, None)
    if changed is not None and build.path == DOCKERFILE:
        return [changed, *made.files]
    book.ask(
        f"dockerfile:{app.name}",
        f"{app.name} is built by {build.path or 'a Dockerfile that is not here'}, and a git push"
        " builds the Dockerfile in the repository's root only",
        "run moveday in the folder that it is built in, or put its Dockerfile there",
        found=(evidence(app.where, f"build {app.build}"),),
    )
    return list(made.files)


def _files(
    book: Notebook,
    project: RootProject,
    app: AppGroup,
    image: ToldImage,
) -> AppFiles:
    processes = tuple(p for p in project.found.processes if p.app == app.name)
    launches = Launches(book, app, processes, project.secret, image)
    copied = tuple(
        line
        for line in copies(book, app, project.found.volumes, "", "")
        if _pushed(book, app, line)
    )
    found = _without_contents(project.found)
    return AppFiles(book, found, app, launches, "", "", IN_ROOT, copied)


def _pushed(book: Notebook, app: AppGroup, line: Line) -> bool:
    """Whether what the line copies goes with a push: what the repository ignores does not."""
    path = line.text.split()[1]
    if any(e.path == path or e.path.startswith(f"{path}/") for e in book.view.entries()):
        return True
    book.warn(
        f"not-pushed:{app.name}:{path}",
        f"{path} is mounted today, and is no part of the repository: it is not copied",
        "commit it where it holds no secret, and run again; else give the app its content in"
        " another way",
        *line.evidence,
    )
    return False


def _without_contents(found: Inventory) -> Inventory:
    """The inventory without the variables that stand for mounted files: those are their holders."""
    places = {f"{f.where}, read as {f.target}" for f in found.mounted_files}
    places |= {f.where for f in found.mounted_files if not f.target}
    variables = tuple(v for v in found.variables if v.where not in places)
    return found.model_copy(update={"variables": variables})
