"""Which stage of its Dockerfile an app is built to, and whether a git push would build it too."""

import re
import shlex
from collections.abc import Iterator

from wizard.model.containers import AppGroup
from wizard.model.mapping import MappedItem

RULES = {
    "I12": "a build to one stage of its Dockerfile: a git push builds the last stage, always",
}
_FOR_DEVELOPERS = re.compile(
    r"(?:^|[-_.])(?:dev|devel|develop|development|debug|test|tests|testing|ci|lint|storybook)"
    r"(?:$|[-_.])"
)


def stage_option(app: AppGroup) -> str:
    """The option of docker build for its stage; "" when it has none of its own."""
    return f" --target {shlex.quote(app.target)}" if app.target else ""


def is_last(app: AppGroup) -> bool:
    """Whether a build without --target makes the same image."""
    return not app.target or (bool(app.stages) and app.stages[-1].lower() == app.target.lower())


def for_developers(app: AppGroup) -> bool:
    """Whether its stage is by its name one for development or tests."""
    return bool(_FOR_DEVELOPERS.search(app.target.lower()))


def last_of(app: AppGroup) -> str:
    """The stage that a git push builds, in words."""
    name = app.stages[-1] if app.stages else ""
    return f"the last stage, {name}" if name else "the last stage"


def other_stage(app: AppGroup) -> str:
    """What to do about a stage that is not for production."""
    return f"{app.target} is by its name for development or tests: name the stage for production"


def stage_item(app: AppGroup, *, planned: bool) -> MappedItem | None:
    """The row about its stage; None when that is no matter."""
    if is_last(app) and not for_developers(app):
        return None
    target = f"docker build --platform linux/amd64{stage_option(app)}, where you build it"
    if planned:
        target = f"a git push builds {last_of(app)}: the one for production has to stand there"
    elif not is_last(app):
        target += f"; a git push would build {last_of(app)}"
    if for_developers(app):
        target = f"{other_stage(app)}; {target}"
    return MappedItem(
        group="apps",
        name=f"stage of {app.name}",
        app=app.name,
        today=f"{app.target} of its Dockerfile",
        becomes="given by a person",
        target=target,
        because="I12",
        reason=RULES["I12"],
    )


def stage_warning(app: AppGroup, *, pushed: bool) -> Iterator[tuple[str, str, str]]:
    """(finding, what is so, what to do) about its stage; `pushed`: a git push builds it."""
    if for_developers(app):
        yield (f"stage:{app.name}", f"{app.name} is built to {app.target}", other_stage(app))
    if pushed and not is_last(app):
        yield (
            f"last-stage:{app.name}",
            f"{app.name} is built to {app.target}, and a git push builds {last_of(app)}",
            "put the stage for production at the end of the Dockerfile, or deploy an image that"
            " you build",
        )
