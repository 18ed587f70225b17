"""What a look at images has come to: files, questions and findings as one proposal."""

from collections.abc import Iterable

from wizard.generate.language_names import IMAGES
from wizard.generate.notebook import Notebook
from wizard.model.files import Evidence, GeneratedFile, LanguageMatch, Proposal
from wizard.model.inventory import Inventory


def outcome(book: Notebook, found: Inventory, files: Iterable[GeneratedFile]) -> Proposal:
    """The proposal for `found`, with what `book` has asked and noted."""
    places = dict.fromkeys(app.where.partition(":")[0] for app in found.apps)
    signs = tuple(Evidence(path=path, fact="names the images") for path in places)
    return Proposal(
        main=IMAGES,
        matches=(LanguageMatch(language=IMAGES, strong=True, evidence=signs),),
        files=tuple(files),
        questions=tuple(book.questions),
        findings=tuple(book.findings),
        answered=book.answered,
    )
