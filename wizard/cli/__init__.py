"""The command line: `moveday` and its commands."""

import sys

import click

from wizard import __version__
from wizard.cli.commands import (
    cutover,
    deploy,
    files,
    forecast,
    inventory,
    mapping,
    rehearse,
    report,
    rollback,
)
from wizard.cli.database_commands import database
from wizard.cli.demo_command import demo
from wizard.cli.journal_commands import status, verify_journal
from wizard.cli.sandbox_commands import sandbox
from wizard.exits import Exit


@click.group(invoke_without_command=True)
@click.version_option(__version__, prog_name="moveday")
@click.pass_context
def moveday(context: click.Context) -> None:
    """A rehearsed, same-day move of an app from Heroku to Aptible."""
    if context.invoked_subcommand is None:
        click.echo("The screens are not built yet. Say which command:\n", err=True)
        click.echo(context.get_help(), err=True)
        sys.exit(Exit.USAGE)


for command in (
    inventory,
    mapping,
    files,
    deploy,
    rehearse,
    forecast,
    cutover,
    rollback,
    report,
    status,
    verify_journal,
    database,
    sandbox,
    demo,
):
    moveday.add_command(command)
