"""`moveday files` for a project of plain files: what each app's image has to get."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

from pydantic import SecretStr

from wizard.cli.launchers import Launchers
from wizard.cli.project_command import FilesAsked, chosen_look, look_again
from wizard.engine.project_look import LastLook, remember_look
from wizard.errors import UsageError
from wizard.model.files import Proposal
from wizard.model.inventory import Inventory
from wizard.model.remote_image import RegistryLogin
from wizard.model.repo_view import RepoView
from wizard.ports.look import Looked
from wizard.rules.pricing import completed
from wizard.rules.project_mapping import NO_ACCOUNT, map_project
from wizard.safety.redact import REDACTOR
from wizard.steps.images_check import PASSWORD, USER


def wanted_for_project(folder: Path, asked: FilesAsked) -> bool:
    """Whether the files of a project's images are meant, not those of a checkout's code."""
    return asked.anything or asked.looked_before(folder)


async def project_files(
    launchers: Launchers,
    folder: Path,
    asked: FilesAsked,
    view: RepoView,
    today: date,
    answers: Mapping[str, str],
    environ: dict[str, str],
) -> tuple[Proposal, Inventory, frozenset[str]]:
    """The proposal, what it was made from, and which answers `moveday map` takes of the project.

    What the command line named is remembered.

    Raises UsageError when there is no project that can be read.
    """
    from wizard.generate.images import ImageProject, propose_for_images

    look = chosen_look(folder, asked)
    seen = await look_again(launchers, folder, look, environ)
    if asked.anything:
        remember_look(folder, look)
    project = ImageProject(seen.inventory, _base(folder, look), _holds_a_secret)
    return propose_for_images(view, project, today, answers), seen.inventory, _of_the_map(seen)


def _of_the_map(seen: Looked) -> frozenset[str]:
    """What the mapping asks or offers to have answered, by id."""
    rates = completed(None, NO_ACCOUNT)
    whole = map_project(seen.inventory, seen.values, seen.by_hand, rates, {})
    return frozenset(w.question.id for w in (*whole.questions, *whole.offers))


def registry_login(environ: Mapping[str, str]) -> RegistryLogin | None:
    """Who may pull, by the environment. UsageError when it names one half of it."""
    user, password = environ.get(USER, ""), environ.get(PASSWORD, "")
    if not user and not password:
        return None
    if not (user and password):
        raise UsageError(f"{USER} and {PASSWORD} go together", "one of them is not set")
    return RegistryLogin(user, SecretStr(password))


def _holds_a_secret(text: str) -> bool:
    return REDACTOR.redact(text) != text


def _base(folder: Path, look: LastLook) -> str | None:
    """The project's folder, seen from where files are written; None when it lies elsewhere."""
    root = Path(look.files[0]).resolve().parent if look.files else folder
    if not root.is_relative_to(folder):
        return None
    inner = root.relative_to(folder).as_posix()
    return "" if inner == "." else inner
