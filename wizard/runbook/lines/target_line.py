"""The open line to a fresh database: a tunnel, shared by all tasks of a run."""

from contextlib import AsyncExitStack

from wizard.model.database import Connection
from wizard.model.plan import DatabaseChoice
from wizard.runbook.context import RunContext
from wizard.runbook.lines import new_side
from wizard.runbook.lines.frozen import databases_to_move
from wizard.runbook.lines.ways import way
from wizard.runbook.watcher import on_broken


def by_runner(context: RunContext) -> list[DatabaseChoice]:
    """The databases whose data a runner moves, and not a tunnel of ours."""
    return [choice for choice in databases_to_move(context) if choice.route == "runner"]


async def open_target(context: RunContext, handle: str) -> Connection:
    """A tunnel to a database of the new side, kept open until the run ends."""
    key = f"tunnel/{handle}"
    if key not in context.opened:
        found = await new_side.database(context, handle)
        with_runners = {context.stage.database_handle(choice) for choice in by_runner(context)}
        tell = on_broken(context, handle, by_runner=handle in with_runners)

        def broken(reason: str) -> None:
            context.opened.pop(key, None)  # whoever looks next opens another
            tell(reason)

        line = await context.resources.enter_async_context(AsyncExitStack())
        context.opened[f"{key}/line"] = line
        context.opened[key] = await line.enter_async_context(
            context.session.outside.target.tunnel(found, broken, route=way(context, handle))
        )
    connection = context.opened[key]
    assert isinstance(connection, Connection)
    return connection
