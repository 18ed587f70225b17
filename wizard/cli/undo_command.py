"""`moveday undo`: take back what moveday made on the new side; without --yes, the list."""

import sys
from pathlib import Path

import click

from wizard.cli.front import CommandLine
from wizard.cli.options import folder_option, json_option
from wizard.cli.work import Ask, finish, with_session
from wizard.engine.session import Session
from wizard.errors import BlockedError
from wizard.exits import Exit
from wizard.safety.consent import Level
from wizard.steps.undo import Undo, plan_undo
from wizard.steps.undo import undo as take_back
from wizard.steps.undo_asked import undo_if_wanted


@click.command()
@folder_option
@json_option
@click.option("--yes", is_flag=True, help="Remove what the list names.")
@click.option("--confirm", metavar="NAME", default="", help="The same, with the app's name.")
@click.pass_context
def undo(context: click.Context, folder: Path, as_json: bool, yes: bool, confirm: str) -> None:
    """Remove what moveday made on the new side, and say what stays. Lists it first."""

    async def work(session: Session) -> Undo:
        if confirm and confirm != session.plan.source.app:
            raise BlockedError(
                f"--confirm says “{confirm}”", f"the app is “{session.plan.source.app}”"
            )
        if yes or confirm:
            return await take_back(session)
        listed = await plan_undo(session)
        if not listed.to_remove:
            return listed
        if sys.stdin.isatty():
            session.say(undo_words(listed))
        return await undo_if_wanted(session, listed)

    allowed = Level.CHANGE_NEW_SIDE if yes or confirm else Level.LOOK
    ask = Ask(CommandLine(), allowed, f"--confirm {confirm}" if confirm else "--yes")
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
        lines += ["", "nothing was changed; go ahead with moveday undo --yes"]
    return "\n".join(lines)
