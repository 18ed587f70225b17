"""One database's data moved by the job beside its source: looked at, copied, and compared here.

The job copies, and counts the source in the copy's own view; what it has counted is compared with
the target from here. Its answers stand in the target: they outlive this process, and so does it.
"""

import secrets

from wizard.acts import do
from wizard.errors import CheckFailedError, MovedayError
from wizard.model.database import Finding, MoveProgress, MoveResult, Verdict
from wizard.model.plan import DatabaseChoice
from wizard.model.source_job import JobHeard
from wizard.ports.database import OnProgress
from wizard.runbook.context import RunContext
from wizard.runbook.lines.far_job import FarJob
from wizard.runbook.lines.job_names import jobs
from wizard.runbook.lines.rehearsed_schema import facts_of, record_facts, recorded_facts
from wizard.runbook.lines.target_line import open_target


async def look_before(context: RunContext, choice: DatabaseChoice) -> tuple[Finding, ...]:
    """The preflight's findings; the facts are kept, and the schema compared with the rehearsed."""
    target = await open_target(context, context.stage.database_handle(choice))
    found = await jobs(context).read(await FarJob(context, choice).ask("probe"), target)
    record_facts(context, {choice.variable: facts_of(found.facts)})
    return found.findings


async def copy_by_job(context: RunContext, choice: DatabaseChoice) -> MoveResult:
    """Let it copy (or find it at work, or done, since an earlier start). What it measured.

    CheckFailedError when something could not be written over there.
    """
    far, handle = FarJob(context, choice), context.stage.database_handle(choice)
    key = _mark_key(handle)
    if context.recall(key) is None:
        context.record(key, secrets.token_hex(6))
    if context.session.pause.asked:
        context.say(f"{handle}: a job's copy cannot be held; the pause begins after it", "warn")
    moving, last = context.moving("move"), JobHeard()
    total = recorded_facts(context).get(choice.variable, {})

    def hear(found: JobHeard) -> None:
        nonlocal last
        last = found
        moving(
            MoveProgress(
                phase="copying by the job, as seen in the target",
                done_bytes=found.arrived,
                total_bytes=int(str(total.get("in_tables", 0))),
                tables_done=found.filled,
                tables_total=max(int(str(total.get("tables", 0))), found.filled),
            )
        )

    text = await far.ask("copy", str(context.recall(key)), hear)
    try:
        copied = await jobs(context).copied(text)
    except MovedayError:
        context.record(key, None)  # the next try is another copy
        raise
    arrived = await far.heard("copy", str(context.recall(key)))
    for one in copied.troubles:
        context.say(f"{one.rule} {one.severity} {one.entry}: {one.detail}", "warn")
    if copied.fatal:
        context.record(key, None)
        raise CheckFailedError(
            f"not everything could be copied: {handle}",
            "\n".join(f"{one.entry}: {one.detail}" for one in copied.fatal[:20]),
            "\n".join(dict.fromkeys(one.remedy for one in copied.fatal if one.remedy))
            or f"{do('roll-back')}, and begin again",
        )
    return MoveResult(
        seconds=copied.seconds,
        # On the target's disk: the job does not count what it streams.
        bytes=arrived.arrived if arrived is not None else last.arrived,
        phases=copied.phases,
        tables=(),
        skipped=copied.left_out,
        note="the target's certificate was not checked; the way was encrypted"
        if copied.unproven
        else "",
    )


async def verdict_by_job(
    context: RunContext, choice: DatabaseChoice, on_progress: OnProgress
) -> Verdict:
    """The copy's report, made in the copy's own view, against the target as it is now."""
    handle = context.stage.database_handle(choice)
    target = await open_target(context, handle)
    text = await FarJob(context, choice).ask("copy", str(context.recall(_mark_key(handle))))
    return (await jobs(context).compare(text, target, on_progress)).verdict


def _mark_key(handle: str) -> str:
    return f"job-copy/{handle}"
