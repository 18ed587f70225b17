"""`moveday database …`: preflight, copy, verify, repair, clean between any two Postgres servers."""

import secrets
from collections.abc import Callable
from contextlib import AsyncExitStack

import click

from wizard.cli.database_clean import clean
from wizard.cli.database_job import job
from wizard.cli.database_job_words import findings_words
from wizard.cli.database_repair import repair
from wizard.cli.database_restore import restore
from wizard.cli.database_routes import Way, plain_way, routes, ssh_option, way_options
from wizard.cli.database_sides import Side, connections, sides
from wizard.cli.database_words import failure_lines, verdict_words, well
from wizard.cli.finish import finish
from wizard.cli.front import CommandLine
from wizard.cli.launchers import DatabaseTools
from wizard.cli.options import RateType
from wizard.cli.talk import show, show_marked
from wizard.engine.awake import kept_awake
from wizard.engine.events import Moving
from wizard.errors import BlockedError, CheckFailedError, OutsideError
from wizard.exits import Exit
from wizard.model.database import Finding, MoveProgress, MoveResult, Tier, Verdict
from wizard.model.frozen import Frozen

_SEEDS = 1_000_000
_COPY = "copy-"


class Findings(Frozen):
    """What preflight found."""

    findings: tuple[Finding, ...]

    @property
    def blocking(self) -> int:
        """How many of them stop the move."""
        return sum(finding.severity == "block" for finding in self.findings)


class Copied(Frozen):
    """A finished copy and its verdict, made inside the copy's own snapshot.

    `findings` are about the machine that carried it.
    """

    move: MoveResult
    verdict: Verdict
    findings: tuple[Finding, ...] = ()


def _progress(task: str) -> Callable[[MoveProgress], None]:
    front = CommandLine()
    return lambda progress: front.hear(Moving(task, progress))


@click.group()
def database() -> None:
    """Look at, copy and compare Postgres databases. Needs no account and no plan."""


@database.command()
@sides("source", "target")
@ssh_option
@click.pass_context
def preflight(
    context: click.Context, named: tuple[Side, ...], as_json: bool, target_ssh: str
) -> None:
    """Say what would go wrong, before the first byte. Changes nothing."""

    async def work() -> Findings:
        tools: DatabaseTools = context.obj.database()
        source, named_target = connections(tools, named)
        async with plain_way(target_ssh).open(tools, named_target) as target:
            return Findings(findings=tuple(await tools.probe.preflight(source, target)))

    finish(
        work(),
        as_json=as_json,
        words=lambda found: findings_words(found.findings),
        code=lambda found: Exit.BLOCKED if found.blocking else Exit.DONE,
    )


