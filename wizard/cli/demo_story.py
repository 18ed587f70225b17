"""What the demo does differently from scenario to scenario, as a person would."""

import asyncio
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import SecretStr

from wizard.cli.talk import show
from wizard.errors import CheckFailedError


@dataclass(frozen=True)
class Story:
    """One scenario of the sandbox. `sides` in words.

    `writes_files`: the repository has no Dockerfile yet, so the proposed files are written and
    committed. `given`: variables that nobody can read back, and where the sandbox tells the person
    their values. `not_rehearsed`: why a person signs for tasks that were only walked through.
    """

    sides: str
    writes_files: bool = False
    given: Mapping[str, str] = field(default_factory=dict)
    not_rehearsed: str = ""


STORIES: Mapping[str, Story] = {
    "acme-clinic": Story("Heroku, Aptible"),
    "northside-clinic": Story(
        "MedStack with a cluster, Aptible",
        writes_files=True,
        given={"SESSION_KEY": "SANDBOX_SESSION_KEY"},
        not_rehearsed="this cluster has no staging app that could be frozen",
    ),
}


def values_of(story: Story, environ: Mapping[str, str]) -> dict[str, SecretStr]:
    """The values that the person knows."""
    return {name: SecretStr(environ[variable]) for name, variable in story.given.items()}


async def write_files(app: Path) -> None:
    """`moveday files --write` in the app's folder, by the command itself."""
    show("\n── files " + "─" * 67)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "wizard", "files", "--write", "--yes", "--folder", str(app)),
        env={**os.environ},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
    )
    told, _ = await process.communicate()
    show(told.decode("utf-8", "replace"))
    if process.returncode:
        raise CheckFailedError("the demo's files were not written", "what moveday files said")
