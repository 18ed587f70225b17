"""Runs a task list: in the order of its needs, each task once, checked, journalled, resumable."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from wizard.acts import do
from wizard.engine.answers import put_question
from wizard.engine.at_work import AtWork
from wizard.engine.events import PersonNeeded, TaskFailed, TaskFinished, TaskStarted
from wizard.engine.pause import LOOK
from wizard.errors import BlockedError, CheckFailedError, MovedayError, UsageError
from wizard.forecast.durations import duration
from wizard.model.evidence import Evidence
from wizard.runbook.context import RunContext
from wizard.runbook.person import wait_for_person
from wizard.runbook.task import Task


@dataclass(frozen=True)
class Attempt:
    """How a task came to its evidence. `waited` seconds of it a person was awaited."""

    evidence: Evidence
    adopted: bool = False
    waited: float = 0.0


def in_order(tasks: Sequence[Task]) -> list[Task]:
    """The tasks so that every one comes after what it needs; UsageError on a ring or a gap."""
    known = {task.id for task in tasks}
    placed: dict[str, Task] = {}
    waiting = list(tasks)
    while waiting:
        ready = [task for task in waiting if all(need in placed for need in task.needs)]
        if not ready:
            missing = sorted({n for t in waiting for n in t.needs if n not in known})
            raise UsageError("the runbook has no order", f"unknown or circular needs: {missing}")
        for task in ready:
            placed[task.id] = task
        waiting = [task for task in waiting if task.id not in placed]
    return list(placed.values())


async def run_tasks(context: RunContext, tasks: Sequence[Task]) -> None:
    """Run every task not yet done in this run; independent ones side by side.

    The first failure lets the others that already run come to their end (what only waits stops
    waiting), starts nothing new, and is raised. Cancelling cancels all. A pause starts nothing new
    until it is over.
    """
    ordered = in_order(tasks)
    done = {task.id for task in ordered if is_done(context, task.id)}
    running: dict[asyncio.Task[None], Task] = {}
    failure: BaseException | None = None
    asked = False
    stop, pause = context.session.stop, context.session.pause
    context.session.at_work = AtWork(context.label, context.session.journal.seq)
    try:
        while True:
            if failure is None and not stop.is_set() and not pause.asked:
                for task in ordered:
                    started = task in running.values()
                    if task.id not in done and not started and set(task.needs) <= done:
                        running[asyncio.create_task(_run_one(context, task))] = task
            if not running:
                if failure is None and pause.asked and len(done) < len(ordered):
                    await _paused(context)
                    continue
                break
            # While a pause is asked for, it may also be called off before a task ends.
            finished, _ = await asyncio.wait(
                running,
                timeout=LOOK if pause.asked else None,
                return_when=asyncio.FIRST_COMPLETED,
            )
            for job in finished:
                task = running.pop(job)
                error = job.exception()
                if error is None:
                    done.add(task.id)
                elif failure is None:
                    failure, asked = error, stop.is_set()
                    stop.set()
    finally:
        pause.go_on()
        if failure is not None and not asked:
            stop.clear()
        for job in running:
            job.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        context.session.at_work = None
    if failure is not None:
        raise failure
    if stop.is_set() and len(done) < len(ordered):
        raise BlockedError(
            "stopped where you asked", "what is done is kept", f"to go on, {do('again')}"
        )


async def _paused(context: RunContext) -> None:
    """Nothing runs: wait, journalled, until a person goes on or stops."""
    session, key = context.session, f"{context.label}/pause"
    begun = session.clock.elapsed()
    session.journal.append("paused", key=key)
    session.say("paused: nothing runs until you go on", "warn")
    await session.pause.over(session.stop)
    # Whoever stops has nothing left to pause; what is done is kept.
    session.pause.go_on()
    seconds = session.clock.elapsed() - begun
    session.journal.append("continued", key=key, seconds=round(seconds, 3))
    if not session.stop.is_set():
        session.say(f"going on after a pause of {duration(seconds)}")


def is_done(context: RunContext, task_id: str) -> bool:
    """Whether this run's journal holds the task as done and not undone since."""
    key = task_key(context, task_id)
    state = False
    for entry in context.session.journal.entries:
        if entry.key == key and entry.kind in ("done", "undone"):
            state = entry.kind == "done"
    return state


