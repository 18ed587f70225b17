"""`moveday database restore`: a dump file into a fresh database, each entry's fate by name."""

from pathlib import Path

import click

from wizard.cli.database_sides import Side, connections, sides
from wizard.cli.finish import finish
from wizard.cli.front import CommandLine
from wizard.cli.launchers import DatabaseTools
from wizard.cli.talk import show_marked
from wizard.engine.awake import kept_awake
from wizard.engine.events import Moving
from wizard.exits import Exit
from wizard.model.database import Finding
from wizard.model.dump import DumpRestored, DumpTrouble
from wizard.model.frozen import Frozen

_MOST_TOLD = 60
_WORST_FIRST = ("fatal", "review", "harmless")


class Restored(Frozen):
    """What was found before (nothing was changed then), or what became of the dump."""

    findings: tuple[Finding, ...] = ()
    restored: DumpRestored | None = None


@click.command()
@click.option(
    "--dump",
    required=True,
    type=click.Path(path_type=Path),
    help="latest.dump, a .sql (also packed with gzip, bzip2 or xz), a .tar or a folder.",
)
@sides("target")
@click.option("--yes", is_flag=True, help="Fill the target.")
@click.option("--resume", is_flag=True, help="Go on with this dump where it broke off.")
@click.option(
    "--accept",
    "accepted",
    multiple=True,
    metavar="RULE",
    help="A rule you have looked at and can live with; may be given several times.",
)
@click.pass_context
def restore(
    context: click.Context,
    named: tuple[Side, ...],
    as_json: bool,
    dump: Path,
    yes: bool,
    resume: bool,
    accepted: tuple[str, ...],
) -> None:
    """Restore a dump that you were handed into a fresh database, and count what arrived.

    Without --yes it only looks. Every statement is run by itself, and each that fails is named by
    its entry with a rule: harmless, to review (code 4, until --accept), or fatal (code 5). Nothing
    of the dump is written to this machine's disk.
    """

    async def work() -> Restored:
        tools: DatabaseTools = context.obj.database()
        (target,) = connections(tools, named)
        if not yes:
            return Restored(findings=tuple(await tools.restorer.preflight(dump, target)))
        front = CommandLine()
        async with kept_awake(tools.laptop, "a dump is restored", show_marked):
            done = await tools.restorer.restore(
                dump,
                target,
                resume=resume,
                accepted=frozenset(accepted),
                on_progress=lambda progress: front.hear(Moving("restore", progress)),
            )
        return Restored(findings=done.findings, restored=done)

    finish(work(), as_json=as_json, words=_words, code=_code)


def _code(done: Restored) -> Exit:
    found = done.restored
    if found is None:
        return Exit.BLOCKED
    if found.fatal or found.failures:
        return Exit.CHECK_FAILED
    return Exit.BLOCKED if found.to_review else Exit.DONE


def _words(done: Restored) -> str:
    if done.restored is None:
        return "\n".join([*_finding_lines(done.findings), _before(done.findings)])
    return "\n".join(_restored_lines(done.restored))


def _finding_lines(findings: tuple[Finding, ...]) -> list[str]:
    lines = []
    for one in findings:
        lines.append(f"{one.severity:<6} {one.rule:<6} {one.subject}: {one.detail}")
        lines += [f"              do: {one.remedy}"] if one.remedy else []
        lines += [f"              else: {one.otherwise}"] if one.otherwise else []
    return lines


def _before(findings: tuple[Finding, ...]) -> str:
    blocking = sum(one.severity == "block" for one in findings)
    if blocking:
        return f"{blocking} finding(s) block the restore; nothing was changed"
    return "nothing blocks the restore; nothing was changed, say --yes"


def _restored_lines(done: DumpRestored) -> list[str]:
    lines = [f"{done.bytes / 1e6:.1f} MB in {done.seconds:.1f} s, {done.statements} statements"]
    lines += [done.note] if done.note else []
    if done.left_out:
        lines.append("not run, on purpose:")
    for left in done.left_out:
        severity = "accepted" if left.rule in done.accepted else left.severity
        lines.append(f"  {left.rule:<5} {severity:<8} {left.statements} x {left.reason}")
        lines += [f"        {', '.join(left.examples)}"] if left.severity != "harmless" else []
    if done.troubles:
        lines.append("what the dump ran into:")
    worst_first = sorted(done.troubles, key=lambda one: _WORST_FIRST.index(one.severity))
    lines += [line for one in worst_first[:_MOST_TOLD] for line in _trouble_lines(one, done)]
    if len(done.troubles) > _MOST_TOLD:
        lines.append(f"  and {len(done.troubles) - _MOST_TOLD} more: --json names them all")
    lines += [
        f"  {one.kind:<14} {one.subject:<44} {one.result}"
        + (f": {one.detail}" if one.detail else f" ({one.target})")
        for one in done.checks
    ]
    return [*lines, _verdict(done)]


def _trouble_lines(one: DumpTrouble, done: DumpRestored) -> list[str]:
    severity = (
        "accepted" if one.rule in done.accepted and one.severity == "review" else one.severity
    )
    state = f" (SQLSTATE {one.sqlstate})" if one.sqlstate else ""
    line = f", line {one.line}" if one.line and done.format == "plain" else ""
    lines = [f"  {one.rule:<5} {severity:<8} {one.entry}{line}: {one.detail}{state}"]
    return lines + ([f"        do: {one.remedy}"] if one.remedy else [])


def _verdict(done: DumpRestored) -> str:
    harmless = sum(one.severity == "harmless" for one in done.troubles)
    counted = f"{done.rows} rows of {done.tables} tables counted in the dump and in the target"
    if done.fatal or done.failures:
        return (
            f"NOT restored whole: {len(done.fatal)} fatal, {len(done.failures)} counts differ;"
            " the target keeps its marker, --resume goes on, without it all begins anew"
        )
    if done.to_review:
        rules = " ".join(f"--accept {rule}" for rule in done.to_review)
        return (
            f"{counted}: the same. To be looked at by a person: {', '.join(done.to_review)};"
            f" then run it again with --resume {rules}"
        )
    return f"restored: {counted}, the same; {harmless} harmless messages"
