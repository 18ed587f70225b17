"""Ends a command: its work is run, signals are obeyed, errors become exit codes."""

import asyncio
import json
import signal
import sys
import traceback
from collections.abc import Callable, Coroutine
from typing import Any, NoReturn, TypeVar

import click

from wizard.cli.results import print_result
from wizard.cli.talk import show
from wizard.engine.open_questions import OpenQuestions
from wizard.errors import MovedayError
from wizard.exits import Exit
from wizard.safety.redact import REDACTOR

T = TypeVar("T")
_SIGNALS = {signal.SIGINT: Exit.INTERRUPTED, signal.SIGTERM: Exit.TERMINATED}
if hasattr(signal, "SIGHUP"):
    _SIGNALS[signal.SIGHUP] = Exit.HANGUP


def finish(
    work: Coroutine[Any, Any, T],
    *,
    as_json: bool,
    words: Callable[[T], str],
    code: Callable[[T], Exit] = lambda _: Exit.DONE,
    whole_lines: bool = False,
) -> NoReturn:
    """Run a command's work to its end, print its result to stdout, leave with the exit code.

    `code` says what a result means that is no error and yet not the end; `whole_lines`: see
    `print_result`.
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
    print_result(result, as_json=as_json, words=words, whole_lines=whole_lines)
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
