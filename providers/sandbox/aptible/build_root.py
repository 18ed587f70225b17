"""What a build on a known image makes: that image's files, and over them what COPY lines bring.

RUN lines are not run, as in every build of the sandbox: what they would prepare for another user is
not needed by processes that all run as one.
"""

import shutil
from pathlib import Path

from providers.sandbox.aptible.buildfiles import Build, BuildFailed
from providers.sandbox.containers.root import ContainerRoot


def assembled(checkout: Path, build: Build) -> str:
    """Make the file system beside the checkout; its path, "" for a build on anything else.

    Raises BuildFailed for a COPY of what is not in the repository.
    """
    if build.base is None:
        return ""
    root = ContainerRoot.copy_of(build.base.content, checkout.with_name(f"{checkout.name}-root"))
    for source, target in build.copies:
        _copy(checkout, source, root, target, build.working_dir)
    return str(root.folder)


def _copy(checkout: Path, source: str, root: ContainerRoot, target: str, inside: str) -> None:
    found = (checkout / source.lstrip("/")).resolve()
    if not found.exists() or not found.is_relative_to(checkout.resolve()):
        raise BuildFailed(f'COPY failed: file not found in build context: "{source}"')
    place = root.place(target if target.startswith("/") else f"{inside}/{target}")
    if found.is_dir():
        shutil.copytree(found, place, dirs_exist_ok=True, ignore=shutil.ignore_patterns(".git"))
        return
    if target.endswith(("/", ".")) or place.is_dir():
        place = place / found.name
    place.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(found, place)
