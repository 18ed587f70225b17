"""A job's report in words: facts and findings of a probe, verdict and troubles of a copy."""

from wizard.cli.database_words import verdict_words, well
from wizard.exits import Exit
from wizard.forecast.durations import size
from wizard.model.database import Finding
from wizard.model.source_job import JobCompared, JobRead

_MOST_TABLES = 10


def findings_words(findings: tuple[Finding, ...]) -> str:
    """Every finding with what to do and what happens else; at the end whether one blocks."""
    lines = []
    for one in findings:
        lines.append(f"{one.severity:<6} {one.rule:<6} {one.subject}: {one.detail}")
        lines += [f"              do: {one.remedy}"] if one.remedy else []
        lines += [f"              else: {one.otherwise}"] if one.otherwise else []
    blocking = sum(one.severity == "block" for one in findings)
    if blocking:
        return "\n".join([*lines, f"{blocking} finding(s) block the move"])
    return "\n".join([*lines, f"nothing blocks the move; {len(findings)} finding(s)"])


def read_words(found: JobRead) -> str:
    """The database by its largest tables, then the findings."""
    facts = found.facts
    lines = [
        f"job {found.job}, asked {found.asked}: PostgreSQL {facts.version_text},"
        f" {size(facts.bytes)}, {facts.encoding}, {len(facts.tables)} tables",
        *(
            f"  {table.name:<44} {size(table.bytes):>10}, about {table.rows_estimate} rows"
            for table in facts.tables[:_MOST_TABLES]
        ),
    ]
    if len(facts.tables) > _MOST_TABLES:
        lines.append(f"  and {len(facts.tables) - _MOST_TABLES} smaller ones")
    named = ", ".join(f"{name} {version}" for name, version in sorted(facts.extensions.items()))
    lines.append(f"  extensions: {named or 'none'}")
    lines.append(findings_words(found.findings))
    if not found.whole:
        lines.append("not looked at: the target; name it with --target-env NAME")
    return "\n".join(lines)


def compared_code(found: JobCompared) -> Exit:
    """5 for a difference or what did not arrive, 3 when the comparison was not finished."""
    if found.verdict.broken_off and not found.fatal:
        return Exit.OUTSIDE
    return Exit.DONE if well(found.verdict) and not found.fatal else Exit.CHECK_FAILED


def compared_words(found: JobCompared) -> str:
    """A copy's phases and troubles, then the verdict, item by item."""
    lines = [f"job {found.job} ({found.kind}), asked {found.asked} by the source's clock"]
    lines += [f"  {phase.name:<44} {phase.seconds:8.2f} s" for phase in found.phases]
    lines += [f"  left behind: {entry}" for entry in found.left_out]
    if found.unproven:
        lines.append("  the target's certificate was not checked; the way there was encrypted")
    for one in found.troubles:
        state = f" (SQLSTATE {one.sqlstate})" if one.sqlstate else ""
        lines.append(f"  {one.rule:<5} {one.severity:<8} {one.entry}: {one.detail}{state}")
        lines += [f"        do: {one.remedy}"] if one.remedy else []
    lines.append(verdict_words(found.verdict))
    if found.accepted:
        lines.append("moveday's marker is taken out of the target")
    elif found.kind == "copy" and compared_code(found) is Exit.DONE:
        lines.append("the marker is still in the target: --accept takes it away")
    if found.fatal:
        lines.append(f"NOT copied whole: {len(found.fatal)} statement(s) failed, see above")
    return "\n".join(lines)
