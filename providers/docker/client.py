"""How is the docker client called? As a list of words, with a clean environment and a deadline."""

import shlex
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from providers.process import Child, OnLine, Outcome, environment, run, start
from wizard.errors import OutsideError
from wizard.safety.clean import clean
from wizard.safety.redact import REDACTOR

COMMAND = "MOVEDAY_DOCKER"
_CALL = 60.0
# How the client finds its engine; nothing here carries a password.
_PASSED = (
    "DOCKER_HOST", "DOCKER_CONTEXT", "DOCKER_CONFIG", "DOCKER_CERT_PATH", "DOCKER_TLS_VERIFY",
    "XDG_RUNTIME_DIR", "SYSTEMROOT", "USERPROFILE",
)  # fmt: skip


def docker_command(environ: Mapping[str, str]) -> tuple[str, ...]:
    """The words that call the client: MOVEDAY_DOCKER's, or the docker on PATH; () for none."""
    words = tuple(shlex.split(environ.get(COMMAND, "")))
    found = shutil.which(words[0] if words else "docker")
    return (found, *words[1:]) if found else ()


class DockerClient:
    """Calls the client. What it prints is outside text."""

    def __init__(self, command: Sequence[str], environ: Mapping[str, str]) -> None:
        self._command = tuple(command)
        passed = {name: environ[name] for name in _PASSED if name in environ}
        self._env = environment(
            passed | {"BUILDKIT_PROGRESS": "plain", "DOCKER_CLI_HINTS": "false"}
        )

    async def within(self, deadline: float, *words: str, on_line: OnLine | None = None) -> Outcome:
        """Run to the end. Raises TimeoutError after `deadline` seconds, the client ended."""
        return await run(
            [*self._command, *words], env=self._env, deadline=deadline, on_stderr=on_line
        )

    async def call(self, *words: str, deadline: float = _CALL) -> Outcome:
        """Run something that is quick, whatever its exit code. OutsideError when it is not."""
        try:
            return await self.within(deadline, *words)
        except TimeoutError as error:
            raise OutsideError(
                f"docker {words[0]} did not answer within {deadline:.0f} s"
            ) from error

    async def answer(self, *words: str, deadline: float = _CALL) -> str:
        """What it prints on stdout. Raises OutsideError when it ends badly or not in time."""
        done = await self.call(*words, deadline=deadline)
        if done.code:
            raise OutsideError(f"docker {words[0]} failed", said(done.stderr))
        return done.stdout.decode("utf-8", "replace")

    async def pipe(self, *words: str, into: int) -> Child:
        """Start it with its stdout going to the file descriptor `into`."""
        return await start([*self._command, *words], env=self._env, stdout=into)


def said(text: str) -> str:
    """The client's verdict, or the last lines of a message, safe to show."""
    lines = text.strip().splitlines()
    telling = [line for line in lines if line.startswith("ERROR: ")][-1:] or lines[-4:]
    return clean(REDACTOR.redact("\n".join(telling)), 600, lines=True)


def beside_interpreter(name: str, interpreter: str) -> str:
    """The program `name` in the interpreter's own folder, "" when it is not there."""
    for ending in ("", ".exe"):
        path = Path(interpreter).parent / (name + ending)
        if path.is_file():
            return str(path)
    return ""
