"""Which two databases does a `moveday database` command mean? By names, never by URLs."""

import functools
import os
from collections.abc import Callable, Sequence
from typing import Any

import click

from wizard.cli.launchers import DatabaseTools
from wizard.cli.options import json_option
from wizard.errors import UsageError
from wizard.model.database import Connection
from wizard.model.frozen import Frozen
from wizard.safety.redact import REDACTOR


class Side(Frozen):
    """One side as it was named: by an environment variable or a libpq service."""

    side: str
    variable: str
    service: str


def sides(*names: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Options for the sides called `names` ("source", "target"), and --json.

    The command gets them as `named`, a tuple of Side in that order.
    """

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        def with_sides(*words: Any, **options: Any) -> Any:
            named = tuple(
                Side(
                    side=side,
                    variable=options.pop(f"{side}_env"),
                    service=options.pop(f"{side}_service"),
                )
                for side in names
            )
            return function(*words, named=named, **options)

        options: Any = with_sides
        for side in reversed(names):
            options = click.option(
                f"--{side}-service",
                default="",
                metavar="NAME",
                help=f"libpq service that names the {side}.",
            )(options)
            options = click.option(
                f"--{side}-env",
                default="",
                metavar="NAME",
                help=f"Environment variable that holds the {side}'s URL.",
            )(options)
        decorated: Callable[..., Any] = json_option(options)
        return decorated

    return decorate


def connections(tools: DatabaseTools, named: Sequence[Side]) -> list[Connection]:
    """A connection for each side. UsageError names the variable or service that is not there."""
    # Read at once, all of them: a service's password file is found by the environment too.
    environ = dict(os.environ)
    for side in named:
        os.environ.pop(side.variable, None)  # no child inherits it
    return [_connection(tools, side, environ) for side in named]


def _connection(tools: DatabaseTools, side: Side, environ: dict[str, str]) -> Connection:
    if bool(side.variable) == bool(side.service):
        raise UsageError(
            f"name the {side.side} once",
            "",
            f"--{side.side}-env NAME (a variable that holds its URL)"
            f" or --{side.side}-service NAME (a libpq service)",
        )
    for name in (side.variable, side.service):
        _refuse_url(name, side.side)
    if side.service:
        found = tools.service(side.service, environ)
    else:
        url = environ.get(side.variable, "")
        if not url:
            hint = f"for instance: read -rs {side.variable}; export {side.variable}"
            raise UsageError(f"the environment variable {side.variable} is not set", "", hint)
        REDACTOR.learn(url)
        found = tools.connection(url)
    REDACTOR.learn(found.password.get_secret_value())
    return found


def _refuse_url(name: str, side: str) -> None:
    if "://" in name or "=" in name or "@" in name:
        raise UsageError(
            f"the {side} is given by name, not by its URL",
            "what stands in a command line can be read by every user of this machine,"
            " and stays in the shell's history; it is not repeated here",
            "put the URL into a variable and give the variable's name;"
            " change the password if others use this machine",
        )
