"""Results in words, for people who did not ask for JSON."""

from wizard.forecast.durations import duration
from wizard.model.database import Check, Verdict
from wizard.model.inventory import Inventory
from wizard.model.runs import Forecast, Outage, Run
from wizard.safety.clean import clean
from wizard.steps.cutover import CutOver, RolledBack
from wizard.steps.deploy import Deployed, DeployPlan
from wizard.steps.files import FilesFound
from wizard.steps.rehearsal import Rehearsed
from wizard.steps.report import ReportWritten


def inventory_words(found: Inventory) -> str:
    """Everything the app is made of, one line each."""
    release = found.release
    lines = [
        f"{found.app} on {found.source} ({found.region}, {found.stack})",
        f"release: v{release.version}, commit {release.commit[:12]}" if release else "no release",
        "",
        "processes",
        *(f"  {p.name:<10} {p.quantity} × {p.size}  {p.command}" for p in found.processes),
        "",
        f"variables ({len(found.variables)})",
        *(f"  {v.name:<28} {v.origin} {v.owner}".rstrip() for v in found.variables),
        "",
        "add-ons",
        *(f"  {a.name:<32} {a.plan}" for a in found.addons),
        "",
        "domains",
        *(f"  {d.hostname:<36} → {d.target or 'the platform’s own name'}" for d in found.domains),
        "",
        "databases",
        *(f"  {d.variable:<16} {d.engine} {d.version}  {d.plan}" for d in found.databases),
    ]
    if found.gaps:
        lines += ["", "not known", *(f"  {g.subject}: {g.reason}" for g in found.gaps)]
    return "\n".join(lines)


def deploy_plan_words(plan: DeployPlan) -> str:
    """Every operation a deploy would do."""
    lines = [f"deploy plan {plan.hash[:12]}, commit {plan.commit[:12]}"]
    for operation in plan.operations:
        mark = "there already" if operation.there else "to do"
        lines.append(f"  {operation.title:<58} {mark}")
    kept = [n for n, a in plan.variables.items() if a in ("keep", "rewrite")]
    other = [f"{n} ({a})" for n, a in plan.variables.items() if a not in ("keep", "rewrite")]
    lines += ["", f"variables sent: {', '.join(kept)}", f"not sent: {', '.join(other) or 'none'}"]
    lines += ["", "nothing was changed; go ahead with moveday deploy --yes"]
    return "\n".join(lines)


def deployed_words(done: Deployed) -> str:
    """What a deploy proved, and the parity of variables that are not simply the same."""
    lines = [f"deployed as planned ({done.plan[:12]})"]
    lines += [f"  {what}" for what in done.evidence.values()]
    unusual = [row for row in done.parity if row.get("result") != "same"]
    lines += [f"  {row['name']}: {row['result']} ({row.get('because', '')})" for row in unusual]
    return "\n".join(lines)


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
    lines = [f"{run.mode} {run.number}: {run.outcome}", "", "tasks"]
    for task in run.tasks:
        down = "  users are down" if task.effect == "hard-down" else ""
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


def forecast_words(found: Forecast) -> str:
    """The forecast, what owns it, and what it rests on."""
    lines = [found.words or "nothing measured yet"]
    for share in found.shares:
        lines.append(f"  {share.title:<52} {duration(share.median):>8}  {share.basis}")
    lines.append(f"  measured share: {found.measured_share:.0%}")
    lines += [f"  stale: {reason}" for reason in found.stale]
    return "\n".join(lines)


def rehearsed_words(done: Rehearsed) -> str:
    """A rehearsal and its forecast."""
    return f"{run_words(done.run)}\n\nforecast\n{forecast_words(done.forecast)}"


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


def files_words(found: FilesFound) -> str:
    """Which of the target's files the commit holds."""
    lines = [f"commit {found.commit[:12]}", f"found: {', '.join(found.found) or 'none'}"]
    lines += [f"missing: {', '.join(found.missing)}"] if found.missing else []
    return "\n".join([*lines, *(f"! {note}" for note in found.notes)])
