"""Writes the crontab of scheduled jobs, and what runs it: a service with supercronic."""

from wizard.generate.known import Known
from wizard.generate.processes import ProcessLine
from wizard.generate.recipe import Recipe, run
from wizard.generate.tables.releases import SUPERCRONIC
from wizard.model.files import Evidence, GeneratedFile, Line, newline_of

PATH = "crontab"
_ADDRESS = "https://github.com/aptible/supercronic/releases/download"


def write_crontab(known: Known, before: str | None) -> GeneratedFile | None:
    """One line per job of the plan, times in UTC; None when there are none."""
    if not known.jobs:
        return None
    lines = [
        Line(
            text=f"{' '.join(job.schedule.split())} {' '.join(job.command.split())}",
            rule="F28",
            evidence=(Evidence(path="moveday.yaml", fact=f"job {number}"),),
        )
        for number, job in enumerate(known.jobs, 1)
    ]
    return GeneratedFile(path=PATH, lines=tuple(lines), before=before, newline=newline_of(before))


def cron_process(known: Known) -> ProcessLine | None:
    """The service that runs the jobs."""
    if not known.jobs:
        return None
    place = Evidence(path="moveday.yaml", fact=f"{len(known.jobs)} jobs")
    return ProcessLine(name="cron", command="supercronic /app/crontab", single=True, evidence=place)


def add_supercronic(recipe: Recipe, place: Evidence) -> None:
    """Install supercronic, checked by its published sum; it is no Debian package."""
    version, digest = SUPERCRONIC
    recipe.packages.add(("ca-certificates", "curl"), place)
    name = "/usr/local/bin/supercronic"
    recipe.tools.append(
        run(
            [
                f"curl -fsSL -o {name} {_ADDRESS}/{version}/supercronic-linux-amd64",
                f'echo "{digest}  {name}" > /tmp/supercronic.sum',
                "sha1sum -c /tmp/supercronic.sum",
                f"rm /tmp/supercronic.sum && chmod 0755 {name}",
            ],
            "F28",
            place,
        )
    )
