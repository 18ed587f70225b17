"""The nine steps of a move, in order; each is loaded when first asked for."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
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

    STEPS: tuple[Step, ...]

_ORDER = (
    "PLAN",
    "SIGN_IN",
    "INVENTORY",
    "MAPPING",
    "FILES",
    "DEPLOY",
    "REHEARSAL",
    "CUTOVER",
    "REPORT",
)
"""A command of one step needs no other: loading all is a sixth of its start."""


def __getattr__(name: str) -> object:
    """STEPS, or one of them: the module of that name in small letters holds it."""
    if name == "STEPS":
        return tuple(__getattr__(step) for step in _ORDER)
    if name == "Step":
        return import_module("wizard.steps.base").Step
    if name in _ORDER:
        return getattr(import_module(f"wizard.steps.{name.lower()}"), name)
    raise AttributeError(name)


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
