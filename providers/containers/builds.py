"""How an app's image is built: arguments, what is not there, what its Dockerfile names."""

from collections.abc import Mapping
from posixpath import join, normpath

from providers.containers.files import ProjectFiles
from wizard.formats.compose.service import Build, Service
from wizard.formats.dockerfile import from_parts, read_dockerfile
from wizard.formats.dockerfile_image import told_image
from wizard.formats.errors import FormatError
from wizard.model.containers import AppGroup


def with_build(app: AppGroup, services: Mapping[str, Service], files: ProjectFiles) -> AppGroup:
    """The app with what is seen of its build; as it is when it has none."""
    builds = [build for name in app.processes if (build := services[name].build) is not None]
    if not builds:
        return app
    names = dict.fromkeys(name for build in builds for name in build.args)
    path = "" if builds[0].inline else _dockerfile(builds[0])
    text = builds[0].inline or (files.text(path) if path else None) or ""
    return app.model_copy(
        update={
            "args": tuple(names),
            "absent": _absent(builds[0], path, files),
            "commanded": _commanded(text, app.target),
            "stages": _stages(text) if app.target else (),
        }
    )


def _dockerfile(build: Build) -> str:
    """Its path; "" when it lies elsewhere than on this machine."""
    remote = "://" in build.context or build.context.startswith(("git@", "github.com"))
    return "" if remote else normpath(join(build.context, build.dockerfile or "Dockerfile"))


def _absent(build: Build, path: str, files: ProjectFiles) -> str:
    if not path or files.is_file(path):
        return ""
    return path if files.is_folder(build.context) else build.context


def _commanded(text: str, target: str) -> bool:
    try:
        return bool(text) and told_image(read_dockerfile(text), target).command is not None
    except FormatError:
        return False


def _stages(text: str) -> tuple[str, ...]:
    """The names of its stages in their order; "" for one without a name."""
    try:
        found = read_dockerfile(text).instructions if text else ()
    except FormatError:
        return ()
    return tuple(from_parts(each.rest)[1] for each in found if each.word == "FROM")
