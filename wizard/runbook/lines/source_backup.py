"""A last backup on the old side, when the plan asks for one."""

from wizard.errors import OutsideError
from wizard.model.evidence import Evidence
from wizard.runbook.context import RunContext
from wizard.runbook.lines.freeze import by_hand, frozen_app
from wizard.runbook.lines.frozen import databases_to_move
from wizard.runbook.task import Task
from wizard.safety.consent import Level


async def _capture(context: RunContext) -> None:
    app = frozen_app(context)
    for choice in databases_to_move(context):
        consent = context.session.consent(
            Level.USERS_NOTICE, f"backup of {choice.variable}", app.app
        )
        known = await app.backups(choice.variable)
        try:
            name = await app.capture_backup(choice.variable, consent)
        except OutsideError:
            fresh = [b for b in await app.backups(choice.variable) if b not in known]
            if not fresh:
                raise
            name = fresh[0]
        context.record(f"backup/{choice.variable}", name)


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
