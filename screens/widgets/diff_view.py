"""One proposed file: as a diff, or line by line with the evidence."""

from textual.content import Content
from textual.highlight import highlight
from textual.widgets import Static

from wizard.generate.because import RULES
from wizard.model.files import GeneratedFile
from wizard.safety.clean import clean

_LONGEST = 60_000


class DiffView(Static):
    """Coloured by the diff's own signs, which stand there without colour as well."""

    def __init__(self) -> None:
        super().__init__("", id="diff", markup=False)

    def tell(self, file: GeneratedFile | None, *, explained: bool) -> None:
        """Show one file; None shows nothing."""
        if file is None:
            self.update("")
        elif explained:
            self.update(Content(clean(explanation(file), _LONGEST, lines=True)))
        else:
            text = clean(file.diff() or "right as it is", _LONGEST, lines=True)
            self.update(highlight(text, language="diff"))


def explanation(file: GeneratedFile) -> str:
    """Every line, and below it the rule and what it rests on."""
    rows: list[str] = []
    for line in file.lines:
        rows += [f"│ {row}" for row in line.text.split("\n")]
        if not line.rule:
            continue
        sure = "" if line.confidence == "certain" else f" ({line.confidence})"
        rows.append(f"  └ {line.rule}: {RULES.get(line.rule, '')}{sure}")
        rows += [f"      {evidence}" for evidence in line.evidence[:4]]
    return "\n".join(rows)
