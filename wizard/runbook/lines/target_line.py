"""The open line to a fresh database: a tunnel, shared by all tasks of a run."""

from contextlib import AsyncExitStack

from wizard.model.database import Connection
from wizard.runbook.context import RunContext
from wizard.runbook.lines import new_side
from wizard.runbook.lines.databases_moved import by_job, by_runner
from wizard.runbook.lines.ways import way
from wizard.runbook.watcher import on_broken


async def open_target(context: RunContext, handle: str) -> Connection:
    """A tunnel to a database of the new side, kept open until the run ends."""
    key = f"tunnel/{handle}"
    if key not in context.opened:
        found = await new_side.database(context, handle)
        elsewhere = (*by_runner(context), *by_job(context))
        not_by_us = {context.stage.database_handle(choice) for choice in elsewhere}
        tell = on_broken(context, handle, by_runner=handle in not_by_us)

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