def was_begun(context: RunContext, task_id: str) -> bool:
    """Whether the task was started in this run and not undone since, finished or not."""
    key = task_key(context, task_id)
    state = False
    for entry in context.session.journal.entries:
        if entry.key == key and entry.kind in ("intent", "done", "undone"):
            state = entry.kind != "undone"
    return state


def task_key(context: RunContext, task_id: str) -> str:
    """The journal key of a task in this run."""
    return f"{context.label}/task/{task_id}"


async def _run_one(context: RunContext, task: Task) -> None:
    session = context.session
    key = task_key(context, task.id)
    fidelity = context.stage.fidelity(task.fidelity, task.twin)
    expected = context.medians.get(task.id, task.expected)
    session.front.hear(TaskStarted(task.id, task.title, expected))
    started, begun = session.clock.now(), session.clock.elapsed()
    context.at_work.add(task.id)
    try:
        if fidelity == "tabletop":
            attempt = await _walk_through(context, task)
        else:
            attempt = await _attempt(context, task, key)
    except MovedayError as error:
        session.journal.append("failed", task=task.id, key=key, reason=error.title)
        session.front.hear(TaskFailed(task.id, task.title, error.title))
        raise
    # One that failed stays named: why the line dropped may be heard only after the task did.
    context.at_work.discard(task.id)
    seconds = session.clock.elapsed() - begun
    session.journal.append(
        "done",
        task=task.id,
        key=key,
        title=task.title,
        effect=task.effect,
        fidelity=fidelity,
        started=started.isoformat(),
        seconds=round(seconds, 3),
        waited=round(attempt.waited, 3),
        adopted=attempt.adopted,
        evidence=attempt.evidence.model_dump(mode="json"),
    )
    session.front.hear(
        TaskFinished(task.id, task.title, seconds, attempt.evidence, attempt.adopted)
    )


async def _attempt(context: RunContext, task: Task, key: str) -> Attempt:
    asked = await put_question(context.session, task.question(context)) if task.question else 0.0
    if not task.repeat:
        found = await task.check(context)
        if found is not None:
            context.session.journal.append("adopted", task=task.id, key=key)
            return Attempt(found, adopted=not task.question, waited=asked)
    context.session.journal.append("intent", task=task.id, key=key, title=task.title)
    if task.who == "person":
        if task.request is None:
            return Attempt(await _must_hold(context, task), waited=asked)
        request = await task.request(context)
        evidence, waited = await wait_for_person(context, request, task.check, task.poll)
        return Attempt(evidence, waited=waited + asked)
    await task.do(context)
    return Attempt(await _must_hold(context, task), waited=asked)


async def _must_hold(context: RunContext, task: Task) -> Evidence:
    """Look until the task's aim is reached, at most `within` seconds."""
    deadline = context.session.clock.elapsed() + task.within
    while True:
        evidence = await task.check(context)
        if evidence is not None:
            return evidence
        if context.session.clock.elapsed() > deadline:
            raise CheckFailedError(
                f"{task.title}: done, but it cannot be seen",
                f"the check did not pass within {task.within:g} s",
                _by_hand_hint(context, task),
            )
        await asyncio.sleep(task.poll)


def _by_hand_hint(context: RunContext, task: Task) -> str:
    if task.by_hand is None:
        return f"{do('again')}: what is done is looked up first"
    return f"by hand: {task.by_hand(context)}\nthen {do('again')}"


async def _walk_through(context: RunContext, task: Task) -> Attempt:
    """A rehearsal of what cannot be rehearsed: say what will be done; nothing is changed."""
    words = task.by_hand(context) if task.by_hand else task.title
    context.session.front.hear(
        PersonNeeded(
            task.id, f"walk through: {task.title}", "on the table only; nothing is changed", words
        )
    )
    return Attempt(context.proof(f"walked through on the table: {task.title}", "rehearsal"))
