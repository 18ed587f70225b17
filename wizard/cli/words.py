"""Results in words, for people who did not ask for JSON."""

from wizard.cli.forecast_words import forecast_words, outlook_words
from wizard.model.database import Check, Verdict
from wizard.model.runs import Outage, Run
from wizard.safety.clean import clean
from wizard.steps.cutover import CutOver
from wizard.steps.rehearsal import Rehearsed
from wizard.steps.report import ReportWritten
from wizard.steps.rollback import RolledBack


def outage_words(outage: Outage) -> str:
    """The outage in its three figures."""
    figures = (
        ("service ready (the new side answers)", outage.service_ready),
        ("switch seen (authoritative servers)", outage.switch_seen),
        ("by the book done (low TTL run out)", outage.book_done),
        ("what visitors saw", outage.visitors),
    )
    return "\n".join(
        f"  {name:<40} {'not measured' if value is None else f'{value:.1f} s'}"
        for name, value in figures
    )


def run_words(run: Run) -> str:
    """One run: tasks with times, the move's phases, the outage, the verdict per table."""
    lines = [f"{run.mode} {run.number}: {run.outcome}"]
    lines += [f"counts for no forecast: {run.void}"] if run.void else []
    lines += ["", "tasks"]
    users = "users are down" if run.mode == "live" else "users would be down"
    for task in run.tasks:
        down = f"  {users}" if task.effect == "hard-down" else ""
        truth = "" if task.fidelity == "real" else f"  ({task.fidelity})"
        lines.append(f"  {task.title:<52} {task.seconds:8.1f} s{truth}{down}")
    if run.move:
        lines += ["", f"the data move: {run.move.bytes / 1e6:.1f} MB in {run.move.seconds:.1f} s"]
        lines += [f"  {p.name:<30} {p.seconds:8.2f} s" for p in run.move.phases]
    lines += ["", "outage, from the maintenance page on", outage_words(run.outage)]
    if run.verdict:
        lines += ["", "proof per table"]
        lines += [f"  {line}" for line in table_lines(run.verdict)]
        rest = [c for c in run.verdict.checks if c.kind not in ("rows", "checksum")]
        same = sum(c.result in ("same", "explained") for c in rest)
        lines.append(
            f"  and {same} of {len(rest)} sequences, indexes, constraints and other objects"
        )
    return "\n".join(lines)


def table_lines(verdict: Verdict) -> list[str]:
    """One line per table: how many rows, and whether count and checksum are the same."""
    found: dict[str, dict[str, Check]] = {}
    for check in verdict.checks:
        if check.kind in ("rows", "checksum"):
            found.setdefault(check.subject, {})[check.kind] = check
    lines = []
    for table, checks in found.items():
        rows, checksum = checks.get("rows"), checks.get("checksum")
        count = f"{rows.source} rows {rows.result}" if rows else "rows not counted"
        proof = f"checksum {checksum.result}" if checksum else "no checksum"
        lines.append(f"{clean(table):<40} {count:<20} {proof}")
    return lines


def rehearsed_words(done: Rehearsed) -> str:
    """A rehearsal, how it compares, and its forecast."""
    return f"{run_words(done.run)}\n\nforecast\n{outlook_words(done.forecast)}"


def cut_over_words(done: CutOver) -> str:
    """A cutover against its forecast."""
    return f"{run_words(done.run)}\n\nwhat was forecast\n{forecast_words(done.forecast)}"


def rolled_back_words(done: RolledBack) -> str:
    """A finished way back."""
    count = done.lost_writes or 0
    many = "an unknown number of" if count < 0 else str(count)
    lost = f"; {many} rows on the new side are lost" if count else ""
    return f"{done.kind} run {done.number} taken back in {done.seconds:.1f} s{lost}"


def report_words(done: ReportWritten) -> str:
    """What the report says in short, and where it is."""
    lines = [f"result: {done.result}", *(f"  {sentence}" for sentence in done.summary), ""]
    lines += [f"report: {done.markdown}", f"  as a page for the browser: {done.html}"]
    lines += [f"  for machines: {done.document}", f"journal head: {done.head}"]
    return "\n".join(lines)
