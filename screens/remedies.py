"""What to do about trouble, in keys: the acts of a remedy as they are said on a screen."""

from importlib import import_module

from screens.actions import Action
from wizard.acts import Act, worded
from wizard.model.step_names import STEP_NAMES

_AGAIN = {
    "plan": "answer",
    "sign-in": "sign",
    "inventory": "read",
    "mapping": "map",
    "files": "propose",
    "deploy": "deploy",
    "rehearsal": "rehearse",
    "cutover": "go",
    "report": "write",
}
"""Step → the action that begins its work, where nothing tells which one did."""
_WHERE: dict[Act, tuple[str, str]] = {
    "answer-mapping": ("mapping", "answer"),
    "answer-plan": ("plan", "answer"),
    "deploy": ("deploy", "deploy"),
    "deploy-plan": ("deploy", "look"),
    "files": ("files", "write"),
    "inventory": ("inventory", "read"),
    "rehearse": ("rehearsal", "rehearse"),
    "report": ("report", "whole"),
    "restore-anyway": ("files", "undo"),
    "roll-back": ("cutover", "roll-back"),
    "session-only": ("sign-in", "where"),
    "sign-agreement": ("cutover", "sign"),
    "sign-in": ("sign-in", "sign"),
    "sign-rehearsal": ("cutover", "sign"),
    "sign-shared": ("cutover", "sign"),
}
_MORE: dict[Act, str] = {
    "answer": "{}: it asks again",
    "deploy-plan": "{} and look at it again",
    "report": "{}: it is told there",
    "restore-anyway": "put your changes aside, then {}",
    "session-only": "{}: kept in memory, gone at the end",
    "sign-agreement": "{}: sign for it with a reason",
    "sign-rehearsal": "{}: sign an exception with a reason",
    "sign-shared": "{}: say how",
}


def in_keys(remedy: str, here: str, began: str = "") -> str:
    """`remedy` as it is said on the screen of step `here`; `began` is the action that led to it."""

    def words(act: Act) -> str:
        again = (here, began or _AGAIN[here]) if here in _AGAIN else None
        place = _WHERE.get(act, again)
        if place is None:
            return "try again"
        return _MORE.get(act, "{}").format(_press(*place, here))

    return worded(remedy, words)


def _press(step: str, action: str, here: str) -> str:
    found = next(each for each in _actions(step) if each.id == action)
    key = found.keys().partition(" or ")[0]
    number = next(n for n, each in enumerate(STEP_NAMES, 1) if each.id == step)
    return f"press {'' if step == here else f'{number}, then '}{key} ({found.name})"


def _actions(step: str) -> tuple[Action, ...]:
    """The keys of a step's screen; screens are loaded when they are first needed."""
    screen = import_module(f"screens.steps.{step.replace('-', '_')}").SCREEN
    found: tuple[Action, ...] = screen.ACTIONS
    return found
