"""Which runs were there? The ledger, derived from the journal's run-finished entries."""

from collections.abc import Iterable, Mapping
from typing import Protocol

from pydantic import ValidationError

from wizard.errors import CheckFailedError
from wizard.model.runs import Run

RUN_FINISHED = "run-finished"


class LedgerEntry(Protocol):
    """The part of a journal entry that the ledger looks at."""

    @property
    def seq(self) -> int: ...

    @property
    def kind(self) -> str: ...

    @property
    def data(self) -> Mapping[str, object]: ...


def runs_of(entries: Iterable[LedgerEntry]) -> list[Run]:
    """All runs by number; an entry of kind run-finished holds one as `data["run"]`.

    A run that was continued ends more than once: its last end counts. Raises `CheckFailedError`
    naming the journal line of a run that this moveday cannot read.
    """
    runs: dict[int, Run] = {}
    for entry in entries:
        if entry.kind != RUN_FINISHED:
            continue
        try:
            run = Run.model_validate(entry.data.get("run"))
        except ValidationError as error:
            raise CheckFailedError(
                f"line {entry.seq} of the journal holds a run that cannot be read",
                "it was written by a newer moveday, or by a broken one",
                "install the version that wrote it",
            ) from error
        runs[run.number] = run
    return [runs[number] for number in sorted(runs)]


def next_number(entries: Iterable[LedgerEntry]) -> int:
    """The number of the next run: numbers of runs that never ended are not used again."""
    taken = [0]
    for entry in entries:
        number = entry.data.get("run")
        if entry.kind == "run-started" and isinstance(number, int):
            taken.append(number)
        elif entry.kind == RUN_FINISHED and isinstance(number, dict):
            taken.append(int(number.get("number", 0)))
    return max(taken) + 1
