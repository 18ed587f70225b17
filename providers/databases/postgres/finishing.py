"""What comes after the rows: the rest of the schema, sequences, foreign keys, views, statistics."""

# ruff: noqa: S608  identifiers come quoted from the server, values are parameters or our own

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from providers.databases.postgres import steps
from providers.databases.postgres.builders import Builders
from providers.databases.postgres.catalog import USER_SCHEMAS
from providers.databases.postgres.concurrently import all_of
from providers.databases.postgres.connection import TARGET_SETTINGS, settings_sql
from providers.databases.postgres.plan import Plan
from providers.databases.postgres.progress import Progress
from providers.databases.postgres.session import Session
from providers.databases.postgres.steps import Done

_ANALYZE_TOGETHER = 20
_ANALYZE_TOGETHER_BYTES = 2_000_000


@dataclass(frozen=True)
class Finishing:
    """Everything but the marker's last word; `rest` is the SQL of the schema's last section,
    `analyzed` names the tables that have their statistics."""

    target: Session
    rest: str
    plan: Plan
    builders: Builders
    progress: Progress
    done: Mapping[str, Done]
    analyzed: Collection[str]

    async def run(self) -> None:
        """Keys are added at once, since the servers' part is short and each would be a round trip;
        then they are validated beside each other and beside the views."""
        with self.progress.phase("constraints"):
            if steps.REST not in self.done:
                await self.target.run(f"{self.rest}; {steps.note(steps.REST)}", steps.REST)
                await self.target.run(settings_sql(TARGET_SETTINGS))
            added = [key.add for key in self.plan.foreign_keys]
            if added and steps.KEYS not in self.done:
                await self.target.run("; ".join([*added, steps.note(steps.KEYS)]), steps.KEYS)
            await all_of([self._validate(), self._sequences(), self._views()])
        with self.progress.phase("analyze"):
            await analyze(self.target, self.builders, self.analyzed)

    async def _validate(self) -> None:
        async def one(name: str, statement: str) -> None:
            step = f"foreign key {name}"
            if step not in self.done:
                await self.builders.run([statement, steps.note(step)], step)

        keys = [key for key in self.plan.foreign_keys if key.validate]
        await all_of([one(key.name, key.validate) for key in keys])

    async def _sequences(self) -> None:
        with self.progress.phase("sequences"):
            await set_sequences(self.target, self.plan.sequences)

    async def _views(self) -> None:
        with self.progress.phase("materialized views"):
            for view in self.plan.views:
                step = f"materialized view {view}"
                if step not in self.done:
                    refresh = f"REFRESH MATERIALIZED VIEW {view}"
                    await self.builders.run([refresh, steps.note(step)], step)


async def set_sequences(target: Session, positions: dict[str, tuple[int, bool]]) -> None:
    """Put every sequence where the source's is."""
    if not positions:
        return
    rows = ", ".join("(%s, %s::bigint, %s::boolean)" for _ in positions)
    values = [part for name, (last, called) in positions.items() for part in (name, last, called)]
    await target.rows(
        "SELECT pg_catalog.setval(p.name::regclass, p.last, p.called)"
        f" FROM (VALUES {rows}) p(name, last, called)",
        values,
    )


async def analyze(target: Session, builders: Builders, analyzed: Collection[str] = ()) -> None:
    """Statistics for every other table and view, several at a time, largest first.

    Partitions get theirs with their parent: by themselves they would be looked at twice.
    """
    rows = await target.rows(f"""
        WITH RECURSIVE tree(root, oid) AS (
            SELECT c.oid, c.oid FROM pg_catalog.pg_class c
            WHERE c.relkind IN ('r', 'm', 'p') AND NOT c.relispartition
            UNION ALL
            SELECT tree.root, i.inhrelid
            FROM tree JOIN pg_catalog.pg_inherits i ON i.inhparent = tree.oid)
        SELECT format('%I.%I', n.nspname, c.relname), sum(pg_relation_size(tree.oid))::bigint
        FROM tree JOIN pg_catalog.pg_class c ON c.oid = tree.root
        JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        WHERE {USER_SCHEMAS} GROUP BY 1 ORDER BY 2 DESC, 1""")
    sizes = {str(name): int(size) for name, size in rows if name not in analyzed}
    groups = [[name] for name, size in sizes.items() if size > _ANALYZE_TOGETHER_BYTES]
    rest = [name for name, size in sizes.items() if size <= _ANALYZE_TOGETHER_BYTES]
    groups += [rest[at : at + _ANALYZE_TOGETHER] for at in range(0, len(rest), _ANALYZE_TOGETHER)]
    await all_of([builders.run([f"ANALYZE {', '.join(group)}"], "analyze") for group in groups])
