"""The portal's image: the program that clinics share, and what this one adds."""

import shutil
from pathlib import Path

from providers.sandbox.containers.image import ContainerImage
from providers.sandbox.scenarios.acme_clinic.repository_maker import APP
from providers.sandbox.scenarios.northside_clinic.account import REPOSITORY, TAG

PROGRAM = "srv/portal"
_SHARED = ("web.py", "worker.py", "clock.py", "migrate.py", "migrations")
_OWN = Path(__file__).parent / "image"


def make_image(folder: Path) -> ContainerImage:
    """Put its files together below `folder`, which must not exist."""
    program = folder / PROGRAM
    shutil.copytree(_OWN, program, ignore=shutil.ignore_patterns("__pycache__"))
    for name in _SHARED:
        copy = shutil.copytree if (APP / name).is_dir() else shutil.copy
        copy(APP / name, program / name)
    return ContainerImage(
        name=REPOSITORY,
        tag=TAG,
        content=folder,
        env={"PORT": "8000"},
        command=("python", "portal.py"),
        working_dir=f"/{PROGRAM}",
        ports=(8000,),
    )
