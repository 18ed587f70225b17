"""`moveday undo`: take back what moveday made on the new side; without the name, the list."""

import sys
from pathlib import Path

import click

from wizard.cli.finish import finish
from wizard.cli.front import CommandLine
from wizard.cli.options import folder_option, json_option
from wizard.cli.work import Ask, with_session
from wizard.engine.session import Session
from wizard.exits import Exit
from wizard.steps.undo import Undo, plan_undo
from wizard.steps.undo_asked import undo_confirmed


@click.command()
@folder_option
@json_option
@click.option("--confirm", metavar="NAME", default="", help="Remove it: the app's name.")
@click.pass_context
def undo(context: click.Context, folder: Path, as_json: bool, confirm: str) -> None:
    """Remove what moveday made on the new side, and say what stays. Lists it first."""

    async def work(session: Session) -> Undo:
        listed = await plan_undo(session)
        if not confirm:
            if not listed.to_remove or not sys.stdin.isatty():
                return listed
            session.say(undo_words(listed))
        return await undo_confirmed(session, listed)

    ask = Ask(CommandLine({"undo": confirm} if confirm else {}))
    finish(
        with_session(context.obj, folder, ask, work),
        as_json=as_json,
        words=undo_words,
        code=_code,
    )


def _code(found: Undo) -> Exit:
    """Blocked as long as something waits for a yes; what is left on purpose is no failure."""
    return Exit.DONE if found.acted or not found.to_remove else Exit.BLOCKED


def undo_words(found: Undo) -> str:
    """The list, and what stays."""
    if not found.items and not found.acted:
        return "moveday made nothing on the new side that is still there"
    lines = ["taken back" if found.acted else "would be taken back, in this order"]
    for item in found.items:
        number = f" (id {item.id})" if item.id is not None else ""
        lines.append(f"  {item.state:<13} {item.kind} {item.name}{number}")
        if item.reason:
            lines.append(f"                {item.reason}")
        if item.state == "left" and item.by_hand:
            lines.append(f"                by hand: {item.by_hand}")
    if found.stays:
        lines += ["", "stays", *(f"  {sentence}" for sentence in found.stays)]
    if not found.acted and found.to_remove:
        lines += ["", "nothing was changed; go ahead with moveday undo --confirm NAME"]
    return "\n".join(lines)
