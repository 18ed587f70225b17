"""`moveday sandbox`: both outside worlds, served for real on loopback, until ctrl-c."""

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
    help="An app on Heroku, or a clinic on MedStack: its API and DNS alone.",
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
    """Serve Heroku, Aptible, DNS, SSH and Postgres on loopback, to practise on."""
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
    """Play the sandbox's DNS administrator: do what the request on standard input asks.

    What nothing outside can show (scheduled jobs switched off) this person says was done.
    """
    launchers: Launchers = context.obj
    panel = os.environ.get("SANDBOX_PANEL", "")

    async def work() -> dict[str, object]:
        if not panel:
            raise UsageError("SANDBOX_PANEL is not set", "there is no sandbox to act in")
        request = json.load(sys.stdin)
        changes: list[Mapping[str, object]] = request.get("changes", [])
        for change in changes:
            await launchers.person(panel, change)
        return {"done": True, "by": "the sandbox's person", "records": len(changes)}

    finish(work(), as_json=True, words=str)
