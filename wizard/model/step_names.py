"""What are the nine steps called? Known before any of them is loaded, for a quick first picture."""

from typing import NamedTuple


class StepName(NamedTuple):
    """`id` names files, modes and journal keys; `key` is the digit that opens the step."""

    id: str
    key: str
    title: str


STEP_NAMES = (
    StepName("plan", "1", "Plan"),
    StepName("sign-in", "2", "Sign in"),
    StepName("inventory", "3", "Inventory"),
    StepName("mapping", "4", "Mapping"),
    StepName("files", "5", "Files"),
    StepName("deploy", "6", "Deploy"),
    StepName("rehearsal", "7", "Rehearsal"),
    StepName("cutover", "8", "Cutover"),
    StepName("report", "9", "Report"),
)
