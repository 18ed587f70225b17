"""Which runs were there? The ledger, derived from the journal's run-finished entries."""

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from typing import Protocol

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
    def key(self) -> str: ...

    @property
    def data(self) -> Mapping[str, object]: ...


def runs_of(entries: Iterable[LedgerEntry]) -> list[Run]:
    """All runs by number; an entry of kind run-finished holds one as `data["run"]`.

    An entry without a document ends something else (a deploy). A run that was continued ends more
    than once: its last end counts. Raises `CheckFailedError`
    naming the journal line of a run that this moveday cannot read.
    """
    runs: dict[int, Run] = {}
    for entry in entries:
        document = entry.data.get("run")
        if entry.kind != RUN_FINISHED or not isinstance(document, Mapping):
            continue
        try:
            run = _parsed(document)
        except ValueError as error:
            raise CheckFailedError(
                f"line {entry.seq} of the journal holds a run that cannot be read",
                "it was written by a newer moveday, or by a broken one",
                "install the version that wrote it",
            ) from error
        runs[run.number] = run
    return [runs[number] for number in sorted(runs)]


# A run that stands in the journal never changes, and whoever shows a move asks for all of them at
# every change. The document is kept beside its run, so that its identity stays its own.
_PARSED: OrderedDict[int, tuple[Mapping[str, object], Run]] = OrderedDict()
_MOST = 64


def _parsed(document: Mapping[str, object]) -> Run:
    held = _PARSED.get(id(document))
    if held is not None and held[0] is document:
        return held[1]
    run = Run.model_validate(document)
    _PARSED[id(document)] = (document, run)
    if len(_PARSED) > _MOST:
        _PARSED.popitem(last=False)
    return run


def way_back_times(entries: Iterable[LedgerEntry]) -> list[float]:
    """Seconds that each way back took, run by run: undone tasks that users had felt.

    Clean-up behind a rehearsal is undone as well, but nobody waits for it.
    """
    runs: dict[str, float] = {}
    for entry in entries:
        seconds = entry.data.get("seconds")
        if entry.kind == "undone" and isinstance(seconds, int | float):
            run = entry.key.partition("/")[0]
            felt = entry.data.get("effect") == "hard-down"
            runs[run] = runs.get(run, 0.0) + (float(seconds) if felt else 0.0)
    return [seconds for seconds in runs.values() if seconds > 0]


def last_rehearsed(entries: Iterable[LedgerEntry]) -> Run | None:
    """The newest rehearsal that came to its end; None when there is none."""
    done = [r for r in runs_of(entries) if r.mode == "rehearsal" and r.outcome == "done"]
    return done[-1] if done else None
