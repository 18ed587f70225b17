"""What has to be looked at again when a cutover goes on: it may have changed meanwhile."""

from wizard.acts import do
from wizard.errors import CheckFailedError
from wizard.runbook.context import RunContext
from wizard.runbook.lines.configuration import POINT_APP
from wizard.runbook.lines.freeze import CLOCK_OFF, MAINTENANCE_ON, WORKERS_OFF
from wizard.runbook.lines.frozen import FREEZE_PROVEN, still_frozen
from wizard.runbook.runner import is_done, task_key, was_begun

BEFORE_GO = ("facts-compared", "preflight", "go")
"""Looks whose findings grow old, and the go that rested on them."""


async def look_again(context: RunContext) -> None:
    """Before an interrupted live run goes on: repeat old looks, or prove that the freeze held.

    Raises CheckFailedError when somebody ended the freeze, wrote to the old side, or pointed the
    new app elsewhere: going on would lose what was written meanwhile.
    """
    if not was_begun(context, MAINTENANCE_ON.id):
        for name in BEFORE_GO:
            if is_done(context, name):
                key = task_key(context, name)
                context.session.journal.append("undone", task=name, key=key, reason="looked again")
        return
    if was_begun(context, "switch"):
        return
    for task in (MAINTENANCE_ON, CLOCK_OFF, WORKERS_OFF):
        if is_done(context, task.id) and await task.check(context) is None:
            raise CheckFailedError(
                f"the old side is not frozen any more: {task.title} holds no longer",
                "somebody ended the freeze; what was written since is not on the new side",
                f"{do('roll-back')}: it takes this cutover back; then start it anew",
            )
    if is_done(context, FREEZE_PROVEN.id):
        await still_frozen(context)
    if is_done(context, POINT_APP.id) and await POINT_APP.check(context) is None:
        raise CheckFailedError(
            "the new app does not use the moved data any more",
            "its configuration was changed since this cutover set it",
            f"{do('roll-back')}: it takes this cutover back; then start it anew",
        )
