"""An image that stands on an older Debian: packages by their names there, and where they lie."""

import re

from wizard.generate.recipe import Recipe
from wizard.generate.tables.ruby import OLDER_DEBIAN
from wizard.model.files import Line

_ARCHIVE = (
    "printf '%s\\n' 'deb http://archive.debian.org/debian buster main' "
    "'deb [check-valid-until=no] http://archive.debian.org/debian-security buster/updates main' "
    "> /etc/apt/sources.list"
)


def for_older_debian(recipe: Recipe) -> None:
    """Rename what Debian 12 calls otherwise; read Debian 10 from the archive it moved to."""
    for base, packages in [
        *((stage.base, stage.packages) for stage in recipe.stages),
        (recipe.base, recipe.packages),
    ]:
        debian = _debian(base)
        names = OLDER_DEBIAN.get(debian, {})
        packages.wanted = {names.get(name, name): e for name, e in packages.wanted.items()}
        if debian == "buster":
            packages.first = Line(text=f"RUN {_ARCHIVE}", rule="F40", evidence=base.evidence)


def _debian(base: Line) -> str:
    found = re.search(r"-(buster|bullseye)\b", base.text)
    return found.group(1) if found else ""
