"""`moveday database …`: preflight, copy and verify between any two Postgres servers."""

import secrets
from collections.abc import Callable
from contextlib import AsyncExitStack

import click

from wizard.cli.database_sides import Side, connections, sides
from wizard.cli.front import CommandLine
from wizard.cli.launchers import DatabaseTools
from wizard.cli.talk import show
from wizard.cli.work import finish
from wizard.engine.events import Moving
from wizard.errors import BlockedError, CheckFailedError
from wizard.model.database import Finding, MoveProgress, MoveResult, Verdict
from wizard.model.frozen import Frozen


class Findings(Frozen):
    """What preflight found."""

    findings: tuple[Finding, ...]


class Copied(Frozen):
    """A finished copy and its verdict, made inside the copy's own snapshot."""

    move: MoveResult
    verdict: Verdict


def _progress(task: str) -> Callable[[MoveProgress], None]:
    front = CommandLine()
    return lambda progress: front.hear(Moving(task, progress))


@click.group()
def database() -> None:
    """Look at, copy and compare Postgres databases. Needs no account and no plan."""


@database.command()
@sides("source", "target")
@click.pass_context
def preflight(context: click.Context, named: tuple[Side, ...], as_json: bool) -> None:
    """Say what would go wrong, before the first byte. Changes nothing."""

    async def work() -> Findings:
        tools: DatabaseTools = context.obj.database()
        source, target = connections(tools, named)
        found = Findings(findings=tuple(await tools.probe.preflight(source, target)))
        blocking = [f for f in found.findings if f.severity == "block"]
        if blocking:
            show(_findings_words(found))
            raise BlockedError(f"{len(blocking)} finding(s) block the move", blocking[0].detail)
        return found

    finish(work(), as_json=as_json, words=_findings_words)


@database.command()
@sides("source", "target")
@click.option("--yes", is_flag=True, help="Fill the target.")
@click.option("--jobs", type=click.IntRange(1, 64), default=None, help="Copy workers.")
@click.pass_context
def copy(
    context: click.Context,
    named: tuple[Side, ...],
    as_json: bool,
    yes: bool,
    jobs: int | None,
) -> None:
    """Copy everything into a fresh target, and prove it inside the same snapshot."""

    async def work() -> Copied:
        if not yes:
            raise BlockedError("this fills the target", "nothing was changed", "say --yes")
        tools: DatabaseTools = context.obj.database()
        source, target = connections(tools, named)
        move_id = f"copy-{secrets.token_hex(6)}"
        async with AsyncExitStack() as stack:
            snapshot = await stack.enter_async_context(tools.probe.snapshot(source))
            move = await tools.mover.copy(
                source,
                target,
                snapshot=snapshot,
                move_id=move_id,
                on_progress=_progress("copy"),
                jobs=jobs,
            )
            verdict = await tools.verifier.verify(
                source, target, snapshot=snapshot, on_progress=_progress("verify")
            )
        _refuse(verdict)
        await tools.mover.remove_marker(target, move_id)
        return Copied(move=move, verdict=verdict)

    finish(work(), as_json=as_json, words=_copied_words)


@database.command()
@sides("source", "target")
@click.pass_context
def verify(context: click.Context, named: tuple[Side, ...], as_json: bool) -> None:
    """Compare two databases, item by item. Changes nothing; nobody should be writing."""

    async def work() -> Verdict:
        tools: DatabaseTools = context.obj.database()
        source, target = connections(tools, named)
        verdict = await tools.verifier.verify(
            source, target, snapshot=None, on_progress=_progress("verify")
        )
        _refuse(verdict)
        return verdict

    finish(work(), as_json=as_json, words=_verdict_words)


def _refuse(verdict: Verdict) -> None:
    if not verdict.passed:
        lines = [f"{c.kind} {c.subject}: {c.result} {c.detail}" for c in verdict.failures[:50]]
        raise CheckFailedError("the two databases differ", "\n".join(lines))


def _findings_words(found: Findings) -> str:
    lines = [f"{f.severity:<6} {f.rule:<6} {f.subject}: {f.detail}" for f in found.findings]
    return "\n".join(lines) or "nothing found"


def _verdict_words(verdict: Verdict) -> str:
    rows = [f"  {c.kind:<18} {c.subject:<44} {c.result}" for c in verdict.checks]
    return "\n".join([*rows, f"{len(rows)} checks in {verdict.seconds:.1f} s: the same"])


def _copied_words(done: Copied) -> str:
    move = done.move
    lines = [f"{move.bytes / 1e6:.1f} MB in {move.seconds:.1f} s"]
    lines += [f"  {p.name:<30} {p.seconds:8.2f} s" for p in move.phases]
    return "\n".join([*lines, _verdict_words(done.verdict)])
