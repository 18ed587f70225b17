"""The nine steps of a move, in order."""

from wizard.steps.base import Step
from wizard.steps.cutover import CUTOVER
from wizard.steps.deploy import DEPLOY
from wizard.steps.files import FILES
from wizard.steps.inventory import INVENTORY
from wizard.steps.mapping import MAPPING
from wizard.steps.plan import PLAN
from wizard.steps.rehearsal import REHEARSAL
from wizard.steps.report import REPORT
from wizard.steps.sign_in import SIGN_IN

STEPS: tuple[Step, ...] = (
    PLAN,
    SIGN_IN,
    INVENTORY,
    MAPPING,
    FILES,
    DEPLOY,
    REHEARSAL,
    CUTOVER,
    REPORT,
)

__all__ = [
    "CUTOVER",
    "DEPLOY",
    "FILES",
    "INVENTORY",
    "MAPPING",
    "PLAN",
    "REHEARSAL",
    "REPORT",
    "SIGN_IN",
    "STEPS",
    "Step",
]
