"""`moveday database job …`: work beside a source that this machine cannot reach."""

import secrets
from pathlib import Path
from typing import Any

import click

from wizard.cli.database_job_ask import ask
from wizard.cli.database_job_options import (
    certificates,
    generating,
    kept_options,
    kept_secret,
    some_text_of,
    text_of,
    text_sums,
)
from wizard.cli.database_job_routes import routes
from wizard.cli.database_job_words import compared_code, compared_words, read_words
from wizard.cli.database_sides import Side, connections, sides
from wizard.cli.finish import finish
from wizard.cli.front import CommandLine
from wizard.cli.launchers import DatabaseTools
from wizard.cli.talk import show
from wizard.engine.events import Moving
from wizard.exits import Exit
from wizard.generate.source_job import one_line, service
from wizard.model.frozen import Frozen
from wizard.model.source_job import (
    JobCompared,
    JobKind,
    JobOrder,
    JobRead,
    move_id_of,
)

_NEXT = {
    "probe": "moveday database job read FILE --target-env NAME",
    "copy": "moveday database job compare --target-env NAME (the report is left there too)",
    "verify": "moveday database job compare FILE --target-env NAME",
    "serve": "moveday database job ask probe|copy|verify|end --job {job} --target-env NAME",
}


_target_ca = click.option(
    "--target-ca",
    type=click.Path(path_type=Path, dir_okay=False),
    default=None,
    help="File here with the authority (PEM) that the target's certificate is checked against.",
)


class Generated(Frozen):
    """A job's program as it is started; `form` is "script", "line" or "service"."""

    job: str
    kind: JobKind
    image: str
    form: str
    text: str


@click.group()
def job() -> None:
    """Look, copy and compare by a container beside the source, where this machine cannot reach it.

    The container is started by you, on the source's platform, with the official postgres image. It
    reads its secrets from where the platform keeps them, and prints a report without any row.
    """


@job.command()
@generating
@click.pass_context
def probe(context: click.Context, /, **given: Any) -> None:
    """Write the job that looks at the source: what `read` then takes. Changes nothing."""
    _generate(context, "probe", given)


@job.command()
@generating
@text_sums
@click.pass_context
def verify(context: click.Context, /, **given: Any) -> None:
    """Write the job that counts and sums up the source's rows: what `compare` then takes.

    Changes nothing; nobody should be writing to the source from then on.
    """
    _generate(context, "verify", given)


@job.command()
@generating
@kept_options("target")
@_target_ca
@text_sums
@click.option(
    "--count",
    "queries",
    multiple=True,
    metavar="QUERY",
    help="A read-only query of one whole number that it counts by (how many jobs wait).",
)
@click.pass_context
def serve(context: click.Context, /, **given: Any) -> None:
    """Write the job that is started once, waits, and does all of these when it is told to.

    Its orders and its reports stand in the target: `ask` writes and reads them. A rehearsal or
    cutover of a plan that says route: job writes, starts and asks one by itself.
    """
    _generate(context, "serve", given)


def _generate(context: click.Context, kind: JobKind, given: dict[str, Any]) -> None:
    async def work() -> Generated:
        tools: DatabaseTools = context.obj.database()
        order = JobOrder(
            kind=kind,
            job=secrets.token_hex(6),
            major=given["major"],
            source=kept_secret(given, "source"),
            target=kept_secret(given, "target") if "target_secret" in given else None,
            target_ca=certificates(given.get("target_ca")),
            packed=given["packed"],
            text_sums=given.get("text_sums", False),
            queries=given.get("queries", ()),
        )
        text = tools.jobs.script(order)
        if given["form"] == "line":
            text = one_line(text)
        elif given["form"] == "service":
            text = service(text, order)
        _instruct(order)
        return Generated(
            job=order.job,
            kind=kind,
            image=f"postgres:{order.major}",
            form=given["form"],
            text=text,
        )

    finish(
        work(),
        as_json=given["as_json"],
        words=lambda made: made.text.rstrip("\n"),
        whole_lines=True,
    )


def _instruct(order: JobOrder) -> None:
    start = f"job {order.job}: start it once, in the network of the source, with the image"
    start += f" postgres:{order.major}; "
    serves = order.kind == "serve"
    start += "it waits" if serves else "copy its log from BEGIN to END into a file; remove it"
    lines = [start, f"then: {_NEXT[order.kind].format(job=order.job)}"]
    if order.target is not None:
        copying = "while it copies" if serves else "while it runs"
        lines.append(f"{copying}, its view of the source holds back the vacuum there")
        lines.append(
            "the target's certificate is checked against what --target-ca names"
            if order.target_ca
            else "the way to the target is encrypted, but its certificate is not checked: give"
            " --target-ca FILE where its platform has one"
        )
    show("\n".join(lines))


@job.command()
@generating
@kept_options("target")
@_target_ca
@text_sums
@click.pass_context
def copy(context: click.Context, /, **given: Any) -> None:
    """Write the job that streams the source into a fresh target, and counts it in the same view.

    Nothing of a row is written to a disk. A target that holds anything, or the copy of another
    job, is refused. `compare` takes the report: it says what arrived.
    """
    _generate(context, "copy", given)


@job.command()
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True))
@sides("target")
@click.pass_context
def read(context: click.Context, named: tuple[Side, ...], as_json: bool, file: Path) -> None:
    """Say what a probe's report means: facts, and the findings of `database preflight`.

    FILE holds what the job printed ("-": standard input). Without a target, what only both sides
    together tell is left out.
    """

    async def work() -> JobRead:
        tools: DatabaseTools = context.obj.database()
        given = any(side.variable or side.service for side in named)
        target = connections(tools, named)[0] if given else None
        return await tools.jobs.read(text_of(file), target)

    finish(
        work(),
        as_json=as_json,
        words=read_words,
        code=lambda found: Exit.BLOCKED if found.blocking else Exit.DONE,
    )


@job.command()
@click.argument("file", required=False, type=click.Path(path_type=Path, allow_dash=True))
@sides("target")
@click.option("--accept", is_flag=True, help="When all is well, take moveday's marker away.")
@click.pass_context
def compare(
    context: click.Context, named: tuple[Side, ...], as_json: bool, file: Path | None, accept: bool
) -> None:
    """Compare the target with what a copy or verify job has counted at the source.

    Without FILE: with the report that a copy has left in the target. The verdict is the one of
    `database verify`: every table, sequence and object of the schema. Changes nothing, unless
    --accept takes marker and report out of a target that was proven.
    """

    async def work() -> JobCompared:
        tools: DatabaseTools = context.obj.database()
        (target,) = connections(tools, named)
        front = CommandLine()
        text = "" if file is None else some_text_of(file)
        found = await tools.jobs.compare(
            text, target, lambda progress: front.hear(Moving("compare", progress))
        )
        if accept and found.kind == "copy" and compared_code(found) is Exit.DONE:
            await tools.mover.remove_marker(target, move_id_of(found.job))
            return found.model_copy(update={"accepted": True})
        return found

    finish(work(), as_json=as_json, words=compared_words, code=compared_code)


job.add_command(ask)
job.add_command(routes)
