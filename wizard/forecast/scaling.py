"""What would this task take with today's amount of data?"""

import math

from wizard.model.runs import Run, TaskTime

# What handles every byte of the data, and how fast it is assumed to do so (bytes per second) as
# long as nothing was measured: a move through a common office line, a check on both servers at
# once, a backup inside the source's data centre.
ASSUMED_SPEED = {"move": 8e6, "verify": 60e6, "source-backup": 30e6}


def scaled_seconds(time: TaskTime, run: Run, today_bytes: int) -> float:
    """The seconds of `time`, measured in `run`, scaled from that run's bytes to today's.

    Copying and comparing grow with the bytes, building indexes a little faster (n log n). Tasks
    that do not touch the data, and time in which a person was awaited, stay as they are.
    """
    measured_bytes = run.conditions.source_bytes
    if time.task not in ASSUMED_SPEED or measured_bytes <= 0 or today_bytes <= 0:
        return time.seconds
    growth = today_bytes / measured_bytes
    index_share = _index_share(run) if time.task == "move" else 0.0
    rows = max(sum(table.rows for table in run.move.tables), 2) if run.move else 2
    deeper = max(math.log(rows * growth) / math.log(rows), 0.5) if rows * growth > 1 else 1.0
    factor = growth * ((1 - index_share) + index_share * deeper)
    waited = min(max(time.waited_for_person, 0.0), time.seconds)
    return waited + (time.seconds - waited) * factor


def assumed_seconds(task: str, expected: float, today_bytes: int) -> float:
    """What a task that was never measured is assumed to take; `expected` is the runbook's figure.

    Tasks that handle the data are assumed from its bytes where that is the longer.
    """
    speed = ASSUMED_SPEED.get(task)
    return max(expected, today_bytes / speed) if speed else expected


def _index_share(run: Run) -> float:
    if run.move is None:
        return 0.0
    copying = sum(table.copy_seconds for table in run.move.tables)
    indexing = sum(table.index_seconds for table in run.move.tables)
    return indexing / (copying + indexing) if copying + indexing > 0 else 0.0
