"""The way back: undoes what a run began, in reverse order, each step timed and journalled."""

import contextlib
from collections.abc import Sequence

from wizard.engine.events import TaskFailed, TaskUndone
from wizard.errors import MachineError, MovedayError
from wizard.runbook.context import RunContext
from wizard.runbook.runner import in_order, task_key, was_begun
from wizard.runbook.task import Task


def to_undo(context: RunContext, tasks: Sequence[Task]) -> list[Task]:
    """What would be taken back, first to last: tasks begun in this run that have an undo.

    A task that was begun but never finished is included: its effect may have happened.
    """
    begun = [task for task in in_order(tasks) if was_begun(context, task.id)]
    real = [t for t in begun if context.stage.fidelity(t.fidelity, t.twin) != "tabletop"]
    return [task for task in reversed(real) if task.undo is not None]


async def go_back(context: RunContext, tasks: Sequence[Task]) -> float:
    """Undo everything `to_undo` names; the seconds it took.

    One undo that fails does not keep the others from being tried; the first error is raised at the
    end, so that as much as possible is restored. An undo that holds ends the way back there: while
    DNS leads to the new side, or its workers run, its data must stay and the old side must rest.
    """
    session = context.session
    begun = session.clock.elapsed()
    first: Exception | None = None
    for task in to_undo(context, tasks):
        assert task.undo is not None
        started = session.clock.elapsed()
        try:
            await task.undo(context)
            seconds = session.clock.elapsed() - started
            session.journal.append(
                "undone",
                task=task.id,
                key=task_key(context, task.id),
                title=task.title,
                effect=task.effect,
                seconds=round(seconds, 3),
            )
        except Exception as error:
            # A bug in one undo must not leave the maintenance page on: the rest is still undone.
            reason = error.title if isinstance(error, MovedayError) else type(error).__name__
            session.front.hear(TaskFailed(task.id, f"undo: {task.title}", reason))
            first = first or error
            # The disk may be what is full: the other undos are tried all the same.
            with contextlib.suppress(MachineError):
                session.journal.append(
                    "failed",
                    task=task.id,
                    key=f"{task_key(context, task.id)}/undo",
                    reason=reason,
                )
            if task.undo_holds and not context.stage.returns:
                raise
            continue
        session.front.hear(TaskUndone(task.id, task.title, seconds))
    if first is not None:
        raise first
    return session.clock.elapsed() - begun
