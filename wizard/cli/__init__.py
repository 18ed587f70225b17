"""The command line: `moveday` and its commands."""

import gc
from importlib import import_module
from pathlib import Path
from types import ModuleType

import click

from wizard import __version__

COMMANDS = {
    "plan": "plan_command:plan",
    "sign-in": "sign_in_command:sign_in",
    "inventory": "inventory_command:inventory",
    "map": "map_command:mapping",
    "files": "files_command:files",
    "deploy": "commands:deploy",
    "rehearse": "commands:rehearse",
    "forecast": "commands:forecast",
    "cutover": "commands:cutover",
    "rollback": "commands:rollback",
    "pause": "pause_commands:pause",
    "continue": "pause_commands:go_on",
    "undo": "undo_command:undo",
    "report": "commands:report",
    "status": "status_command:status",
    "doctor": "doctor_command:doctor",
    "verify-journal": "journal_commands:verify_journal",
    "database": "database_commands:database",
    "dns": "dns_commands:dns",
    "sandbox": "sandbox_commands:sandbox",
    "demo": "demo_command:demo",
}
"""Command → module of this package and name in it; loaded when it is called, in this order."""


class Commands(click.Group):
    """Loads a command's module only when it is asked for: `--version` answers at once."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands in the order of a move."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of this name, or None."""
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name].partition(":")
        found = getattr(_loaded(f"wizard.cli.{module}"), name)
        assert isinstance(found, click.Command)
        return found


def _loaded(module: str) -> ModuleType:
    """The module; all it defines stays: to look for garbage meanwhile costs a sixth of the time."""
    gc.disable()
    try:
        return import_module(module)
    finally:
        gc.enable()


@click.command(cls=Commands, invoke_without_command=True)
@click.version_option(__version__, prog_name="moveday")
@click.pass_context
def moveday(context: click.Context) -> None:
    """A rehearsed, same-day move of an app from Heroku or MedStack to Aptible.

    Without a command the wizard opens, in the app's folder, where it was left.
    """
    if context.invoked_subcommand is None:
        from wizard.cli.screens_command import open_wizard

        open_wizard(context.obj, Path())
