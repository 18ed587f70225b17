"""What came of trying the app's files out: one verdict per check, with what it rests on."""

from typing import Literal

from wizard.model.frozen import Frozen

Verdict = Literal["ok", "failed", "not checked"]
CheckName = Literal[
    "lint",
    "build-check",
    "build",
    "build-ignoring",
    "user",
    "port",
    "layers",
    "libraries",
    "boots",
    "boots-ignoring",
    "answers",
    "stops",
    "writes",
    "pull",
    "architecture",
    "settings",
]
"""`build` is without .dockerignore, as Aptible builds; the `-ignoring` ones are with it.

`pull`, `architecture` and `settings` are about an image that exists: what its registry tells.
"""


class FileCheck(Frozen):
    """One check. `process` is the Procfile's name for checks that are made once per process, or the
    app's for those about its image.

    `what` is a finished half sentence; `evidence` are lines of logs or of files, redacted and safe
    to show; `seconds` is how long it took.
    """

    name: CheckName
    verdict: Verdict
    what: str
    process: str = ""
    evidence: tuple[str, ...] = ()
    seconds: float = 0.0


class FilesChecked(Frozen):
    """Every check, in the order they were made.

    `engine` is the container engine's version, "" when there was none, and then `engine_reason`
    says why. `digest` is the SHA-256 (hex) of the Dockerfile that was tried.
    """

    checks: tuple[FileCheck, ...]
    engine: str = ""
    engine_reason: str = ""
    digest: str = ""
    seconds: float = 0.0

    def having(self, verdict: Verdict) -> tuple[FileCheck, ...]:
        """The checks with this verdict."""
        return tuple(check for check in self.checks if check.verdict == verdict)
