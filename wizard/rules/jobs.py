"""The scheduled jobs of a mapping: each a line of a crontab in a service of its own."""

import re
from collections.abc import Iterator

from wizard.errors import UsageError
from wizard.model.mapping import MappedItem
from wizard.model.plan import Job
from wizard.rules.mapping_facts import MappingFacts
from wizard.rules.processes import CRON

RULES = {"J1": "a line of the crontab; Aptible has no scheduler of its own, times are UTC"}
_PIECE = r"(?:\*|[0-9]+|[A-Za-z]{3})"
_FIELD = rf"{_PIECE}(?:[-/,]{_PIECE})*"
_SCHEDULE = rf"(?:@(?:hourly|daily|weekly|monthly|yearly)|{_FIELD}(?:[ \t]+{_FIELD}){{4}})"
_JOB = re.compile(rf"({_SCHEDULE})[ \t]+(\S.*)")
# A semicolon can be part of a command: only one before a schedule begins another job.
_BETWEEN = re.compile(rf"\n|;(?=[ \t]*{_SCHEDULE}[ \t])")


def job_items(facts: MappingFacts) -> Iterator[MappedItem]:
    """One item per job of the plan."""
    for number, job in enumerate(facts.plan.jobs, 1):
        yield MappedItem(
            group="jobs",
            name=f"job {number}",
            today=f"{job.command}, by the scheduler",
            becomes="service",
            target=f"“{job.schedule} {job.command}” in the service {CRON}",
            because="J1",
            reason=RULES["J1"],
        )


def read_jobs(text: str) -> tuple[Job, ...]:
    """Jobs from lines (or parts between semicolons) of a crontab.

    Raises UsageError naming the first one that is none.
    """
    return tuple(_job(part.strip()) for part in _BETWEEN.split(text) if part.strip())


def _job(line: str) -> Job:
    found = _JOB.fullmatch(line)
    if found is None:
        raise UsageError(
            f"“{line}” is no job",
            "five cron fields (minute, hour, day, month, weekday; UTC), then the command",
            "for instance: 0 3 * * * python clean.py",
        )
    return Job(command=found[2].strip(), schedule=" ".join(found[1].split()))
