"""Scheduled jobs off before the freeze, and on again in the way back: a person does both.

Heroku Scheduler and its like have no API, and maintenance does not stop them. That somebody has
switched the jobs off is what that person says; a job that still runs is seen among the dynos.
"""

from wizard.engine.events import PersonNeeded
from wizard.model.evidence import Evidence
from wizard.model.question import Question
from wizard.rules.schedulers import schedulers
from wizard.runbook.confirmed import confirmed, confirmed_by
from wizard.runbook.context import RunContext
from wizard.runbook.lines.freeze import frozen_app
from wizard.runbook.task import Task

OFF, ON = "scheduler-off", "scheduler-on"
_DYNOS = "scheduler"


def _names(context: RunContext) -> str:
    found = schedulers(context.session.inventory())
    return ", ".join(f"{addon.name} ({addon.service})" for addon in found) or "the scheduler"


def _where(context: RunContext) -> str:
    pages = [addon.web_url for addon in schedulers(context.session.inventory()) if addon.web_url]
    return "\n".join(pages) or "heroku addons:open scheduler"


async def _ask_off(context: RunContext) -> PersonNeeded:
    app = frozen_app(context).app
    return PersonNeeded(
        OFF,
        SCHEDULER_OFF.title,
        f"On the scheduler's page, note every job of {app} with its time, and remove or disable"
        f" it: {_names(context)}. Maintenance does not stop them, and they write to the database.",
        by_hand=_where(context),
        confirm=Question(
            id=OFF,
            text=f"Are all scheduled jobs of {app} switched off, and noted?",
            why="no API can tell: somebody has to look at the scheduler's own page",
            kind="confirm",
            flag="--scheduler-off",
        ),
    )


async def _off(context: RunContext) -> Evidence | None:
    by = confirmed_by(context, OFF)
    if not by:
        return None
    running = (await frozen_app(context).running()).get(_DYNOS, 0)
    if running:
        if context.opened.get("scheduler-said") != running:
            context.opened["scheduler-said"] = running
            context.say(f"{running} scheduled job(s) still run; waiting for their end", "warn")
        return None
    return context.proof(f"scheduled jobs off, says {by}; none runs", "a person, and the dynos")


async def _on_again(context: RunContext) -> None:
    if not confirmed_by(context, OFF) or confirmed_by(context, ON):
        return  # nobody switched them off, or they are on again
    app = frozen_app(context).app
    request = PersonNeeded(
        ON,
        "switch the scheduler's jobs on again",
        f"On the scheduler's page, put back every job of {app}: {_names(context)}.",
        by_hand=_where(context),
        confirm=Question(
            id=ON,
            text=f"Are the scheduled jobs of {app} on again?",
            why="they were switched off for the cutover, and no API can put them back",
            kind="confirm",
            flag="--scheduler-on",
        ),
    )
    await confirmed(context, request, await context.session.front.ask_person(request))


SCHEDULER_OFF = Task(
    id=OFF,
    title="switch the scheduler's jobs off",
    side="old",
    who="person",
    check=_off,
    request=_ask_off,
    undo=_on_again,
    by_hand=_where,
    needs=("remember",),
    fidelity="tabletop",
    expected=60,
)
