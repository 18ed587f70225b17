"""Runs a call that may hang, so that it can hang neither us nor our end."""

import queue
import threading
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


class TookTooLong(Exception):
    """No answer within the limit. The call goes on in a daemon thread, which ends with us."""


def within(seconds: float, call: Callable[[], T]) -> T:
    """What `call` returns or raises; TookTooLong after `seconds`.

    A thread pool would wait for its threads at the end of the program: a prompter that nobody
    answers would then keep moveday from ending (measured).
    """
    answers: queue.Queue[tuple[T | None, BaseException | None]] = queue.Queue(1)

    def work() -> None:
        try:
            answers.put((call(), None))
        except BaseException as error:
            answers.put((None, error))

    threading.Thread(target=work, daemon=True, name="keyring").start()
    try:
        result, error = answers.get(timeout=seconds)
    except queue.Empty:
        raise TookTooLong from None
    if error is not None:
        raise error
    return result  # type: ignore[return-value]
