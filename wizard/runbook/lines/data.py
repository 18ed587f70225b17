"""Moving the data and proving it: preflight, copy, and a verdict inside the copy's own snapshot."""

from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass

from wizard.acts import do
from wizard.errors import BlockedError, CheckFailedError, OutsideError
from wizard.model.database import Connection, Finding, MoveResult, Verdict
from wizard.model.evidence import Evidence
from wizard.model.plan import DatabaseChoice
from wizard.ports.database import Snapshot
from wizard.runbook.context import RunContext
from wizard.runbook.lines.carriers import carrier
from wizard.runbook.lines.databases_moved import by_job, databases_to_move
from wizard.runbook.lines.frozen import (
    Moved,
    counted_since_proof,
    prove_again,
    still_frozen,
    was_written_to,
)
from wizard.runbook.lines.job_move import copy_by_job, look_before, verdict_by_job
from wizard.runbook.lines.move_names import move_id
from wizard.runbook.lines.source_look import frozen_look
from wizard.runbook.lines.target_line import open_target
from wizard.runbook.lines.ways import choose_way, way
from wizard.runbook.task import Task
from wizard.runbook.watcher import note
from wizard.safety.consent import Level


@dataclass(frozen=True)
class OpenMove:
    """Both ends of one database's move, and the snapshot that copy and verdict share.

    `view` closes the snapshot, which holds back the source's vacuum as long as it is open.
    """

    source: Connection
    target: Connection
    snapshot: Snapshot
    view: AsyncExitStack


async def _choose_ways(context: RunContext) -> None:
    """Where this machine carries the data: by which way. A tunnel of another kind is closed."""
    for choice in (c for c in databases_to_move(context) if c.route == "laptop"):
        handle = context.stage.database_handle(choice)
        source = await context.session.outside.source.database(choice.variable)
        before = way(context, handle)
        if await choose_way(context, choice, source) == before:
            continue
        context.opened.pop(f"tunnel/{handle}", None)
        line = context.opened.pop(f"tunnel/{handle}/line", None)
        if isinstance(line, AsyncExitStack):
            await line.aclose()


async def open_move(context: RunContext, choice: DatabaseChoice) -> OpenMove:
    """Open (once per run) both ends and a snapshot of the source."""
    key = f"move/{choice.variable}"
    if key not in context.opened:
        outside = context.session.outside
        source = await outside.source.database(choice.variable)
        target = await open_target(context, context.stage.database_handle(choice))
        view = await context.resources.enter_async_context(AsyncExitStack())
        snapshot = await view.enter_async_context(carrier(context, choice).snapshot(source))
        context.opened[key] = OpenMove(source, target, snapshot, view)
    opened = context.opened[key]
    assert isinstance(opened, OpenMove)
    return opened


async def _preflight(context: RunContext) -> None:
    blocks: list[Finding] = []
    for choice in databases_to_move(context):
        for finding in await _findings(context, choice):
            if finding.severity == "block":
                blocks.append(finding)
            elif finding.severity == "warn":
                context.say(f"{finding.rule} {finding.subject}: {finding.detail}", "warn")
    if blocks:
        raise BlockedError(
            "the data move would not end well",
            "\n".join(f"{f.rule} {f.subject}: {f.detail}" for f in blocks),
            "\n".join(dict.fromkeys(f.remedy for f in blocks if f.remedy)),
        )
    await _choose_ways(context)
    context.record("preflight", True)


async def _findings(context: RunContext, choice: DatabaseChoice) -> Sequence[Finding]:
    outside = context.session.outside
    target = await open_target(context, context.stage.database_handle(choice))
    ours = await outside.mover.owner(target) == move_id(context, choice)
    if choice in by_job(context):
        found: Sequence[Finding] = await look_before(context, choice)
    elif not ours:
        source = await outside.source.database(choice.variable)
        found = await outside.probe.preflight(source, target)
    # An earlier try of this very move: the mover goes on with it, or empties it.
    return () if ours else found


async def _preflight_passed(context: RunContext) -> Evidence | None:
    if not context.recall("preflight"):
        return None
    return context.proof("preflight found nothing that blocks", "both databases")


async def _move(context: RunContext) -> None:
    for choice in databases_to_move(context):
        handle = context.stage.database_handle(choice)
        if choice in by_job(context):
            _keep(context, handle, await copy_by_job(context, choice))
            continue
        opened = await open_move(context, choice)
        mover, name = carrier(context, choice).mover, move_id(context, choice)
        frozen = context.stage.source_frozen
        if frozen and await mover.owner(opened.target) == name:
            # An earlier try's rows are kept: they must still be the source's.
            await still_frozen(context)
        result = await mover.copy(
            opened.source,
            opened.target,
            snapshot=opened.snapshot,
            move_id=name,
            on_progress=context.moving("move"),
            resume=True,
            frozen=frozen,
            limit=choice.bytes_a_second,
            paused=lambda: context.session.pause.asked,
        )
        if result.resumed:
            note(context, "the move went on where an earlier try ended")
        _keep(context, handle, result)


def _keep(context: RunContext, handle: str, result: MoveResult) -> None:
    if result.note:
        context.say(f"{handle}: {result.note}")
    context.moves[handle] = result
    context.record(f"moved/{handle}", result.model_dump(mode="json"))


