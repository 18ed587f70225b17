"""`moveday verify-journal`: is the record of the move whole, and was its end cut off?"""

import dataclasses
import json
import os
import sys
from pathlib import Path

import click

from wizard.cli.launchers import Launchers
from wizard.cli.options import folder_option, json_option
from wizard.cli.talk import show
from wizard.clock import SYSTEM_CLOCK
from wizard.engine.folder import STATE_FOLDER
from wizard.engine.head import kept_head
from wizard.engine.journal import FILE_NAME, verify
from wizard.errors import MovedayError, UsageError
from wizard.exits import Exit
from wizard.ports.vault import VaultUnavailable
from wizard.safety.clean import clean


@click.command("verify-journal")
@folder_option
@json_option
@click.option("--head", default="", help="A head hash kept elsewhere (the report has one).")
@click.pass_context
def verify_journal(context: click.Context, folder: Path, as_json: bool, head: str) -> None:
    """Check the journal's chain; every damaged line is named.

    A chain alone cannot show that its end was cut off; a head kept elsewhere can. Without --head
    it is the one that the system keyring keeps, if it does.
    """
    path = folder / STATE_FOLDER / FILE_NAME
    try:
        if not path.exists():
            raise UsageError(f"there is no journal in {folder}", "nothing was done here yet")
        against, head = ("--head", head) if head else _kept_head(context.obj, folder)
        found = verify(path, head)
    except MovedayError as error:
        show(str(error))
        sys.exit(error.exit_code)
    if as_json:
        document = {**dataclasses.asdict(found), "compared_with": against}
        click.echo(json.dumps(document, indent=2))
    else:
        click.echo(f"{found.lines} lines, head {found.head}")
        click.echo(clean(f"its end was compared with: {against}"))
        for problem in found.problems:
            click.echo(clean(problem))
        click.echo("whole" if found.ok else "damaged")
    sys.exit(Exit.DONE if found.ok else Exit.CHECK_FAILED)


def _kept_head(launchers: Launchers, folder: Path) -> tuple[str, str]:
    """Where a head for this folder is kept, in words, and the head; "" when there is none."""
    vault = launchers.sign_in(None, folder, os.environ, SYSTEM_CLOCK, False).vault
    try:
        head = kept_head(vault)
    except VaultUnavailable as trouble:
        show(f"  ! {trouble.title}: the head that it keeps could not be compared")
        return f"nothing ({trouble.title})", ""
    return ("the head in the system keyring" if head else "nothing (no head is kept)"), head
