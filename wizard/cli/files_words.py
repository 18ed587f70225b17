"""Proposed files in words: diffs, evidence, findings, questions."""

from wizard.cli.files_check_words import checked_words
from wizard.cli.files_report import FilesReport
from wizard.engine.checkout_files import FilesRestored
from wizard.generate.because import RULES
from wizard.generate.hunks import numbered_diff
from wizard.generate.language_names import IMAGES, kind_of_app, language_name
from wizard.model.files import Finding, GeneratedFile, OpenQuestion, Proposal


def files_words(report: FilesReport) -> str:
    """Everything `moveday files` has to say, the questions last: that is where people look."""
    lines = [*_head(report), *_commit(report)]
    for file in report.proposal.files:
        if not file.changed:
            lines.append(f"{file.path}: right as it is")
            continue
        if report.explained:
            lines += ["", f"{file.path}, line by line", *explained(file)]
        if not report.written and report.check is None:
            lines += ["", numbered_diff(file)]
        elif report.check is not None:
            lines.append(f"{file.path}: {'new' if file.before is None else 'changed'}")
    if not report.proposal.files and not report.proposal.questions:
        lines.append("nothing to propose")
    lines += _findings(report.proposal)
    lines += _questions(report.proposal)
    lines += checked_words(report.check) if report.check else []
    return "\n".join([*lines, "", *_next(report)])


def explained(file: GeneratedFile) -> list[str]:
    """Each line, and below it the rule and the evidence."""
    rows: list[str] = []
    for line in file.lines:
        rows += [f"  │ {row}" for row in line.text.split("\n")]
        if not line.rule or line.rule == "F27":
            continue
        sure = "" if line.confidence == "certain" else f" ({line.confidence})"
        rows.append(f"  └─ {line.rule}: {RULES[line.rule]}{sure}")
        rows += [f"       {evidence}" for evidence in line.evidence[:6]]
        if len(line.evidence) > 6:
            rows.append(f"       and {len(line.evidence) - 6} more")
    return rows


def findings_words(proposal: Proposal) -> str:
    """What is worth knowing before somebody decides."""
    return "\n".join(_findings(proposal))


def restored_words(done: FilesRestored) -> str:
    """What an undo did."""
    rows = [f"restored: {', '.join(done.restored)}"] if done.restored else []
    rows += [f"removed, since it was new: {', '.join(done.removed)}"] if done.removed else []
    return "\n".join([*rows, f"from {done.backup}"])


def _head(report: FilesReport) -> list[str]:
    proposal = report.proposal
    if not proposal.main:
        return ["the language is open"]
    helpers = " and ".join(map(language_name, proposal.helpers))
    helped = f", with {helpers}" if helpers else ""
    signs = next((m.evidence for m in proposal.matches if m.language == proposal.main), ())
    where = ", ".join(dict.fromkeys(e.path for e in signs[:4]))
    return [f"{kind_of_app(proposal.main)}{helped} ({where})"]


def _commit(report: FilesReport) -> list[str]:
    found = report.commit
    if found is None:
        return [f"! {report.commit_reason}"] if report.commit_reason else []
    lines = [
        f"commit to deploy {found.commit[:12]}, has: {', '.join(found.found) or 'none of them'}"
        if found.commit
        else "no commit to deploy yet"
    ]
    lines += [f"  missing: {', '.join(found.missing)}"] if found.missing else []
    return [*lines, *(f"! {note}" for note in found.notes)]


def _findings(proposal: Proposal) -> list[str]:
    if not proposal.findings:
        return []
    order = sorted(proposal.findings, key=lambda finding: finding.level != "warn")
    lines = ["", f"worth knowing ({len(order)})"]
    for finding in order:
        lines += _finding(finding)
    return lines


def _finding(finding: Finding) -> list[str]:
    mark = "!" if finding.level == "warn" else "·"
    lines = [f"{mark} {finding.title}"]
    lines += [f"    → {finding.remedy}"] if finding.remedy else []
    lines += [f"    {evidence}" for evidence in finding.evidence[:4]]
    return lines


def _questions(proposal: Proposal) -> list[str]:
    if not proposal.questions:
        return []
    lines = ["", f"open questions ({len(proposal.questions)})"]
    for item in proposal.questions:
        lines += _question(item)
    return lines


def _question(item: OpenQuestion) -> list[str]:
    question = item.question
    lines = [f"? {question.id}: {question.text}", f"    {question.why}"]
    lines += [f"    found: {evidence}" for evidence in item.found[:8]]
    if question.choices:
        lines.append(f"    answers: {', '.join(question.choices)}")
    if question.flag:
        example = question.choices[0] if question.choices else "…"
        lines.append(f'    in a file for --answers: "{question.id}": "{example}"')
    return lines


def _next(report: FilesReport) -> list[str]:
    if report.written:
        lines = [
            f"written: {', '.join(report.written)}",
            f"as they were: {report.backup} (moveday files --undo brings them back)",
            "now build the images, push them, and deploy from them, as said above"
            if report.proposal.main == IMAGES and not report.planned
            else "now read them, `git add` and commit them: a deploy takes the commit, not the"
            " folder",
        ]
        if report.planned and report.proposal.main != IMAGES:
            lines.append(
                "and name that commit in moveday.yaml (`commit:`), since what runs is older"
            )
        return lines
    if report.proposal.questions:
        return ["nothing was written; answer what is open and run again"]
    if report.proposal.changes:
        return ["nothing was written; moveday files --write --yes writes this"]
    return ["nothing to write"]
