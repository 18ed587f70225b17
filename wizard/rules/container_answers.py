"""Answers to what a project of containers leaves open: kept in the plan, question by question."""

from wizard.errors import UsageError
from wizard.model.inventory import Inventory
from wizard.model.plan import Plan, ProcessChoice
from wizard.model.question import Question
from wizard.rules.processes import LARGEST_COUNT, decide_processes
from wizard.safety.clean import clean

KINDS = frozenset(
    {
        *("image", "command", "registry", "differs", "port", "volume", "storage", "residency"),
        *("secret", "config", "file", "entrypoint", "user", "job", "secrets", "build"),
        *("proxy", "visitors", "leads", "other-database"),
    }
)
"""First parts of questions whose answers have no section of their own in the plan."""
_LONGEST = 4_000


def kept_in_answers(identity: str) -> bool:
    """Whether the plan keeps this question's answer under `answers`."""
    return identity.partition("/")[0] in KINDS


def with_answer(plan: Plan, identity: str, answer: str, question: Question | None = None) -> Plan:
    """The plan with one answer more. Raises UsageError when it is none of the choices."""
    said = answer.strip()
    choices = question.choices if question is not None else ()
    if choices and said not in choices:
        raise UsageError(
            f"“{clean(said, 60)}” does not answer {clean(identity, 100)}",
            f"one of: {', '.join(choices)}",
        )
    if not said or len(said) > _LONGEST:
        raise UsageError(f"{clean(identity, 100)}: an answer has 1 to {_LONGEST} characters")
    return plan.model_copy(update={"answers": {**plan.answers, identity: said}})


def with_count(plan: Plan, inventory: Inventory, process: str, answer: str) -> Plan:
    """The plan with how many containers of one process run. Raises UsageError for others."""
    said = answer.strip()
    if not (said.isascii() and said.isdigit() and len(said) <= 3 and int(said) <= LARGEST_COUNT):
        raise UsageError(f"“{clean(said, 60)}” is no count", f"0 to {LARGEST_COUNT} containers")
    decided = next((d for d in decide_processes(inventory, plan) if d.name == process), None)
    if decided is None:
        raise UsageError(f"there is no process {clean(process, 60)}")
    chosen = ProcessChoice(count=int(said), memory_mb=decided.memory_mb)
    return plan.model_copy(update={"processes": {**plan.processes, process: chosen}})
