"""Which keys does moveday know? One table; bindings, footer, help and palette are made from it."""

from dataclasses import dataclass

from textual.binding import Binding

_KEYBOARD = {"question_mark": "?", "colon": ":", "slash": "/", "escape": "esc", "f2": "F2"}
"""Textual's name of a key → what a person calls it."""


@dataclass(frozen=True)
class Action:
    """One thing a person can do.

    `run` is the Textual action, `name` stands in the footer, `does` in the help and the palette.
    `shown` says whether it is ever in the footer, which shows first what stands first in a table.
    """

    id: str
    key: str
    run: str
    name: str
    does: str
    shown: bool = True

    def keys(self) -> str:
        """Its keys as they stand on a keyboard: "n or ctrl+n"."""
        return " or ".join(_KEYBOARD.get(key, key) for key in self.key.split(","))

    def binding(self) -> Binding:
        """This action as a key binding; the id lets a person bind another key."""
        return Binding(
            self.key, self.run, self.name, show=self.shown, tooltip=self.does, id=self.id
        )


EVERYWHERE = (
    Action(
        "leave", "escape", "up", "Leave field", "leave the field or close the dialogue", shown=False
    ),
    Action("next", "n,ctrl+n", "app.go(1)", "Next", "open the next step"),
    Action("back", "b", "app.go(-1)", "Back", "open the step before", shown=False),
    Action("why", "question_mark,f1", "why", "Help", "say why this step is there, and every key"),
    Action("palette", "colon", "app.command_palette", "Commands", "find any command by its words"),
    Action("log", "l", "app.full_log", "Log", "show everything that was said"),
    Action("copy", "c", "copy", "Copy", "copy what is under the cursor", shown=False),
    Action("undo", "u", "undo", "Undo", "take back the last decision made here", shown=False),
    Action("steps", "f2", "steps", "Steps", "go to the list of steps, and back"),
    Action("quit", "q,ctrl+q", "app.leave", "Quit", "leave; everything is kept"),
)
"""Keys that mean the same on every screen. Digits open a step, see `step_actions`."""

PLAY_PERSON = Action(
    "play", "x", "app.play_person", "Play person", "practice: let somebody do what you are asked to"
)
"""On a sandbox only: somebody has to play the DNS administrator."""


def everywhere(here: tuple[Action, ...]) -> tuple[Action, ...]:
    """EVERYWHERE without what a screen with the actions `here` has in words of its own."""
    own = {action.id for action in here}
    return tuple(action for action in EVERYWHERE if action.id not in own)


def step_actions(titles: tuple[str, ...]) -> tuple[Action, ...]:
    """A digit for every step: "1" opens the first."""
    return tuple(
        Action(f"step-{n}", str(n), f"app.open({n})", title, f"open step {n}, {title}", shown=False)
        for n, title in enumerate(titles, 1)
    )
