"""hadolint: rules for Dockerfiles and for the shell in them, without an engine."""

import json
import shutil
import sys

from providers.docker.client import beside_interpreter, said
from providers.process import environment, run
from wizard.errors import OutsideError
from wizard.model.container import LintFinding

_DEADLINE = 60.0
# DL3008: Debian keeps only the newest version of a package, a pinned one cannot be installed later.
# DL3059: one RUN per step, so that a change repeats only the steps behind it.
_IGNORED = ("DL3008", "DL3059")


def hadolint_program() -> str:
    """The one installed beside this interpreter, or on PATH; "" for none."""
    return beside_interpreter("hadolint", sys.executable) or shutil.which("hadolint") or ""


class Hadolint:
    """Implements DockerfileLinter."""

    def __init__(self, program: str) -> None:
        self._program = program

    async def lint(self, text: str) -> tuple[LintFinding, ...]:
        """Its remarks; one without a rule ("DL1000") is about a file it cannot read."""
        ignored = [word for rule in _IGNORED for word in ("--ignore", rule)]
        command = [self._program, "--no-color", "--format", "json", *ignored, "-"]
        try:
            done = await run(command, env=environment(), stdin=text.encode(), deadline=_DEADLINE)
            found = json.loads(done.stdout)
            return tuple(
                LintFinding(
                    rule=str(item["code"]),
                    level=str(item["level"]),
                    line=int(item["line"]),
                    text=str(item["message"]),
                )
                for item in found
            )
        except TimeoutError as error:
            raise OutsideError("hadolint did not end") from error
        except (ValueError, KeyError, TypeError) as error:
            raise OutsideError("hadolint's answer cannot be read", said(done.stderr)) from error
