"""Scripts of the repository that a buildpack ran around its build."""

from wizard.generate.notebook import Notebook
from wizard.generate.recipe import run
from wizard.model.files import Evidence, Line


def build_hook(book: Notebook, path: str) -> list[Line]:
    """The script at `path`, with configuration as the buildpack ran it; [] when there is none."""
    if not book.has(path):
        return []
    place = Evidence(path=path, fact="is the repository's own hook")
    entry = book.view.entry(path)
    direct = entry is not None and entry.executable and book.text(path).startswith("#!")
    return [run([f"./{path}" if direct else f"bash {path}"], "F18", place, configured=True)]
