"""How does a run differ from those before it, task by task, and what had changed meanwhile?"""

import statistics
from collections.abc import Mapping, Sequence

from wizard.forecast.durations import duration
from wizard.forecast.staleness import changes
from wizard.model.frozen import Frozen
from wizard.model.runs import Effect, Fidelity, Run, TaskTime

NOTABLE_SHARE, NOTABLE_SECONDS = 0.25, 2.0
"""What differs by less than both is said to be about the same: no spread is known of one run."""


class Compared(Frozen):
    """One task or phase: seconds now, and of the earlier runs, oldest first. `words` say it;
    `alike` when it took about as long as before."""

    name: str
    title: str
    effect: Effect
    fidelity: Fidelity
    seconds: float
    earlier: tuple[float, ...]
    words: str
    alike: bool = False


class Comparison(Frozen):
    """The newest run against earlier ones. `changed` says in words what was not the same then.

    `void` is why its times count for nothing, "" when they count.
    """

    run: int
    against: tuple[int, ...]
    changed: tuple[str, ...]
    tasks: tuple[Compared, ...]
    phases: tuple[Compared, ...]
    void: str = ""


def compare(runs: Sequence[Run]) -> Comparison | None:
    """The newest run that timed anything, against the earlier good ones; None without any run.

    Times stand as they were measured: nothing is scaled. What was only walked through at a table
    is compared with nothing, since no action was timed.
    """
    timed = [run for run in runs if run.tasks]
    if not timed:
        return None
    newest = timed[-1]
    before = [run for run in timed[:-1] if not run.void]
    return Comparison(
        run=newest.number,
        against=tuple(run.number for run in before),
        changed=changes(before[-1].conditions, newest.conditions) if before else (),
        tasks=_tasks(newest, before),
        phases=_phases(newest, before),
        void=newest.void,
    )


def _tasks(newest: Run, before: Sequence[Run]) -> tuple[Compared, ...]:
    earlier: list[Mapping[str, float]] = [
        {t.task: t.seconds - t.waited_for_person for t in run.tasks if t.fidelity != "tabletop"}
        for run in before
    ]
    return tuple(_task(time, _of(earlier, time.task)) for time in newest.tasks)


def _task(time: TaskTime, earlier: tuple[float, ...]) -> Compared:
    acted = time.seconds - time.waited_for_person
    talked = time.fidelity == "tabletop"
    return Compared(
        name=time.task,
        title=time.title,
        effect=time.effect,
        fidelity=time.fidelity,
        seconds=round(acted, 3),
        earlier=() if talked else earlier,
        words="walked through at the table" if talked else _words(acted, earlier),
        alike=not talked and _alike(acted, earlier),
    )


def _phases(newest: Run, before: Sequence[Run]) -> tuple[Compared, ...]:
    if newest.move is None:
        return ()
    earlier = [{p.name: p.seconds for p in run.move.phases} for run in before if run.move]
    return tuple(
        Compared(
            name=phase.name,
            title=phase.name,
            effect="hard-down",
            fidelity="real",
            seconds=round(phase.seconds, 3),
            earlier=_of(earlier, phase.name),
            words=_words(phase.seconds, _of(earlier, phase.name)),
            alike=_alike(phase.seconds, _of(earlier, phase.name)),
        )
        for phase in newest.move.phases
    )


def _of(earlier: Sequence[Mapping[str, float]], name: str) -> tuple[float, ...]:
    return tuple(round(times[name], 3) for times in earlier if name in times)


def _words(now: float, earlier: tuple[float, ...]) -> str:
    if not earlier:
        return "first time measured"
    usual = statistics.median(earlier)
    difference = now - usual
    against = f"{duration(usual)} before" if len(earlier) == 1 else f"median {duration(usual)}"
    if _alike(now, earlier):
        return f"about the same ({against})"
    way = "longer" if difference > 0 else "shorter"
    beyond = ""
    if len(earlier) > 1 and not min(earlier) <= now <= max(earlier):
        beyond = ", outside of what was seen"
    return f"{duration(abs(difference))} {way} ({against}{beyond})"


def _alike(now: float, earlier: tuple[float, ...]) -> bool:
    if not earlier:
        return False
    usual = statistics.median(earlier)
    difference = abs(now - usual)
    return difference < NOTABLE_SECONDS or difference < NOTABLE_SHARE * usual
