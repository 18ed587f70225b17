"""The log lines by which a target-side runner speaks: version 1 of a small protocol, both ends.

    moveday-runner/1 {"job": …, "boot": …, "number": 7, "kind": "state", "part": 1, "of": 1,
    "body": "…"}

A message's body is JSON text, cut into parts that fit a log line; whoever begins to listen amid one
passes over it and waits: what counts is said again and again. No row is ever in a line. Whatever
stands before the mark (a log's own prefix) is passed over. What is read is cleaned and redacted.
"""

import json
from collections.abc import Iterator

from pydantic import ValidationError

from wizard.errors import CheckFailedError
from wizard.model.database import MoveResult, Verdict
from wizard.model.frozen import Frozen
from wizard.model.runner import RunnerFailure, RunnerMessage, RunnerState
from wizard.safety.clean import clean
from wizard.safety.redact import REDACTOR

VERSION = 1
_MARK = "moveday-runner/"
_PART = 3_000
"""Characters of a body in one line: quoted, and with what stands around it, under 8 KB."""
_MOST_PARTS = 10_000
_LONGEST_TEXT = 4_000
_BODIES: dict[str, type[RunnerState | MoveResult | Verdict | RunnerFailure]] = {
    "state": RunnerState,
    "moved": MoveResult,
    "verdict": Verdict,
    "failed": RunnerFailure,
}


class _Line(Frozen):
    job: str
    boot: str
    number: int
    kind: str
    part: int
    of: int
    body: str


def lines_of(message: RunnerMessage, number: int) -> Iterator[str]:
    """The lines that say `message`; `number` tells it from others of the same boot."""
    kind = next(name for name, shape in _BODIES.items() if type(message.body) is shape)
    # Plain ASCII: a log store may cut a line between two bytes.
    text = json.dumps(message.body.model_dump(mode="json"), separators=(",", ":"))
    pieces = [text[at : at + _PART] for at in range(0, len(text), _PART)]
    for part, piece in enumerate(pieces, 1):
        line = _Line(
            job=message.job,
            boot=message.boot,
            number=number,
            kind=kind,
            part=part,
            of=len(pieces),
            body=piece,
        )
        yield f"{_MARK}{VERSION} {json.dumps(line.model_dump())}"


class LineReader:
    """Puts the messages of one job together again, line by line."""

    def __init__(self, job: str) -> None:
        self._job = job
        self._open: tuple[str, int] = ("", 0)
        self._parts: list[str] = []

    def read(self, raw: str) -> RunnerMessage | None:
        """The message that this line completes; None for any other line.

        Raises CheckFailedError for a line of another version: nothing of it is guessed at.
        """
        _, mark, rest = raw.partition(_MARK)
        if not mark:
            return None
        version, _, text = rest.partition(" ")
        if version != str(VERSION):
            raise CheckFailedError(
                "the runner speaks another version than this moveday",
                f"it says {clean(version, 20)}, and {VERSION} is understood here",
                "take this run back, and begin again with one version of moveday",
            )
        try:
            line = _Line.model_validate_json(text)
        except ValidationError:
            return None  # cut off, or written by something else that quotes our mark
        if line.job != self._job or not 1 <= line.part <= line.of <= _MOST_PARTS:
            return None
        key = (line.boot, line.number)
        if line.part == 1:
            self._open, self._parts = key, []
        if key != self._open or len(self._parts) != line.part - 1:
            return None
        self._parts.append(line.body)
        return self._whole(line) if line.part == line.of else None

    def _whole(self, line: _Line) -> RunnerMessage | None:
        text, self._parts = "".join(self._parts), []
        shape = _BODIES.get(line.kind)
        if shape is None:
            return None
        try:
            body = shape.model_validate(_safe(json.loads(text)))
        except (ValueError, RecursionError):
            return None
        return RunnerMessage(job=line.job, boot=clean(line.boot, 40), body=body)


def _safe(value: object) -> object:
    """Every text in it cleaned and redacted, names of tables among the keys too."""
    if isinstance(value, str):
        return REDACTOR.redact(clean(REDACTOR.redact(value), _LONGEST_TEXT))
    if isinstance(value, list):
        return [_safe(item) for item in value]
    if isinstance(value, dict):
        return {str(_safe(str(key))): _safe(item) for key, item in value.items()}
    return value
