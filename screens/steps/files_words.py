"""The words of the files' screen: one row a file, the commit, what a person should know."""

from wizard.model.files import Finding, Proposal
from wizard.safety.clean import clean
from wizard.steps.files import FilesFound


def row_of_file(path: str, changed: bool, mine: bool, share: str) -> str:
    """The file, and below it what becomes of it; `share` is "2 of 5 hunks", "" for all of it."""
    path = clean(path, 200)
    if not changed:
        return f"✓ {path}\n  right as it is"
    if mine:
        return f"– {path}\n  yours is kept"
    sign = "–" if share.startswith("0 ") else "▸"
    return f"{sign} {path}\n  {share or 'changed'}"


def commit_words(found: FilesFound | None) -> str:
    """What the commit to deploy has, and what is to be said about it."""
    if found is None:
        return "Nothing was looked at yet. r looks at the repository; it changes nothing."
    words = f"commit to deploy {found.commit[:12]} has: {', '.join(found.found) or 'none of them'}"
    if found.missing:
        words += f"; missing: {', '.join(found.missing)}"
    return clean("\n".join([words, *(f"! {note}" for note in found.notes)]), 1_200, lines=True)


def findings_words(proposal: Proposal | None) -> str:
    """Open questions first, then warnings, then notes."""
    if proposal is None:
        return ""
    lines = [f"? {waiting.question.text}" for waiting in proposal.questions]
    order = sorted(proposal.findings, key=lambda finding: finding.level != "warn")
    lines += [_finding(finding) for finding in order]
    return clean("\n".join(lines), 2_000, lines=True)


def _finding(finding: Finding) -> str:
    mark = "!" if finding.level == "warn" else "·"
    return f"{mark} {finding.title}" + (f" → {finding.remedy}" if finding.remedy else "")
