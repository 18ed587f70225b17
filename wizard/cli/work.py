"""Runs one command's work: opens the session, obeys signals, turns errors into exit codes."""

import asyncio
import json
import signal
import sys
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import click

from wizard.cli.credentials import gather_credentials
from wizard.cli.environment import take_credentials
from wizard.cli.front import CommandLine
from wizard.cli.launchers import Launchers
from wizard.cli.results import print_result
from wizard.cli.talk import show
from wizard.engine.open_questions import OpenQuestions
from wizard.engine.opening import Opening, open_move
from wizard.engine.session import Session
from wizard.errors import MovedayError
from wizard.exits import Exit
from wizard.safety.consent import Level
from wizard.safety.redact import REDACTOR

T = TypeVar("T")
_SIGNALS = {signal.SIGINT: Exit.INTERRUPTED, signal.SIGTERM: Exit.TERMINATED}
if hasattr(signal, "SIGHUP"):
    _SIGNALS[signal.SIGHUP] = Exit.HANGUP


@dataclass(frozen=True)
class Ask:
    """How a command wants its session: who talks, what is allowed and by which flag."""

    front: CommandLine
    level: Level = Level.LOOK
    by: str = ""


def finish(
    work: Coroutine[Any, Any, T],
    *,
    as_json: bool,
    words: Callable[[T], str],
    code: Callable[[T], Exit] = lambda _: Exit.DONE,
) -> NoReturn:
    """Run a command's work to its end, print its result to stdout, leave with the exit code.

    `code` says what a result means that is no error and yet not the end.
    """
    try:
        result = _run(work)
    except MovedayError as error:
        _explain(error, as_json=as_json)
        sys.exit(error.exit_code)
    except _Signalled as signalled:
        show("stopped; what is done is kept, run the same command to go on")
        sys.exit(signalled.code)
    except click.exceptions.Abort:
        show("stopped at the question; nothing was changed by it")
        sys.exit(Exit.INTERRUPTED)
    except Exception:
        # Never the traceback with locals; redacted, since messages of libraries may hold values.
        show("this is a bug in moveday:\n" + traceback.format_exc(limit=-6))
        sys.exit(Exit.BUG)
    print_result(result, as_json=as_json, words=words)
    sys.exit(code(result))


def _explain(error: MovedayError, *, as_json: bool) -> None:
    show(f"✗ {error.title}")
    for part in (error.detail, error.hint):
        if part:
            show("  " + part.replace("\n", "\n  "))
    if as_json:
        document: dict[str, object] = {
            "error": error.title,
            "detail": error.detail,
            "hint": error.hint,
        }
        if isinstance(error, OpenQuestions):
            document["open"] = [q.model_dump(mode="json") for q in error.questions]
        click.echo(REDACTOR.redact(json.dumps(document, indent=2)))


class _Signalled(BaseException):
    def __init__(self, code: Exit) -> None:
        super().__init__(code)
        self.code = code


def _run(work: Coroutine[Any, Any, T]) -> T:
    """Run until done; a signal cancels, lets everything clean up, and names its exit code."""
    received: list[signal.Signals] = []

    async def main() -> T:
        loop = asyncio.get_running_loop()
        job = asyncio.ensure_future(work)

        def stop(number: signal.Signals) -> None:
            if not received:
                show("  ! stopping in good order; once more stops at once")
            received.append(number)
            job.cancel()

        for number in _SIGNALS:
            # What nohup or a shell's background made deaf to a signal stays deaf to it.
            if sys.platform != "win32" and signal.getsignal(number) is not signal.SIG_IGN:
                loop.add_signal_handler(number, stop, number)
        return await job

    try:
        return asyncio.run(main())
    except asyncio.CancelledError:
        raise _Signalled(_SIGNALS[received[0]] if received else Exit.INTERRUPTED) from None
    except KeyboardInterrupt:
        raise _Signalled(Exit.INTERRUPTED) from None


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
