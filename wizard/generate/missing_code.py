"""Is the app's code in the repository at all, or did a buildpack bring it?"""

from wizard.generate.detect import Detection
from wizard.generate.notebook import Notebook
from wizard.model.files import Evidence

_SAME = {"java": {"java", "gradle", "scala", "clojure"}, "node": {"node"}}


def code_missing(book: Notebook, detection: Detection) -> bool:
    """Whether no file of the main language lies here while an unknown buildpack was used; asks."""
    unknown = [p for p in detection.buildpacks if not p.key and not p.language]
    languages = {pack.language for pack in detection.buildpacks if pack.language}
    wanted = _SAME.get(detection.main, {detection.main}) | languages
    if not unknown or any(match.language in wanted for match in detection.matches):
        return False
    there = [Evidence(path=p, fact="is there") for p in book.present("Procfile", "app.json")]
    book.ask(
        "code-from-buildpack",
        f"the app's code is not in this repository: {unknown[0].name[:120]} brought it",
        "no Dockerfile can be made from what is here; deploy the image that the software's makers "
        "publish, with this repository's settings, or write a Dockerfile that starts FROM it",
        found=(*(pack.evidence for pack in unknown), *there),
    )
    return True
