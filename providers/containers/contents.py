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
    """Key → content of what is mounted as a file; what is no text in UTF-8 is not known.

    Also of what a person has to change: nobody may see what stands in it.
    """
    found: dict[str, SecretStr] = {}
    for each in mounted:
        tops: Mapping[str, TopFile] = {"secret": project.secrets, "config": project.configs}.get(
            each.kind, {}
        )
        top = tops.get(each.name)
        text = None if top is None else text_of(top, disk)
        if top is None and each.source:
            text = disk.text(each.source)
        if text is not None:
            found[content_key(each)] = SecretStr(text)
    return found


def text_of(top: TopFile, disk: ProjectFiles) -> str | None:
    """What a secret or config of the top level holds: told in the file, in another, or by a
    variable of `.env`; None when none of them tells it."""
    if top.content is not None:
        return top.content.value
    if top.environment:
        return disk.dotenv.get(top.environment)
    return disk.text(top.file) if top.file else None
