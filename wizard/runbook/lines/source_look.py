"""Looks at one source's database: by a connection from here, or by the job beside it.

Whoever compares, counts or proves asks here and does not know which. A twin's database that only
its own platform's containers reach is not looked at: the job is beside the real one.
"""

from collections.abc import Sequence
from typing import Protocol

from wizard.model.database import Connection, Verdict, WriteCounters
from wizard.model.plan import DatabaseChoice, Queue
from wizard.ports.database import OnProgress
from wizard.ports.source import Source
from wizard.runbook.context import RunContext
from wizard.runbook.lines.databases_moved import by_job
from wizard.runbook.lines.far_job import FarJob
from wizard.runbook.lines.job_names import jobs

_WHERE = {False: "the old side's database", True: "the old side's database, by the job beside it"}


class SourceLook(Protocol):
    """What is asked of a source's database before, in and after the freeze."""

    async def write_counters(self) -> WriteCounters:
        """Whether anything still writes."""
        ...

    async def counts(self, queues: Sequence[Queue]) -> Sequence[int]:
        """How much waits in each of the database's queues."""
        ...

    async def compare(self, target: Connection, on_progress: OnProgress) -> Verdict:
        """The source as it is now, in no copy's view, against the target."""
        ...


class ByConnection:
    """From here: the database is reached by this machine."""

    def __init__(self, context: RunContext, app: Source, variable: str) -> None:
        self._outside, self._app, self._variable = context.session.outside, app, variable

    async def write_counters(self) -> WriteCounters:
        """One look."""
        return await self._outside.probe.write_counters(await self._connection())

    async def counts(self, queues: Sequence[Queue]) -> Sequence[int]:
        """One query after the other."""
        connection, probe = await self._connection(), self._outside.probe
        return [await probe.count(connection, queue.waiting) for queue in queues]

    async def compare(self, target: Connection, on_progress: OnProgress) -> Verdict:
        """The verifier's."""
        return await self._outside.verifier.verify(
            await self._connection(), target, snapshot=None, on_progress=on_progress
        )

    async def _connection(self) -> Connection:
        return await self._app.database(self._variable)


class ByJob:
    """By the job that waits beside it; no connection is made from here."""

    def __init__(self, context: RunContext, choice: DatabaseChoice) -> None:
        self._context, self._choice = context, choice
        self._far = FarJob(context, choice)

    async def write_counters(self) -> WriteCounters:
        """One order, one look: each has a mark of its own."""
        return await jobs(self._context).look(await self._far.ask("look"))

    async def counts(self, queues: Sequence[Queue]) -> Sequence[int]:
        """All that the job was given, by one order."""
        text = await self._far.ask("count")
        return await jobs(self._context).counted(text, [queue.waiting for queue in queues])

    async def compare(self, target: Connection, on_progress: OnProgress) -> Verdict:
        """The verifier's, from what the job has counted after it was asked."""
        text = await self._far.ask("verify")
        return (await jobs(self._context).compare(text, target, on_progress)).verdict


def frozen_look(context: RunContext, app: Source, variable: str) -> SourceLook | None:
    """At the database of the app that is frozen; None where nobody can look."""
    choice = next((c for c in by_job(context) if c.variable == variable), None)
    if choice is None:
        return ByConnection(context, app, variable)
    return ByJob(context, choice) if app is context.session.outside.source else None


def where_looked(context: RunContext) -> str:
    """In words for a proof."""
    return _WHERE[bool(by_job(context))]
