"""Talk to the person: on stderr, redacted, cleaned, and never a reason to fail."""

import contextlib
import logging

import click

from wizard.safety.clean import clean
from wizard.safety.redact import REDACTOR

_log = logging.getLogger("moveday.talk")


def show(text: str) -> None:
    """One piece of talk on stderr, redacted and cleaned; a terminal that is gone hears nothing."""
    _log.debug("%s", text)
    with contextlib.suppress(OSError):
        click.echo(clean(REDACTOR.redact(text), lines=True), err=True)
