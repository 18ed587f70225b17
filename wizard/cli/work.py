"""Opens the session that one command works in."""

import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from wizard.cli.credentials import gather_credentials
from wizard.cli.environment import take_credentials
from wizard.cli.front import CommandLine
from wizard.cli.launchers import Launchers
from wizard.cli.talk import show
from wizard.engine.opening import Opening, open_move
from wizard.engine.session import Session
from wizard.safety.consent import Level

T = TypeVar("T")


@dataclass(frozen=True)
class Ask:
    """How a command wants its session: who talks, what is allowed and by which flag."""

    front: CommandLine
    level: Level = Level.LOOK
    by: str = ""


@asynccontextmanager
async def open_session(launchers: Launchers, folder: Path, ask: Ask) -> AsyncIterator[Session]:
    """Open the move in `folder`: plan, lock, journal, every port; close all of it again."""
    how = Opening(
        outside=launchers.outside,
        sign_in=launchers.sign_in,
        environ=take_credentials(),
        gather=gather_credentials,
        say=lambda text: show(f"  {text}"),
        command=_command(),
    )
    async with open_move(how, folder, ask.front, ask.level, ask.by) as session:
        yield session


def _command() -> str:
    words = [word for word in sys.argv[1:] if not word.startswith("-")]
    return words[0] if words else ""


async def with_session(
    launchers: Launchers, folder: Path, ask: Ask, work: Callable[[Session], Awaitable[T]]
) -> T:
    """Do `work` inside an open session."""
    async with open_session(launchers, folder, ask) as session:
        return await work(session)