@database.command()
@sides("source", "target")
@click.option("--yes", is_flag=True, help="Fill the target.")
@click.option(
    "--jobs",
    type=click.IntRange(1, 64),
    default=None,
    help="Copying processes; by itself: by processors, free connections and the line.",
)
@click.option("--resume", is_flag=True, help="Go on with a copy that broke off in this target.")
@click.option(
    "--frozen",
    is_flag=True,
    help="With --resume: nobody has written to the source since it broke off.",
)
@click.option(
    "--limit",
    type=RateType(),
    default=None,
    metavar="RATE",
    help="Read rows from the source at no more than this, in all: 20MB/s, 160Mbit/s.",
)
@way_options
@click.pass_context
def copy(
    context: click.Context,
    named: tuple[Side, ...],
    as_json: bool,
    yes: bool,
    jobs: int | None,
    resume: bool,
    frozen: bool,
    limit: int | None,
    target_way: Way,
) -> None:
    """Copy everything into a fresh target, and prove it inside the same snapshot.

    --resume keeps what a broken-off copy has brought over if the source is the same since: proven
    by its server when nothing at all was written there, else by your word (--frozen), which the
    comparison at the end then tests. Otherwise it begins anew and says so.

    --limit spares the source while it serves its users: it holds for the rows of all copying
    processes together, not for the comparison, which the servers make by themselves.
    """

    async def work() -> Copied:
        if not yes:
            raise BlockedError("this fills the target", "nothing was changed", "say --yes")
        tools: DatabaseTools = context.obj.database()
        source, named_target = connections(tools, named)
        move_id = f"{_COPY}{secrets.token_hex(6)}"
        async with AsyncExitStack() as stack:
            target = await stack.enter_async_context(target_way.open(tools, named_target))
            owner = await tools.mover.owner(target) if resume else None
            if owner is not None and owner.startswith(_COPY):
                move_id = owner
            findings = await stack.enter_async_context(
                kept_awake(tools.laptop, "a database is copied", show_marked)
            )
            snapshot = await stack.enter_async_context(tools.probe.snapshot(source))
            move = await tools.mover.copy(
                source,
                target,
                snapshot=snapshot,
                move_id=move_id,
                on_progress=_progress("copy"),
                jobs=jobs,
                resume=resume,
                frozen=frozen,
                limit=limit,
            )
            if move.note:
                show(move.note)
            verdict = await tools.verifier.verify(
                source, target, snapshot=snapshot, on_progress=_progress("verify")
            )
            _refuse(verdict)
            await tools.mover.remove_marker(target, move_id)
        return Copied(move=move, verdict=verdict, findings=findings)

    finish(work(), as_json=as_json, words=_copied_words)


@database.command()
@sides("source", "target")
@click.option(
    "--tier",
    type=click.Choice(["counts", "sample", "full"]),
    default="full",
    show_default=True,
    help="How much of the rows is looked at. Only the full one is a proof.",
)
@click.option("--seed", type=click.IntRange(0), default=None, help="Draw the same sample again.")
@click.option(
    "--role", "roles", multiple=True, metavar="NAME", help="Demand this role's grants too."
)
@ssh_option
@click.pass_context
def verify(
    context: click.Context,
    named: tuple[Side, ...],
    as_json: bool,
    tier: Tier,
    seed: int | None,
    roles: tuple[str, ...],
    target_ssh: str,
) -> None:
    """Compare two databases, item by item. Changes nothing; nobody should be writing."""

    async def work() -> Verdict:
        tools: DatabaseTools = context.obj.database()
        source, named_target = connections(tools, named)
        async with plain_way(target_ssh).open(tools, named_target) as target:
            return await tools.verifier.verify(
                source,
                target,
                snapshot=None,
                on_progress=_progress("verify"),
                tier=tier,
                seed=secrets.randbelow(_SEEDS) if seed is None else seed,
                roles=roles,
            )

    finish(
        work(),
        as_json=as_json,
        words=verdict_words,
        code=_code,
    )


def _code(verdict: Verdict) -> Exit:
    if well(verdict):
        return Exit.DONE
    return Exit.OUTSIDE if verdict.broken_off else Exit.CHECK_FAILED


def _refuse(verdict: Verdict) -> None:
    if well(verdict):
        return
    lines = "\n".join(failure_lines(verdict)[:50])
    if verdict.broken_off:
        raise OutsideError(
            "the comparison was not finished, so nothing is proven yet",
            lines,
            "run it again with --resume: what is there is kept, and compared anew",
        )
    raise CheckFailedError("the two databases differ", lines)


def _copied_words(done: Copied) -> str:
    move = done.move
    lines = [f"{move.bytes / 1e6:.1f} MB in {move.seconds:.1f} s"]
    lines += [move.choice, *([move.resumed] if move.resumed else [])]
    lines += [f"  {p.name:<30} {p.seconds:8.2f} s" for p in move.phases]
    return "\n".join([*lines, verdict_words(done.verdict)])


database.add_command(job)
database.add_command(repair)
database.add_command(clean)
database.add_command(routes)
database.add_command(restore)
