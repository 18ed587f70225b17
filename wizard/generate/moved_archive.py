"""Is anything installed by apt-get in an image whose Debian moved to the archive?"""

from wizard.generate.base_image import gone_debian, parts
from wizard.generate.notebook import Notebook
from wizard.generate.recipe import Recipe
from wizard.generate.tables.releases import NODE, PYTHON
from wizard.model.files import Evidence

_CHOICES = {
    "node": tuple(str(major) for major in NODE),
    "python": tuple(f"{major}.{minor}" for major, minor in PYTHON),
}


def ask_where_apt_fails(book: Notebook, recipe: Recipe) -> None:
    """Such an image can be pulled, but apt-get fails in it: asked before anybody waits for that."""
    stages = [(stage.base, stage.packages) for stage in recipe.stages]
    for base, packages in [*stages, (recipe.base, recipe.packages)]:
        image = base.text.split()[1]
        language, tag = parts(image)
        if not packages.wanted or packages.first or language not in _CHOICES:
            continue
        if release := gone_debian(image):
            names = ", ".join(sorted(packages.wanted))
            places: tuple[Evidence, ...] = tuple(e for e in base.evidence)
            book.ask(
                f"{language}-version-gone",
                f"{language} {tag.removesuffix('-slim')} has no image in which apt-get still works:"
                " which version shall it be?",
                f"{image} stands on {release}, whose archive moved, and the app needs {names}",
                choices=_CHOICES[language],
                found=(*places, *(e for found in packages.wanted.values() for e in found)),
            )
