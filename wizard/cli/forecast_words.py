"""A forecast in words, for terminals of 80 columns: what it rests on, what one more run tells."""

import textwrap
from collections.abc import Iterator

from wizard.forecast.compare import Compared, Comparison
from wizard.forecast.durations import duration
from wizard.model.runs import Forecast, Share
from wizard.safety.clean import clean
from wizard.steps.rehearsal import Outlook

WIDTH = 80
_TITLE = 49


def forecast_words(found: Forecast) -> str:
    """The forecast itself: the sentence, each task's share, and whether it still holds."""
    lines = wrapped(found.words or "nothing measured yet")
    if found.shares:
        lines += ["", f"{'tasks with users down':<{_TITLE}} {'median':>9}  rests on"]
    lines += [_share_line(share) for share in found.shares]
    lines.append(f"measured share: {found.measured_share:.0%}")
    for reason in found.stale:
        lines += wrapped(f"stale: {reason}")
    return "\n".join(lines)


def outlook_words(found: Outlook) -> str:
    """The forecast, the newest run against the earlier ones, and what one more run would tell."""
    lines = [forecast_words(found)]
    for told in found.voided:
        lines += wrapped(f"counts for nothing: {told}")
    if found.comparison is not None:
        lines += ["", *comparison_lines(found.comparison)]
    lines += ["", "what one more run would tell"]
    for sentence in found.one_more.words:
        lines += wrapped(sentence, "  ")
    return "\n".join(lines)


def comparison_lines(found: Comparison) -> list[str]:
    """One run against earlier ones; nothing to compare with is said."""
    if not found.against:
        return [f"run {found.run}: no earlier good run to compare with"]
    numbers = ", ".join(map(str, found.against))
    lines = [f"run {found.run} against run(s) {numbers}"]
    if found.changed:
        for reason in found.changed:
            lines += wrapped(f"changed since: {reason}", "  ")
    else:
        lines.append("  nothing else changed: same release, schema, size, versions and path")
    for heading, rows in (("", found.tasks), ("phases of the data move", found.phases)):
        shown = [row for row in rows if row.earlier or row.effect == "hard-down"]
        if heading and shown:
            lines.append(f"  {heading}")
        for row in shown:
            lines += [] if row.alike else _compared(row)
        alike = [row.title for row in shown if row.alike]
        if alike:
            lines += wrapped(f"about the same: {', '.join(alike)}", "  ")
    return lines


def _share_line(share: Share) -> str:
    runs = f"{share.samples} run" + ("s" if share.samples != 1 else "")
    basis = f"{runs}, {share.fidelity}" if share.basis == "measured" else "assumed"
    if share.basis == "assumed" and share.fidelity == "tabletop":
        basis = "assumed, tabletop"
    return f"  {_short(share.title):<{_TITLE - 2}} {duration(share.median):>9}  {basis}"


def _compared(row: Compared) -> Iterator[str]:
    yield f"  {_short(row.title):<{_TITLE - 2}} {duration(row.seconds):>9}"
    yield f"      {row.words}"


def _short(title: str) -> str:
    return clean(title, _TITLE - 2)


def wrapped(text: str, indent: str = "") -> list[str]:
    """`text` in lines of at most 80 columns."""
    return textwrap.wrap(
        clean(text, 20_000), WIDTH, initial_indent=indent, subsequent_indent=indent
    ) or [""]
