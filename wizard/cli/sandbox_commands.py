"""`moveday sandbox`: the outside worlds, served for real on loopback, until ctrl-c."""

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path

import click

from wizard.cli.finish import finish
from wizard.cli.launchers import Launchers
from wizard.errors import UsageError


@click.group(invoke_without_command=True)
@click.option(
    "--env",
    "env_file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="File that gets the NAME=value lines once everything answers.",
)
@click.option(
    "--scenario",
    type=click.Choice(["acme-clinic", "northside-clinic"]),
    default="acme-clinic",
    show_default=True,
    help="An app on Heroku, or one on MedStack.",
)
@click.option(
    "--size",
    type=click.IntRange(1, 20_000),
    default=60,
    show_default=True,
    help="Size of the database in MB.",
)
@click.option("--visitors/--no-visitors", default=True, help="Let people use the app.")
@click.option(
    "--ttl",
    type=click.IntRange(1, 86_400),
    default=30,
    show_default=True,
    help="TTL of the app's names in seconds: a move waits that long for old copies.",
)
@click.pass_context
def sandbox(
    context: click.Context,
    env_file: Path | None,
    scenario: str,
    size: int,
    visitors: bool,
    ttl: int,
) -> None:
    """Serve both sides of a move, DNS, SSH and Postgres on loopback, to practise on."""
    if context.invoked_subcommand is not None:
        return
    if env_file is None:
        raise click.UsageError("say where the settings go: --env FILE")
    launchers: Launchers = context.obj

    async def work() -> str:
        await launchers.sandbox(env_file, scenario, size, visitors, ttl)
        return "sandbox ended"

    finish(work(), as_json=False, words=str)


@sandbox.command("person")
@click.pass_context
def person(context: click.Context) -> None:
    """Play the sandbox's people: do what the request on standard input asks.

    Records are changed at the DNS host; a container is started or ended in MedStack's web
    interface. What nothing outside can show (scheduled jobs switched off) this person says was
    done.
    """
    launchers: Launchers = context.obj

    async def work() -> dict[str, object]:
        request = json.load(sys.stdin)
        changes: list[Mapping[str, object]] = request.get("changes", [])
        started, ended = request.get("start"), str(request.get("end") or "")
        # Told before anything is done: a sandbox that is missing is missing for all of it.
        panel = _place("SANDBOX_PANEL")
        console = _place("SANDBOX_CONSOLE") if started or ended else ""
        for change in changes:
            await launchers.person.change(panel, change)
        if started:
            await launchers.person.start(console, started)
        if ended:
            await launchers.person.end(console, ended)
        return {"done": True, "by": "the sandbox's person", "records": len(changes)}

    finish(work(), as_json=True, words=str)


def _place(variable: str) -> str:
    found = os.environ.get(variable, "")
    if not found:
        raise UsageError(f"{variable} is not set", "there is no sandbox to act in")
    return found
