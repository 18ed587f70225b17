"""What mounted files hold, as far as it was there to be read; for memory only."""

from collections.abc import Iterable, Mapping

from pydantic import SecretStr

from providers.containers.files import ProjectFiles
from wizard.formats.compose.project import Project, TopFile
from wizard.model.containers import MountedFile


def content_key(file: MountedFile) -> str:
    """How its content is called among a look's values, beside the variables of no app."""
    return f"{file.kind} {file.name} at {file.target} of {file.app}"


def contents(
    mounted: Iterable[MountedFile], project: Project, disk: ProjectFiles
) -> dict[str, SecretStr]:
    """Key → content of secrets and configs; what is no text in UTF-8 is not known."""
    found: dict[str, SecretStr] = {}
    for each in mounted:
        tops: Mapping[str, TopFile] = {"secret": project.secrets, "config": project.configs}.get(
            each.kind, {}
        )
        top = tops.get(each.name)
        text = None
        if top is not None and top.content is not None:
            text = top.content.value
        elif top is not None and top.file:
            text = disk.text(top.file)
        if text is not None:
            found[content_key(each)] = SecretStr(text)
    return found
