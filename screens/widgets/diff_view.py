"""One proposed file: as a diff whose hunks are taken or left out, or line by line with evidence."""

from collections.abc import Collection

from textual.containers import VerticalScroll
from textual.content import Content
from textual.highlight import highlight
from textual.style import Style
from textual.widgets import Static

from wizard.generate.because import RULES
from wizard.generate.hunks import Hunk, hunks_of
from wizard.model.files import GeneratedFile
from wizard.safety.clean import clean

_LONGEST = 60_000
_LONGEST_ROW = 2_000
_KEYS = "j, k: to a hunk · t: take it · d: leave it out"


class DiffView(Static):
    """Coloured by the diff's own signs, which stand there without colour as well."""

    def __init__(self) -> None:
        super().__init__("", id="diff", markup=False)
        self._rows: dict[int, int] = {}

    def tell(
        self,
        file: GeneratedFile | None,
        *,
        explained: bool,
        out: Collection[int] = (),
        here: int = 1,
    ) -> None:
        """Show one file; None shows nothing. `out`: hunks left out; `here`: the one in hand."""
        self._rows = {}
        if file is None:
            self.update("")
        elif explained:
            self.update(Content(clean(explanation(file), _LONGEST, lines=True)))
        elif not file.changed:
            self.update("right as it is")
        else:
            self.update(self._diff(file, out, here))

    def show_hunk(self, number: int) -> None:
        """Scroll so that a hunk begins at the top."""
        above = self.parent
        if isinstance(above, VerticalScroll):
            row = self._rows.get(number, 0) if number > 1 else 0
            above.scroll_to(y=row, animate=False)

    def _diff(self, file: GeneratedFile, out: Collection[int], here: int) -> Content:
        source = "/dev/null" if file.before is None else f"a/{file.path}"
        names = "\n".join(
            clean(row, _LONGEST_ROW) for row in (f"--- {source}", f"+++ b/{file.path}")
        )
        parts, count = [highlight(names, language="diff")], 2
        hunks = hunks_of(file)
        if len(hunks) > 1:
            parts, count = [Content.styled(_KEYS, Style(dim=True)), *parts], count + 1
        for hunk in hunks:
            self._rows[hunk.number] = count
            count += 1 + len(hunk.rows)
            left = hunk.number in out
            sign = "▸" if hunk.number == here else " "
            place = hunk.header.rpartition(" ")[0]
            words = f"{sign} {hunk_words(hunk, len(hunks), left=left)}  {place}"
            parts.append(Content.styled(words, Style(bold=hunk.number == here, dim=left)))
            if hunk.rows:
                text = "\n".join(clean(row, _LONGEST_ROW) for row in hunk.rows)
                shown = highlight(text, language="diff")
                parts.append(shown.stylize(Style(dim=True)) if left else shown)
        return Content("\n").join(parts)


def hunk_words(hunk: Hunk, total: int, *, left: bool) -> str:
    """Which hunk it is, and whether it would be written."""
    return f"hunk {hunk.number} of {total}: {'left out' if left else 'taken'}"


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
