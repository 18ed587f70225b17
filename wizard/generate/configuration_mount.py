"""Aptible's configuration bound to single build steps, as an option: no layer ever holds it."""

import re

from wizard.generate.notebook import Notebook
from wizard.generate.recipe import CONFIGURATION, Recipe
from wizard.model.files import Line

ANSWER = "aptible-env"
MOUNT = "--mount=type=bind,target=/context"
_FILE = re.compile(r"[\w./-]*\.aptible\.env\b")


def mount_chosen(book: Notebook) -> bool:
    """Whether a person chose the mount form; said what it needs."""
    if book.chosen(ANSWER, "mount", "plain") != "mount":
        return False
    book.note(
        "aptible-env-mount",
        "build steps read .aptible.env through a mount, which only BuildKit understands",
        "Aptible's documentation does not say whether its builder is one: try it with a deploy; "
        f"`{ANSWER}: plain` is the form that every builder takes",
    )
    return True


def mount_configuration(recipe: Recipe) -> None:
    """Rewrite every step of the thrown-away stages that reads the configuration."""
    for stage in recipe.stages:
        for section in (
            stage.environment, stage.tools, stage.manifests, stage.install, stage.source,
            stage.build, stage.prune,
        ):  # fmt: skip
            section[:] = [_bound(line) for line in section]


def bound(text: str) -> str:
    """One RUN, or a row of one, with the file taken from the mount."""
    text = _FILE.sub("/context/.aptible.env", text)
    return re.sub(r"^(\s*RUN)\s", rf"\1 {MOUNT} ", text, flags=re.IGNORECASE)


def _bound(line: Line) -> Line:
    text = line.text.replace(" .aptible.env*", "") if line.text.startswith("COPY ") else line.text
    if CONFIGURATION in text:
        head, behind = text.split(CONFIGURATION, 1)
        text = bound(head + CONFIGURATION) + behind
    return line if text == line.text else line.model_copy(update={"text": text, "rule": "F45"})
