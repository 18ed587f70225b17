"""`moveday inventory`: everything the app is made of; `--apps`: the apps to choose from."""

from pathlib import Path

import click

from wizard.cli.commands import look_around, perform
from wizard.cli.environment import take_credentials
from wizard.cli.finish import finish
from wizard.cli.front import CommandLine
from wizard.cli.inventory_words import apps_words, inventory_words
from wizard.cli.launchers import Launchers
from wizard.cli.options import folder_option, json_option
from wizard.cli.project_command import (
    FilesAsked,
    cluster_option,
    files_options,
    look_at_project,
)
from wizard.cli.work import Ask
from wizard.clock import SYSTEM_CLOCK


@click.command()
@folder_option
@json_option
@click.option("--apps", is_flag=True, help="List the account's apps instead; needs no plan.")
@files_options
@cluster_option
@click.pass_context
def inventory(
    context: click.Context,
    folder: Path,
    as_json: bool,
    apps: bool,
    source: str,
    files: tuple[Path, ...],
    profiles: tuple[str, ...],
    cluster: str,
) -> None:
    """Read everything the app is made of, and what changed since. Changes nothing.

    With --source compose: a Compose project or a Swarm stack, from its files alone. With --source
    medstack: a cluster through MedStack's API, and the files laid under it. Without options, and
    without moveday.yaml: where such a look was taken last, else the folder's Compose file.
    """
    asked = FilesAsked(source, files, profiles, cluster)
    if apps:
        launchers: Launchers = context.obj
        work = launchers.apps(folder, take_credentials(), SYSTEM_CLOCK, source)
        finish(work, as_json=as_json, words=apps_words)
    if asked.anything or asked.left_in(folder):
        look_at_project(context.obj, folder, asked, as_json=as_json)
    ask = Ask(CommandLine())
    perform(context, folder, ask, look_around, as_json=as_json, say=inventory_words)
