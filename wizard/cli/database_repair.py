"""`moveday database repair`: puts right in a target what needs no second copy."""

import click

from wizard.cli.database_sides import Side, connections, sides
from wizard.cli.finish import finish
from wizard.cli.launchers import DatabaseTools
from wizard.cli.talk import show
from wizard.exits import Exit
from wizard.model.database import Repair
from wizard.model.frozen import Frozen


class Repaired(Frozen):
    """What is still needed (nothing was changed then), and what was repaired."""

    needed: tuple[Repair, ...] = ()
    repaired: tuple[Repair, ...] = ()


@click.command()
@sides("source", "target")
@click.option("--yes", is_flag=True, help="Repair the target.")
@click.pass_context
def repair(context: click.Context, named: tuple[Side, ...], as_json: bool, yes: bool) -> None:
    """Show, and with --yes do, what can be put right in the target without copying again."""

    async def work() -> Repaired:
        tools: DatabaseTools = context.obj.database()
        source, target = connections(tools, named)
        found = tuple(await tools.keeper.repairs(source, target))
        if not yes or not found:
            return Repaired(needed=found)
        show("\n".join(_repair_lines(found)))
        return Repaired(repaired=tuple(await tools.keeper.repair(source, target, found)))

    finish(
        work(),
        as_json=as_json,
        words=_words,
        code=lambda done: Exit.BLOCKED if done.needed else Exit.DONE,
    )


def _repair_lines(repairs: tuple[Repair, ...]) -> list[str]:
    """Each repair with its statements, as a person could run them."""
    lines = []
    for one in repairs:
        lines.append(f"{one.kind:<11} {one.subject}: {one.detail}")
        lines += [f"            {statement};" for statement in one.statements]
    return lines


def _words(done: Repaired) -> str:
    if done.needed:
        last = f"{len(done.needed)} repair(s) can be made; nothing was changed, say --yes"
        return "\n".join([*_repair_lines(done.needed), last])
    if done.repaired:
        return f"{len(done.repaired)} repaired, and looked at again: well"
    return "nothing to repair"
