"""A debug log on request: MOVEDAY_DEBUG=1 writes .moveday/debug.log, every line redacted."""

import logging
import os
from pathlib import Path

from wizard.safety.clean import clean
from wizard.safety.redact import REDACTOR

VARIABLE = "MOVEDAY_DEBUG"
FILE_NAME = "debug.log"


class RedactingFormatter(logging.Formatter):
    """Formats a record, then removes secrets and control characters from the whole text."""

    def format(self, record: logging.LogRecord) -> str:
        """The finished line, traceback included, without secrets."""
        return clean(REDACTOR.redact(super().format(record)), lines=True)


def start_debug_log(folder: Path) -> None:
    """Begin logging into `folder` when the variable asks for it; the file is its owner's only."""
    if not os.environ.get(VARIABLE):
        return
    path = folder / FILE_NAME
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    handler = logging.StreamHandler(os.fdopen(descriptor, "a", encoding="utf-8"))
    handler.setFormatter(RedactingFormatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
