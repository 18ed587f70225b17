"""What is called how for a job beside the source, and what it takes to have one.

A job has its own name in each run: what a container of an earlier run still says is not heard.
"""

import hashlib

from wizard.errors import BlockedError
from wizard.model.plan import DatabaseChoice
from wizard.ports.beside import Beside
from wizard.ports.source_job import SourceJobs
from wizard.runbook.context import RunContext
from wizard.runbook.lines.move_names import move_id

_INSTEAD = "say route: laptop for the databases in moveday.yaml"


def job_name(context: RunContext, choice: DatabaseChoice) -> str:
    """The job's name in this run, the same whoever asks again."""
    words = f"{move_id(context, choice)} {context.label}"
    return hashlib.sha256(words.encode()).hexdigest()[:12]


def container_name(context: RunContext, choice: DatabaseChoice) -> str:
    """What the person calls its container."""
    return f"moveday-{job_name(context, choice)}"


def secret_names(context: RunContext, choice: DatabaseChoice) -> tuple[str, str]:
    """The platform's secrets for it: the source's URL, and the target's."""
    name = container_name(context, choice)
    return f"{name}-source", f"{name}-target"


def line_name(container: str) -> str:
    """The file in the run's folder that holds what the container runs, to be copied."""
    return f"{container}.line"


def asked_key(container: str) -> str:
    """Under which a run records that the container was asked for: its image and its secrets."""
    return f"asked-to-start/{container}"


def beside(context: RunContext) -> Beside:
    """What can be had beside the source; BlockedError where nothing can."""
    found = context.session.outside.source.beside
    if found is None:
        raise BlockedError(
            "no container can be started beside this source",
            "moveday.yaml says route: job",
            _INSTEAD,
        )
    return found


def jobs(context: RunContext) -> SourceJobs:
    """Who writes the programs; BlockedError where this moveday can write none."""
    found = context.session.outside.jobs
    if found is None:
        raise BlockedError(
            "this moveday can write no job", "moveday.yaml says route: job", _INSTEAD
        )
    return found
