"""All rows, and each table's indexes and keys as soon as its last row is in."""

import json
from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass, field

from providers.databases.postgres import steps
from providers.databases.postgres.builders import Builders
from providers.databases.postgres.catalog import Index, Table
from providers.databases.postgres.concurrently import all_of
from providers.databases.postgres.plan import Part, Plan, batches, copy_parts, statistics_step
from providers.databases.postgres.pool import WorkerPool
from providers.databases.postgres.progress import Progress
from providers.databases.postgres.session import Session
from providers.databases.postgres.steps import Done

_LARGE_OBJECTS_PER_TASK = 100
# A table below this has its indexes built in one batch: the round trips would take longer.
_SMALL_TABLE_BYTES = 4_000_000


@dataclass
class Filling:
    """One copy's rows and indexes; `done` is what an earlier try has left.

    `analyzed`: names of the tables whose statistics are gathered, once it has run.
    """

    plan: Plan
    copiers: WorkerPool
    builders: Builders
    progress: Progress
    done: Mapping[str, Done]
    chunk_bytes: int | None
    analyzed: set[str] = field(default_factory=set)
    _left: dict[int, set[str]] = field(default_factory=dict)

    async def run(self, target: Session) -> None:
        """Do it all; largest first."""
        parts = [part for table in self.plan.tables for part in self._parts(table)]
        await self._note_ranges(target, parts)
        for part in parts:
            self._left.setdefault(part.table.oid, set()).add(part.step)
        missing = []
        for part in parts:
            if (found := self.done.get(part.step)) is None:
                missing.append(part)
                continue
            count = self.progress.table(part.table.oid)
            count.rows, count.bytes = count.rows + found.rows, count.bytes + found.bytes
            count.copy_seconds += found.seconds
            self._left[part.table.oid].discard(part.step)
        complete = [table for table in self.plan.tables if not self._left[table.oid]]
        for table in complete:
            self._copied(table)
        work: list[Awaitable[object]] = [self._copy(batch) for batch in batches(missing)]
        work.append(self._index(complete))
        work += self._large_objects()
        await all_of(work)

    def _parts(self, table: Table) -> list[Part]:
        earlier = self.done.get(_ranges_step(table))
        return copy_parts(table, self.chunk_bytes, json.loads(earlier.detail) if earlier else ())

    async def _note_ranges(self, target: Session, parts: Sequence[Part]) -> None:
        """How tables are split is written down first: another try must split them the same."""
        split: dict[str, list[int]] = {}
        for part in parts:
            if part.first is not None and (step := _ranges_step(part.table)) not in self.done:
                split.setdefault(step, []).append(part.first)
        notes = [steps.note(step, detail=json.dumps(firsts)) for step, firsts in split.items()]
        if notes:
            await target.run("; ".join(notes))

    async def _copy(self, batch: list[Part]) -> None:
        passed = [0] * len(batch)

        def on_bytes(number: int, so_far: int) -> None:
            part = batch[number]
            self.progress.table(part.table.oid).bytes += so_far - passed[number]
            passed[number] = so_far
            self.progress.report(part.table.name)

        task = {
            "kind": "copy",
            "parts": [
                {
                    "out": part.out,
                    "in": part.into,
                    "step": steps.literal(part.step),
                    "name": f"table {part.table.name}",
                }
                for part in batch
            ],
        }
        measured = await self.copiers.do(task, _names(batch), on_bytes)
        complete = []
        for number, (part, m) in enumerate(zip(batch, measured["parts"], strict=True)):
            on_bytes(number, m["bytes"])
            count = self.progress.table(part.table.oid)
            count.rows += m["rows"]
            count.copy_seconds += m["seconds"]
            self._left[part.table.oid].discard(part.step)
            if not self._left[part.table.oid]:
                self._copied(part.table)
                complete.append(part.table)
        await self._index(complete)

    def _copied(self, table: Table) -> None:
        self.progress.table(table.oid).copied = True
        self.progress.report(table.name, urgent=True)

    async def _index(self, tables: list[Table]) -> None:
        """Small tables' indexes go in one batch, a large table's side by side."""
        small: list[tuple[Table, list[Index]]] = []
        work: list[Awaitable[object]] = []
        for table in tables:
            mine = [index for index in self.plan.indexes if index.table == table.oid]
            if table.bytes > _SMALL_TABLE_BYTES:
                work.append(self._index_large(table, mine))
            elif mine:
                small.append((table, mine))
        if small:
            work.append(self._index_small(small))
        await all_of(work)

    async def _index_large(self, table: Table, indexes: list[Index]) -> None:
        count = self.progress.table(table.oid)

        async def build(statements: list[str], subject: str) -> None:
            count.index_seconds += await self.builders.run(statements, subject)

        builds = []
        for index in indexes:
            if statements := self._unless_done(f"index {index.name}", index.definition):
                builds.append(build(statements, f"index {index.name}"))
            else:
                count.index_seconds += self.done[f"index {index.name}"].seconds
        await all_of(builds)
        keys = [statement for index in indexes for statement in self._key(index)]
        if keys:
            await build(keys, f"keys of {table.name}")
        await self._analyze(table)

    async def _analyze(self, table: Table) -> None:
        """Beside the others' rows: while a line is the bottleneck, the server has time."""
        if not table.by_itself:
            return
        step = statistics_step(table)
        if statements := self._unless_done(step, f"ANALYZE {table.name}"):
            await self.builders.run(statements, f"statistics of {table.name}")
        self.analyzed.add(table.name)

    async def _index_small(self, tables: list[tuple[Table, list[Index]]]) -> None:
        statements = []
        for _, indexes in tables:
            for index in indexes:
                statements += self._unless_done(f"index {index.name}", index.definition)
            statements += [statement for index in indexes for statement in self._key(index)]
        if not statements:
            return
        seconds = await self.builders.run(statements, "indexes of small tables")
        total = sum(table.bytes for table, _ in tables) or 1
        for table, _ in tables:
            self.progress.table(table.oid).index_seconds += seconds * table.bytes / total

    def _key(self, index: Index) -> list[str]:
        return self._unless_done(f"key {index.name}", index.constraint) if index.constraint else []

    def _unless_done(self, step: str, statement: str) -> list[str]:
        return [] if step in self.done else [statement, steps.note(step)]

    def _large_objects(self) -> list[Awaitable[object]]:
        work: list[Awaitable[object]] = []
        for start in range(0, len(self.plan.large_objects), _LARGE_OBJECTS_PER_TASK):
            oids = self.plan.large_objects[start : start + _LARGE_OBJECTS_PER_TASK]
            step = f"large objects {oids[0]} to {oids[-1]}"
            if step not in self.done:
                task = {"kind": "large-objects", "oids": oids, "step": steps.literal(step)}
                work.append(self.copiers.do(task, "large objects"))
        return work


def _ranges_step(table: Table) -> str:
    return f"ranges {table.name}"


def _names(batch: list[Part]) -> str:
    more = f" and {len(batch) - 1} more" if len(batch) > 1 else ""
    return f"table {batch[0].table.name}{more}"
