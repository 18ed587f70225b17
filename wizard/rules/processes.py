"""What becomes of each process type of the source: a service, a deploy hook, or nothing."""

import re
from collections.abc import Mapping
from typing import Literal

from wizard.model.frozen import Frozen
from wizard.model.inventory import Inventory, Process
from wizard.model.plan import Plan
from wizard.rules.left_out import runs_nothing

RULES: Mapping[str, str] = {
    "P1": "the release line runs once per deploy, as a hook: it never becomes a service",
    "P2": "count and memory are as the plan says",
    "P3": "must never run twice: one container at most",
    "P4": "as many containers as on the source, of the next larger size",
    "P5": "the source's memory is not known: 1 GB until somebody knows better",
    "P6": "set to zero on the source: stays at zero",
    "P7": "a command for one-off use, made by the buildpack: not a service",
    "P9": "it runs once and ends: a hook, or a command by hand, never a service",
    "P10": "one on every node of the old platform: how many the new side needs, a person says",
    "P11": "must never run twice, as its platform was told: one container at most",
    "P12": "how many run on the source is not told: one, until a person says",
    "P13": "a person says that it runs nothing: it only holds what others share",
    "P8": "scheduled jobs run from a crontab in a service of their own: one container, never two",
}
"""Rule id → what it says. The ids are shown as "because"."""

SIZES_MB = (512, 1024, 2048, 4096, 7168, 15360, 30720, 61440, 153600, 245760)
"""Container sizes of Aptible's general profile (pricing and Terraform provider pages)."""
LARGEST_COUNT = 32
_UNKNOWN_MB = 1024
CRON, CRON_COMMAND, _CRON_MB = "cron", "exec supercronic crontab", 512
"""The service that runs the plan's jobs: Aptible has no scheduler (Aptible documentation)."""
_SINGLETON = re.compile(
    r"(?:^|[-_])(?:clock|clockwork|cron|crond|(?:celery)?beat|scheduler|sched|whenever|ticker)(?:$|[-_])"
)
_SINGLETON_COMMAND = re.compile(
    r"\bclockwork\b|\bcelery\b.*(?:\bbeat\b|\s-B\b|\s--beat\b)|\bsupercronic\b|\brufus\b|\bapscheduler\b|\bsidekiq-cron\b"
    r"|\bcrond\b|\brq-?scheduler\b|\bcelery-?beat\b"
)
_ONE_OFF = frozenset({"console", "rake"})


class ProcessDecision(Frozen):
    """What one process type becomes. `command` is the deployed one; count and MB per container."""

    name: str
    action: Literal["service", "hook", "leave-out"]
    command: str
    count: int = 0
    memory_mb: int = 0
    because: str
    reason: str


def decide_processes(inventory: Inventory, plan: Plan) -> tuple[ProcessDecision, ...]:
    """One decision per process type, by name. Counts are those after the move is accepted.

    Jobs of the plan add a service that the source has not.
    """
    decided = [_decide(process, plan) for process in inventory.processes]
    if plan.jobs and inventory.process(CRON) is None:
        decided.append(_cron(plan))
    return tuple(sorted(decided, key=lambda decision: decision.name))


def _cron(plan: Plan) -> ProcessDecision:
    choice = plan.processes.get(CRON)
    count = len(plan.jobs)
    return ProcessDecision(
        name=CRON,
        action="service",
        command=CRON_COMMAND,
        count=min(choice.count, 1) if choice else 1,
        memory_mb=choice.memory_mb if choice else _CRON_MB,
        because="P8",
        reason=f"{RULES['P8']} ({count} {'job' if count == 1 else 'jobs'})",
    )


def _decide(process: Process, plan: Plan) -> ProcessDecision:
    def decision(
        action: Literal["service", "hook", "leave-out"],
        because: str,
        count: int = 0,
        memory: int = 0,
        more: str = "",
    ) -> ProcessDecision:
        reason = f"{RULES[because]} ({more})" if more else RULES[because]
        return ProcessDecision(
            name=process.name,
            action=action,
            command=process.command,
            count=count,
            memory_mb=memory,
            because=because,
            reason=reason,
        )

    if process.name == "release":
        return decision("hook", "P1")
    if runs_nothing(process.name, plan.answers):
        return decision("leave-out", "P13")
    if process.job:
        return decision("hook", "P9")
    choice = plan.processes.get(process.name)
    if choice is not None:
        single = is_singleton(process) and choice.count > 1
        note = "but it looks like one that must not run twice" if single else ""
        return decision("service", "P2", choice.count, choice.memory_mb, note)
    memory = container_mb(process.memory_mb)
    if process.name in _ONE_OFF and process.quantity == 0:
        return decision("leave-out", "P7")
    if process.quantity == 0:
        return decision("service", "P6", 0, memory)
    if process.per_node:
        return decision("service", "P10", 1, memory)
    if not process.counted:
        return decision("service", "P12", 1, memory)
    if process.single:
        return decision("service", "P11", 1, memory, process.single)
    if is_singleton(process):
        more = f"{process.quantity} on the source" if process.quantity > 1 else ""
        return decision("service", "P3", 1, memory, more)
    if process.memory_mb is None:
        return decision("service", "P5", min(process.quantity, LARGEST_COUNT), memory, process.size)
    more = f"{process.size or process.memory_mb} → {memory} MB"
    if process.quantity > LARGEST_COUNT:
        more += f"; {process.quantity} on the source, Aptible's limit is {LARGEST_COUNT}"
    return decision("service", "P4", min(process.quantity, LARGEST_COUNT), memory, more)


def is_singleton(process: Process) -> bool:
    """Whether two containers of it would do things twice: clocks and schedulers."""
    return (
        process.name != "web"
        and (_SINGLETON.search(process.name.lower()) or _SINGLETON_COMMAND.search(process.command))
        is not None
    )


def container_mb(memory_mb: int | None) -> int:
    """The smallest container size that holds `memory_mb`; the largest one when none does."""
    if memory_mb is None:
        return _UNKNOWN_MB
    return next((size for size in SIZES_MB if size >= memory_mb), SIZES_MB[-1])
