"""`moveday database job ask`: tell a serving job what to do, by hand, and hear its report."""

import asyncio
import secrets
from typing import Any

import click

from wizard.cli.database_sides import Side, connections, sides
from wizard.cli.finish import finish
from wizard.cli.launchers import DatabaseTools
from wizard.cli.talk import show
from wizard.errors import BlockedError, OutsideError
from wizard.model.frozen import Frozen
from wizard.model.source_job import AskKind, JobHeard

_LOOK = 1.0


class Asked(Frozen):
    """What a job answered; `text` is the report that `read` and `compare` take."""

    job: str
    kind: AskKind
    text: str


@click.command()
@click.argument("kind", type=click.Choice(["probe", "copy", "verify", "end"]))
@click.option("--job", "name", required=True, metavar="NAME", help="Its name, as `serve` said it.")
@click.option(
    "--wait",
    type=click.IntRange(1, 86_400),
    default=120,
    show_default=True,
    help="Seconds without a word from the job after which it counts as not there.",
)
@sides("target")
@click.pass_context
def ask(
    context: click.Context, named: tuple[Side, ...], as_json: bool, kind: Any, name: str, wait: int
) -> None:
    """Tell a job that serves what to do, and print the report it leaves in the target.

    The first one makes the place in the target where the job looks for its orders; `end` takes it
    away. A copy that was asked for and not waited for is begun anew when asked for again.
    """

    async def work() -> Asked:
        tools: DatabaseTools = context.obj.database()
        (target,) = connections(tools, named)
        serving, mark, quiet = tools.jobs.serving, secrets.token_hex(6), 0.0
        await serving.prepare(target, name)
        while True:
            heard = await serving.hear(target, name, kind, mark)
            if heard is not None and heard.answer:
                if kind == "end":
                    await serving.forget(target, name)
                return Asked(job=name, kind=kind, text=heard.answer)
            if heard is None or heard.ended:
                raise BlockedError(
                    f"the job {name} works no more",
                    "it was told to end, or was not spoken to for many hours",
                    "write another one: moveday database job serve",
                )
            quiet = 0.0 if heard.there else quiet + _LOOK
            if quiet == _LOOK:
                show(_not_there(heard))
            if quiet > wait:
                raise OutsideError(
                    f"the job {name} is not there", _not_there(heard), "start it, and ask again"
                )
            await asyncio.sleep(_LOOK)

    finish(work(), as_json=as_json, words=lambda found: found.text, whole_lines=True)


def _not_there(heard: JobHeard) -> str:
    if heard.beat_age is None:
        return "it was not heard yet: waiting for its container"
    return f"it was heard {heard.beat_age:.0f} s ago: waiting for it"
