"""The runbook: every line in its place; the same list for a rehearsal and for the real thing."""

from dataclasses import replace

from wizard.model.inventory import Inventory
from wizard.model.plan import Plan
from wizard.rules.schedulers import schedulers
from wizard.runbook.lines.accept import ACCEPT, SMOKE, WORKERS_ON
from wizard.runbook.lines.before import ACME_RECORDS, CERTIFICATES, ENDPOINTS, FACTS_COMPARED, GO
from wizard.runbook.lines.by_themselves import STAYS_STILL
from wizard.runbook.lines.configuration import HELD_BACK, POINT_APP
from wizard.runbook.lines.data import MOVE, PREFLIGHT, VERIFY
from wizard.runbook.lines.dns_survey import DNS_SURVEYED
from wizard.runbook.lines.entrance import ENTRANCE
from wizard.runbook.lines.freeze import CLOCK_OFF, MAINTENANCE_ON, REMEMBER, WORKERS_OFF
from wizard.runbook.lines.fresh_database import FRESH_DATABASE
from wizard.runbook.lines.frozen import FREEZE_PROVEN, QUEUE_DRAINED, STILL_FROZEN
from wizard.runbook.lines.job_gone import JOB_GONE
from wizard.runbook.lines.job_ready import JOB_READY
from wizard.runbook.lines.names import BOOK_DONE, SWITCH, TTL_LOWERED, TTL_RUN_OUT
from wizard.runbook.lines.runner_app import RUNNER_GONE
from wizard.runbook.lines.runner_ready import RUNNER_READY
from wizard.runbook.lines.scheduler import SCHEDULER_OFF
from wizard.runbook.lines.source_backup import SOURCE_BACKUP
from wizard.runbook.task import Task

ALL_LINES = (
    FACTS_COMPARED,
    STAYS_STILL,
    DNS_SURVEYED,
    ENDPOINTS,
    ACME_RECORDS,
    CERTIFICATES,
    TTL_LOWERED,
    FRESH_DATABASE,
    ENTRANCE,
    JOB_READY,
    PREFLIGHT,
    RUNNER_READY,
    TTL_RUN_OUT,
    GO,
    REMEMBER,
    SCHEDULER_OFF,
    MAINTENANCE_ON,
    CLOCK_OFF,
    QUEUE_DRAINED,
    WORKERS_OFF,
    FREEZE_PROVEN,
    SOURCE_BACKUP,
    MOVE,
    VERIFY,
    RUNNER_GONE,
    POINT_APP,
    SMOKE,
    STILL_FROZEN,
    ACCEPT,
    HELD_BACK,
    SWITCH,
    JOB_GONE,
    WORKERS_ON,
    BOOK_DONE,
)


def runbook(plan: Plan, inventory: Inventory | None) -> tuple[Task, ...]:
    """The lines this plan needs for an app like this."""
    left_out = set() if plan.source_backup else {SOURCE_BACKUP.id}
    left_out |= set() if schedulers(inventory) else {SCHEDULER_OFF.id}
    by_runner = any(choice.move_data and choice.route == "runner" for choice in plan.databases)
    left_out |= set() if by_runner else {RUNNER_READY.id, RUNNER_GONE.id}
    by_job = any(choice.move_data and choice.route == "job" for choice in plan.databases)
    left_out |= set() if by_job else {ENTRANCE.id, JOB_READY.id, JOB_GONE.id}
    lines = [line for line in ALL_LINES if line.id not in left_out]
    return tuple(
        replace(line, needs=tuple(n for n in line.needs if n not in left_out)) for line in lines
    )
