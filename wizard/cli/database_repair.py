"""`moveday database repair`: puts right in a target what needs no second copy."""

import click

from wizard.cli.database_sides import Side, connections, sides
from wizard.cli.launchers import DatabaseTools
from wizard.cli.talk import show
from wizard.cli.work import finish
from wizard.errors import BlockedError
from wizard.model.database import Repair
from wizard.model.frozen import Frozen


class Repaired(Frozen):
    """What was repaired; empty when nothing was needed."""

    repaired: tuple[Repair, ...]


@click.command()
@sides("source", "target")
@click.option("--yes", is_flag=True, help="Repair the target.")
@click.pass_context
def repair(context: click.Context, named: tuple[Side, ...], as_json: bool, yes: bool) -> None:
    """Show, and with --yes do, what can be put right in the target without copying again."""

    async def work() -> Repaired:
        tools: DatabaseTools = context.obj.database()
        source, target = connections(tools, named)
        found = Repaired(repaired=tuple(await tools.keeper.repairs(source, target)))
        if not found.repaired:
            return found
        show(repair_words(found.repaired))
        if not yes:
            raise BlockedError(
                f"{len(found.repaired)} repair(s) can be made in the target",
                "\n".join(f"{r.kind} {r.subject}: {r.detail}" for r in found.repaired),
                "nothing was changed; say --yes",
            )
        return Repaired(repaired=tuple(await tools.keeper.repair(source, target, found.repaired)))

    finish(work(), as_json=as_json, words=_done_words)


def repair_words(repairs: tuple[Repair, ...]) -> str:
    """Each repair with its statements, as a person could run them."""
    lines = []
    for one in repairs:
        lines.append(f"{one.kind:<11} {one.subject}: {one.detail}")
        lines += [f"            {statement};" for statement in one.statements]
    return "\n".join(lines)


def _done_words(done: Repaired) -> str:
    if not done.repaired:
        return "nothing to repair"
    return f"{len(done.repaired)} repaired, and looked at again: well"
