"""A last backup on the old side, when the plan asks for one."""

from wizard.model.evidence import Evidence
from wizard.runbook.context import RunContext
from wizard.runbook.lines.databases_moved import databases_to_move
from wizard.runbook.lines.freeze import by_hand, frozen_app
from wizard.runbook.task import Task
from wizard.safety.consent import Level


async def _capture(context: RunContext) -> None:
    """One good backup per database; one that a killed start began is waited for, not repeated."""
    app = frozen_app(context)
    for choice in databases_to_move(context):
        variable = choice.variable
        if context.recall(f"backup/{variable}") is not None:
            continue
        known = context.recall(f"backup-known/{variable}")
        if not isinstance(known, list | tuple):
            known = await app.backups(variable, unfinished=True)
            context.record(f"backup-known/{variable}", list(known))
        consent = context.session.consent(Level.USERS_NOTICE, f"backup of {variable}", app.app)
        name = await app.capture_backup(variable, consent, known=[str(each) for each in known])
        context.record(f"backup/{variable}", name)


async def _captured(context: RunContext) -> Evidence | None:
    names = [context.recall(f"backup/{d.variable}") for d in databases_to_move(context)]
    if not all(names):
        return None
    return context.proof(f"backup taken on the old side: {', '.join(map(str, names))}", "backups")


SOURCE_BACKUP = Task(
    id="source-backup",
    title="backup on the old side",
    side="old",
    check=_captured,
    do=_capture,
    by_hand=by_hand("capture", database="DATABASE_URL"),
    needs=("freeze-proven",),
    effect="hard-down",
    twin="app",
    fidelity="twin",
    level=Level.USERS_NOTICE,
    expected=30,
)
