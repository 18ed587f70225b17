"""--value-env: values that nobody can read back come from the environment, never from arguments."""

import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import click
from pydantic import SecretStr

from wizard.cli.launchers import Launchers
from wizard.cli.work import Ask, with_session
from wizard.engine.session import Session
from wizard.errors import UsageError
from wizard.steps.mapping_questions import give_values

T = TypeVar("T")
F = TypeVar("F")


def value_env_option(function: F) -> F:
    """--value-env NAME=ENVVAR: the value of a variable that nobody can read back."""
    decorate = click.option(
        "--value-env",
        "value_env",
        multiple=True,
        metavar="NAME=ENVVAR",
        help="Take the value of the app's variable NAME from the environment variable ENVVAR.",
    )
    decorated: F = decorate(function)  # type: ignore[type-var]
    return decorated


async def with_values(
    launchers: Launchers,
    folder: Path,
    ask: Ask,
    work: Callable[[Session], Awaitable[T]],
    pairs: tuple[str, ...],
) -> T:
    """Do `work` in a session that knows these values; no child process inherits them."""
    values = _take(pairs)

    async def informed(session: Session) -> T:
        give_values(session, values, "flag --value-env")
        return await work(session)

    return await with_session(launchers, folder, ask, informed)


def _take(pairs: tuple[str, ...]) -> dict[str, SecretStr]:
    """Values out of the environment, which loses them; UsageError for one that is not set."""
    values = {}
    for pair in pairs:
        name, _, variable = pair.partition("=")
        if not name or not variable:
            raise UsageError(
                f"--value-env {name}", "it takes NAME=ENVVAR: two names, never the value itself"
            )
        if variable not in os.environ:
            raise UsageError(f"--value-env {name}", "that variable is not set in the environment")
        values[name] = SecretStr(os.environ.pop(variable))
    return values
