"""`moveday database job …`: work beside a source that this machine cannot reach."""

import secrets
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from wizard.cli.database_job_routes import routes
from wizard.cli.database_job_words import compared_code, compared_words, read_words
from wizard.cli.database_sides import Side, connections, sides
from wizard.cli.finish import finish
from wizard.cli.front import CommandLine
from wizard.cli.launchers import DatabaseTools
from wizard.cli.talk import show
from wizard.engine.events import Moving
from wizard.errors import UsageError
from wizard.exits import Exit
from wizard.generate.source_job import one_line, service
from wizard.model.frozen import Frozen
from wizard.model.source_job import (
    JobCompared,
    JobKind,
    JobOrder,
    JobRead,
    KeptSecret,
    move_id_of,
)

_LARGEST_PASTE = 100_000_000
_NEXT = {
    "probe": "moveday database job read FILE --target-env NAME",
    "copy": "moveday database job compare FILE --target-env NAME",
    "verify": "moveday database job compare FILE --target-env NAME",
}


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


def _kept_options(side: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Where one side's URL is kept inside the container."""

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        options: Any = function
        for name, words in reversed(
            (
                ("secret", f"File in the container that holds the {side}'s URL."),
                ("env", f"Variable in the container that holds the {side}'s URL."),
                ("host", "With it, only the password is kept there."),
                ("user", "User that belongs to --{side}-host.".replace("{side}", side)),
                ("database", "Database that belongs to --{side}-host.".replace("{side}", side)),
            )
        ):
            options = click.option(f"--{side}-{name}", default="", metavar="NAME", help=words)(
                options
            )
        decorated: Callable[..., Any] = click.option(
            f"--{side}-port", type=click.IntRange(1, 65535), default=5432, help="Its port."
        )(options)
        return decorated

    return decorate


def _generating(function: Callable[..., Any]) -> Callable[..., Any]:
    options: Any = function
    for option in (
        click.option("--json", "as_json", is_flag=True, help="Print one JSON document."),
        click.option(
            "--packed",
            is_flag=True,
            help="Compress the report even when it is short enough to read.",
        ),
        click.option(
            "--as",
            "form",
            type=click.Choice(["script", "line", "service"]),
            default="script",
            show_default=True,
            help="A program for sh; the same as a command of one line; a Compose or stack file.",
        ),
        click.option(
            "--image-version",
            "major",
            type=int,
            default=18,
            show_default=True,
            help="Of the image postgres:VERSION; at least the newer server's.",
        ),
    ):
        options = option(options)
    decorated: Callable[..., Any] = _kept_options("source")(options)
    return decorated


@job.command()
@_generating
@click.pass_context
def probe(context: click.Context, /, **given: Any) -> None:
    """Write the job that looks at the source: what `read` then takes. Changes nothing."""
    _generate(context, "probe", given)


_text_sums = click.option(
    "--text-sums",
    is_flag=True,
    help="Sum up rows as text: for another encoding, or a target before version 14.",
)


@job.command()
@_generating
@_text_sums
@click.pass_context
def verify(context: click.Context, /, **given: Any) -> None:
    """Write the job that counts and sums up the source's rows: what `compare` then takes."""
    _generate(context, "verify", given)


def _generate(context: click.Context, kind: JobKind, given: dict[str, Any]) -> None:
    async def work() -> Generated:
        tools: DatabaseTools = context.obj.database()
        order = JobOrder(
            kind=kind,
            job=secrets.token_hex(6),
            major=given["major"],
            source=_kept(given, "source"),
            target=_kept(given, "target") if "target_secret" in given else None,
            target_ca=_certificates(given.get("target_ca")),
            packed=given["packed"],
            text_sums=given.get("text_sums", False),
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
    lines = [
        f"job {order.job}: start it once, in the network of the source, with the image"
        f" postgres:{order.major}; copy its log from BEGIN to END into a file; remove it",
        f"then: {_NEXT[order.kind]}",
    ]
    if order.kind == "copy":
        lines.append("while it runs, its view of the source holds back the vacuum there")
        lines.append(
            "the target's certificate is checked against what --target-ca names"
            if order.target_ca
            else "the way to the target is encrypted, but its certificate is not checked: give"
            " --target-ca FILE where its platform has one"
        )
    show("\n".join(lines))


def _kept(given: dict[str, Any], side: str) -> KeptSecret:
    return KeptSecret(
        file=given[f"{side}_secret"],
        variable=given[f"{side}_env"],
        host=given[f"{side}_host"],
        port=given[f"{side}_port"],
        user=given[f"{side}_user"],
        database=given[f"{side}_database"],
    )


def _certificates(path: Path | None) -> str:
    if path is None:
        return ""
    text = _text_of(path)
    if "-----BEGIN CERTIFICATE-----" not in text or "PRIVATE KEY" in text:
        raise UsageError(
            f"{path.name} is no file of certificates",
            "it must hold certificates (PEM) and nothing else: it becomes part of the job's text",
            "give the certificate of the authority that signed the target's",
        )
    return text


@job.command()
@_generating
@_kept_options("target")
@click.option(
    "--target-ca",
    type=click.Path(path_type=Path, dir_okay=False),
    default=None,
    help="File here with the authority (PEM) that the target's certificate is checked against.",
)
@_text_sums
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
        return await tools.jobs.read(_text_of(file), target)

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
        text = "" if file is None else _some_text_of(file)
        found = await tools.jobs.compare(
            text, target, lambda progress: front.hear(Moving("compare", progress))
        )
        if accept and found.kind == "copy" and compared_code(found) is Exit.DONE:
            await tools.mover.remove_marker(target, move_id_of(found.job))
            return found.model_copy(update={"accepted": True})
        return found

    finish(work(), as_json=as_json, words=compared_words, code=compared_code)


job.add_command(routes)


def _some_text_of(path: Path) -> str:
    text = _text_of(path)
    if not text.strip():
        raise UsageError(f"{path} is empty", "", "paste what the job's container printed")
    return text


def _text_of(path: Path) -> str:
    try:
        if str(path) == "-":
            return sys.stdin.buffer.read(_LARGEST_PASTE).decode("utf-8", "replace")
        with path.open("rb") as file:
            return file.read(_LARGEST_PASTE).decode("utf-8", "replace")
    except OSError as error:
        raise UsageError(
            f"{path} cannot be read", error.strerror or "", "name a file, or - for standard input"
        ) from None
