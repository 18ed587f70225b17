"""The nine steps with their states and reasons; enter opens one."""

from collections.abc import Sequence

from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from screens.signs import SIGNS
from screens.widgets.fact_table import cut
from wizard.safety.clean import clean
from wizard.steps.base import Step, StepState

_REASON = 17


class StepList(OptionList):
    """One line a step, the reason below when there is one; the open step is marked with ›."""

    def __init__(self) -> None:
        super().__init__(id="step-list")
        self._told: list[Content] = []

    def tell(self, steps: Sequence[tuple[Step, StepState]], here: str) -> None:
        """Show the states; the cursor stays where it is."""
        cursor = self.highlighted
        lines = [_line(step, state, step.id == here) for step, state in steps]
        if lines != self._told:
            self._told = lines
            ids = [step.id for step, _ in steps]
            self.set_options(Option(line, id=id) for line, id in zip(lines, ids, strict=True))
        self.highlighted = cursor if cursor is not None else _index(steps, here)


def _index(steps: Sequence[tuple[Step, StepState]], here: str) -> int:
    return next((n for n, (step, _) in enumerate(steps) if step.id == here), 0)


def _line(step: Step, state: StepState, here: bool) -> Content:
    mark = "›" if here else " "
    word = "" if state.state == "not yet" else f" {state.state}"
    line = f"{mark}{SIGNS[state.state]} {step.key} {step.title}{word}"
    if here and state.reason:
        line += f"\n     {cut(clean(state.reason, 200), _REASON)}"
    return Content(line)


def folded(steps: Sequence[tuple[Step, StepState]], here: str) -> str:
    """The list as one line for narrow windows: "6/9 Deploy  ✓✓✓✓✓▸···"."""
    step = next((s for s, _ in steps if s.id == here), None)
    signs = "".join(SIGNS[state.state] for _, state in steps)
    return f" {step.key}/{len(steps)} {step.title}  {signs}" if step else signs
