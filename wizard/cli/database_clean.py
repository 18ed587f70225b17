"""`moveday database clean`: takes away what rehearsals and broken-off copies left in a target."""

import click

from wizard.cli.database_sides import Side, connections, sides
from wizard.cli.finish import finish
from wizard.cli.launchers import DatabaseTools
from wizard.cli.talk import show
from wizard.errors import UsageError
from wizard.exits import Exit
from wizard.model.database import Leftover
from wizard.model.frozen import Frozen

_BACKUPS = (
    "backups that the platform made meanwhile: they hold the copied rows until they expire"
    " (patients' data, where there are any)"
)
_RUNNERS = (
    "a runner app, if the plan said route: runner: a database's URL does not lead to it;"
    " `moveday undo` removes it, and `moveday rollback` while its run is open"
)


class Cleaned(Frozen):
    """What was emptied, what carries a marker and was left, and what stays."""

    cleaned: tuple[Leftover, ...]
    left: tuple[Leftover, ...]
    stays: tuple[str, ...]


@click.command()
@sides("target")
@click.option(
    "--confirm",
    "confirmed",
    multiple=True,
    metavar="NAME",
    help="Name of a database to empty; may be given several times.",
)
@click.pass_context
def clean(
    context: click.Context, named: tuple[Side, ...], as_json: bool, confirmed: tuple[str, ...]
) -> None:
    """Empty databases that hold a move's copy; never anything without moveday's marker."""

    async def work() -> Cleaned:
        tools: DatabaseTools = context.obj.database()
        (target,) = connections(tools, named)
        found = tuple(await tools.keeper.leftovers(target))
        known = {one.database for one in found}
        if strangers := sorted(set(confirmed) - known):
            raise UsageError(
                f"no copy of a move is in {', '.join(strangers)}",
                "nothing was changed",
                f"those that carry moveday's marker: {', '.join(sorted(known)) or 'none'}",
            )
        if confirmed:
            show("\n".join(_leftover_lines(found)))
        done = [await tools.keeper.clean(target, name) for name in dict.fromkeys(confirmed)]
        left = tuple(one for one in found if one.database not in confirmed)
        return _result(tuple(done), left)

    finish(
        work(),
        as_json=as_json,
        words=_words,
        code=lambda done: Exit.BLOCKED if done.left and not done.cleaned else Exit.DONE,
    )


def _result(cleaned: tuple[Leftover, ...], left: tuple[Leftover, ...]) -> Cleaned:
    stays = [f"the database {one.database}, empty" for one in cleaned]
    stays += [f"the copy in {one.database}: it was not named" for one in left]
    stays.append("every database without moveday's marker: untouched")
    stays += [_BACKUPS, _RUNNERS] if cleaned or left else []
    return Cleaned(cleaned=cleaned, left=left, stays=tuple(stays))


def _leftover_lines(found: tuple[Leftover, ...]) -> list[str]:
    """One line per marked database."""
    lines = []
    for one in found:
        line = (
            f"{one.database}: {one.bytes / 1e6:.1f} MB of move {one.move_id}, {one.state},"
            f" begun {one.started}"
        )
        line += f", {one.sessions} session(s) of it still open" if one.sessions else ""
        line += f"; in use by {', '.join(one.others)}" if one.others else ""
        lines.append(line)
    return lines


def _words(done: Cleaned) -> str:
    if done.left and not done.cleaned:
        last = "nothing was changed; say --confirm NAME for each that is to be emptied"
        return "\n".join([*_leftover_lines(done.left), last])
    head = [f"{one.database}: emptied" for one in done.cleaned] or ["nothing to clean"]
    return "\n".join([*head, "what stays:", *(f"  {line}" for line in done.stays)])
