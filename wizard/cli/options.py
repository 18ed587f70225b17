"""Options that several commands share."""

from pathlib import Path
from typing import Any, TypeVar

import click

from wizard.model.rate import parse_rate

F = TypeVar("F")


class RateType(click.ParamType[int]):
    """A rate such as 20MB/s; the command gets bytes a second."""

    name = "rate"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Bytes a second; bad input is a usage error that says what is understood."""
        try:
            return value if isinstance(value, int) else parse_rate(str(value))
        except ValueError as error:
            self.fail(str(error), param, ctx)


def folder_option(function: F) -> F:
    """--folder: the app's folder, where moveday.yaml lies."""
    decorate: Any = click.option(
        "--folder",
        type=click.Path(path_type=Path, file_okay=False, exists=True),
        default=Path(),
        help="The app's folder (default: here).",
    )
    decorated: F = decorate(function)
    return decorated


def json_option(function: F) -> F:
    """--json: one JSON document on stdout."""
    decorate: Any = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
    decorated: F = decorate(function)
    return decorated


def wait_option(function: F) -> F:
    """--wait: patience with people, in seconds."""
    decorate: Any = click.option(
        "--wait",
        type=float,
        default=3600.0,
        show_default=True,
        help="Seconds to wait for a person's task before leaving with code 4.",
    )
    decorated: F = decorate(function)
    return decorated
