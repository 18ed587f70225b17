"""The names that are known before the steps are loaded are the steps' own."""

from wizard.model.step_names import STEP_NAMES
from wizard.steps import STEPS


def test_the_names_are_the_steps_own() -> None:
    assert [(step.id, step.key, step.title) for step in STEPS] == [tuple(n) for n in STEP_NAMES]