async def _moved(context: RunContext) -> Evidence | None:
    results = []
    for choice in databases_to_move(context):
        recorded = context.recall(f"moved/{context.stage.database_handle(choice)}")
        if recorded is None:
            return None
        results.append(MoveResult.model_validate(recorded))
    total = sum(result.bytes for result in results) / 1e6
    seconds = sum(result.seconds for result in results)
    tables = sum(len(result.tables) for result in results)
    measured = f"{tables} tables, {total:.1f} MB of rows" if tables else f"{total:.1f} MB of tables"
    what = f"{measured} copied in {seconds:.1f} s"
    return context.proof(what, "the mover's own measurement (the verdict is the next task)")


async def _verify(context: RunContext) -> None:
    for choice in databases_to_move(context):
        handle = context.stage.database_handle(choice)
        if choice in by_job(context):
            _judge(context, handle, await verdict_by_job(context, choice, context.moving("verify")))
            continue
        key, carried = f"move/{choice.variable}", carrier(context, choice)
        if key not in context.opened and not carried.outlives:
            # The process that copied is gone and its snapshot with it.
            if not context.stage.source_frozen:
                raise BlockedError(
                    "the copy's snapshot is gone, so it cannot be compared with a live source",
                    "moveday was interrupted between copy and verification",
                    "start the rehearsal again",
                )
            await still_frozen(context)
        opened = await open_move(context, choice)
        verdict = await carried.verifier.verify(
            opened.source,
            opened.target,
            snapshot=opened.snapshot,
            on_progress=context.moving("verify"),
        )
        _judge(context, handle, verdict)
        context.say(f"{handle}: snapshot held {opened.snapshot.age_seconds():.0f} s")
        # What follows may wait for people: the source's vacuum must not wait with it.
        await opened.view.aclose()
        del context.opened[key]
    if context.stage.source_frozen:
        await _frozen_or_the_same(context)


def _judge(context: RunContext, handle: str, verdict: Verdict) -> None:
    context.verdicts[handle] = verdict
    context.record(f"verdict/{handle}", verdict.model_dump(mode="json"))
    _refuse_unfinished(handle, verdict)
    if not verdict.passed:
        raise CheckFailedError(
            f"the copy differs from the source: {handle}",
            _failure_lines(verdict),
            "nothing was switched; look at the differences, take this run back "
            f"({do('roll-back')}), and start again with a fresh database",
        )
    context.say(f"{handle}: {len(verdict.checks)} checks passed")


def _refuse_unfinished(subject: str, verdict: Verdict) -> None:
    """A comparison that could not look at everything says nothing of a difference."""
    if verdict.broken_off:
        raise OutsideError(
            f"the comparison was not finished, so nothing is proven yet: {subject}",
            _failure_lines(verdict),
            do("again"),
        )


def _failure_lines(verdict: Verdict) -> str:
    return "\n".join(
        f"{c.kind} {c.subject}: {c.result} {c.detail}".rstrip() for c in verdict.failures[:20]
    )


async def _frozen_or_the_same(context: RunContext) -> None:
    """Nothing was written while the data moved; where counters cannot tell, the rows can."""
    counted = await counted_since_proof(context)
    for choice in databases_to_move(context):
        look = counted.get(choice.variable)
        if look is None:
            continue
        context.say(f"{choice.variable}: rows were counted after the freeze; comparing once more")
        source = frozen_look(context, context.session.outside.source, choice.variable)
        assert source is not None  # the frozen app is the source itself
        target = await open_target(context, context.stage.database_handle(choice))
        # Not within the copy's snapshot: what counts here is the source as it is now.
        verdict = await source.compare(target, context.moving("verify"))
        _refuse_unfinished(choice.variable, verdict)
        if not verdict.passed:
            raise was_written_to(Moved(f"{choice.variable}: rows changed between two looks"))
        prove_again(context, choice.variable, look)


async def _verified(context: RunContext) -> Evidence | None:
    verdicts = []
    for choice in databases_to_move(context):
        recorded = context.recall(f"verdict/{context.stage.database_handle(choice)}")
        if recorded is None:
            return None
        verdicts.append(Verdict.model_validate(recorded))
    if not all(verdict.passed for verdict in verdicts):
        return None
    count = sum(len(verdict.checks) for verdict in verdicts)
    return context.proof(f"{count} checks: source and copy hold the same", "both databases")


PREFLIGHT = Task(
    id="preflight",
    title="preflight of the data move",
    side="both",
    check=_preflight_passed,
    do=_preflight,
    needs=("fresh-database", "job-ready"),
    repeat=True,
    expected=3,
)
MOVE = Task(
    id="move",
    title="move the data",
    side="both",
    check=_moved,
    do=_move,
    needs=("freeze-proven", "source-backup", "preflight", "runner-ready"),
    effect="hard-down",
    level=Level.CHANGE_NEW_SIDE,
    expected=60,
)
VERIFY = Task(
    id="verify",
    title="prove that the copy is the same",
    side="both",
    check=_verified,
    do=_verify,
    needs=("move",),
    effect="hard-down",
    expected=15,
)
