"""A command's result on stdout: one JSON document, or words; redacted either way."""

import json
import sys
from collections.abc import Callable
from typing import TypeVar

import click

from wizard.cli.fold import folded
from wizard.safety.clean import clean
from wizard.safety.redact import REDACTOR

T = TypeVar("T")
# A verdict over thousands of objects has its last word at the end: nothing may cut that off.
_LONGEST = 8_000_000


def print_result(
    result: T, *, as_json: bool, words: Callable[[T], str], whole_lines: bool = False
) -> None:
    """Facts to stdout: as one JSON document, or in words; redacted either way.

    `whole_lines`: the words are a program's text, whose lines are not folded for the eye.
    """
    if as_json:
        dump = getattr(result, "model_dump", None)
        plain = dump(mode="json") if dump is not None else result
        text = json.dumps(plain, indent=2, sort_keys=True, ensure_ascii=True)
        click.echo(REDACTOR.redact(text))
    else:
        text = clean(REDACTOR.redact(words(result)), limit=_LONGEST, lines=True)
        click.echo(text if whole_lines else folded(text, sys.stdout))
