"""Talk to the person: on stderr, redacted, cleaned, and never a reason to fail."""

import contextlib
import logging
import os
import sys

import click

from wizard.cli.fold import folded
from wizard.safety.clean import clean
from wizard.safety.redact import REDACTOR

_log = logging.getLogger("moveday.talk")


def show(text: str) -> None:
    """One piece of talk on stderr, redacted and cleaned; a terminal that is gone hears nothing."""
    _log.debug("%s", text)
    try:
        click.echo(folded(clean(REDACTOR.redact(text), lines=True), sys.stderr), err=True)
    except OSError:
        _talk_to_nobody()


def show_marked(text: str, severity: str) -> None:
    """The same; a warning is marked as one."""
    show(f"{'! ' if severity == 'warn' else ''}{text}")


def _talk_to_nobody() -> None:
    """From now on stderr leads nowhere: what is left in its buffer would spoil the exit code."""
    with contextlib.suppress(OSError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stderr.fileno())
        os.close(nowhere)
