"""Do both databases hold the same? One check per table, sequence, object; through the snapshot."""

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from providers.databases.postgres import catalog, checksum, row_differences, verify_cheaper
from providers.databases.postgres.checksum import Relation
from providers.databases.postgres.errors import DatabaseTrouble, NotAsked
from providers.databases.postgres.pair import Pair, pairs
from providers.databases.postgres.schema_compare import (
    compare_extensions,
    compare_locales,
    compare_schemas,
)
from providers.databases.postgres.schema_objects import locale, placed_extensions, schema_objects
from providers.databases.postgres.session import Session
from providers.databases.postgres.snapshot import position_words, positions_in
from providers.databases.postgres.statistics import not_analyzed
from providers.databases.postgres.verify_rights import rights, rows_as_role
from wizard.model.database import Check, Connection, MoveProgress, Tier, Verdict
from wizard.ports.database import OnProgress, Snapshot
from wizard.safety.clean import clean

_PAIRS = 2
_FLOATS = frozenset(["float4", "float8", "_float4", "_float8"])
ENCODING = "SELECT current_setting('server_encoding')"
LARGE_OBJECTS = (
    "SELECT count(*), coalesce(sum(('x' || substr(md5(oid::text || ':' || md5(lo_get(oid))),"
    " 1, 16))::bit(64)::bigint), 0)::text FROM pg_catalog.pg_largeobject_metadata"
)
_LARGE_OBJECTS_COUNTED = "SELECT count(*), '' FROM pg_catalog.pg_largeobject_metadata"
Kind = Literal["checksum", "materialized-view"]


@dataclass(frozen=True)
class Asked:
    """How much to look at; see wizard.ports.database.Verifier."""

    tier: Tier = "full"
    seed: int = 0
    roles: Sequence[str] = ()
    # The checksums' form, where the source was asked already; "" chooses.
    form: str = ""


class Verification:
    """One verification under way."""

    def __init__(
        self,
        pairs: list[Pair],
        snapshot: Snapshot | None,
        on_progress: OnProgress | None,
        asked: Asked,
    ) -> None:
        self._snapshot = snapshot
        self._pairs: asyncio.Queue[Pair] = asyncio.Queue()
        for pair in pairs:
            self._pairs.put_nowait(pair)
        self._first = pairs[0]
        self._on_progress = on_progress
        self._asked = asked
        self._done = self._total = 0
        self._form = "text"

    async def run(self) -> list[Check]:
        """All checks. What fails to answer is "unfinished", never passed over."""
        source_encoding, target_encoding = await self._first.both(lambda s: s.value(ENCODING))
        self._form = self._asked.form or checksum.form_for(
            self._first.source.major,
            self._first.target.major,
            same_encoding=source_encoding == target_encoding,
        )
        left, right = await self._first.both(checksum.relations)
        self._total = len(left)
        groups = await asyncio.gather(
            *(self._relation(relation, right.get(name)) for name, relation in left.items()),
            self._item("sequence", "all sequences", self._sequences),
            self._item("schema", "the whole schema", self._schema),
            self._item("extension", "all extensions", self._extensions),
            self._item("large-objects", "large objects", self._large_objects),
            self._item("statistics", "planner statistics", self._statistics),
            self._item("grant", "rights of the role", lambda pair: rights(pair, self._asked.roles)),
            self._item("rows-as-role", "rows as the role sees them", rows_as_role),
            self._item("schema", "database locale", self._locale),
        )
        checks = [check for group in groups for check in group]
        checks += [
            Check(kind="rows", subject=name, result="different", detail="not in the source")
            for name in sorted(right.keys() - left.keys())
        ]
        return checks

    async def _item(
        self, kind: str, subject: str, ask: Callable[[Pair], Awaitable[list[Check]]]
    ) -> list[Check]:
        """The checks of one question, or one unfinished check."""
        pair = await self._pairs.get()
        try:
            return await ask(pair)
        except DatabaseTrouble as error:
            with contextlib.suppress(DatabaseTrouble):
                await pair.begin_again()
            return [
                Check(
                    kind=kind,  # type: ignore[arg-type]
                    subject=subject,
                    result="unfinished",
                    detail=f"{error.title}: {error.detail}",
                )
            ]
        finally:
            self._pairs.put_nowait(pair)

    async def _relation(self, source: Relation, target: Relation | None) -> list[Check]:
        kind: Kind = "materialized-view" if source.kind == "m" else "checksum"
        if target is None:
            missing = Check(
                kind=kind,
                subject=source.name,
                result="different",
                detail="missing or not populated in the target",
            )
            return [missing]
        checks = await self._item(
            kind, source.name, lambda pair: self._rows(pair, kind, source, target)
        )
        self._done += 1
        self._report(source.name)
        return checks

    async def _rows(
        self, pair: Pair, kind: Kind, source: Relation, target: Relation
    ) -> list[Check]:
        if self._asked.tier != "full":
            tier, seed = self._asked.tier, self._asked.seed
            return await verify_cheaper.compare(pair, source, target, self._form, tier, seed)
        (rows, digest), (target_rows, target_digest) = await pair.both(
            lambda s: s.row(
                checksum.query(source if s.side == "source" else target, form=self._form)
            )
        )
        counted = Check(
            kind="rows",
            subject=source.name,
            result="same" if rows == target_rows else "different",
            source=str(rows),
            target=str(target_rows),
        )
        same = digest == target_digest and rows == target_rows
        which = ""
        if not same and kind == "checksum":
            which = await self._which_rows(pair, source, target)
        summed = Check(
            kind=kind,
            subject=source.name,
            result="same" if same else "different",
            source=digest,
            target=target_digest,
            detail="" if same else which or "the content of the rows differs",
        )
        if kind == "materialized-view" and not same:
            return [await self._explain_view(pair, source, target, summed)]
        return [counted, summed] if kind == "checksum" else [summed]

    async def _which_rows(self, pair: Pair, source: Relation, target: Relation) -> str:
        try:
            found = await row_differences.describe(pair, source, target, self._form)
        except DatabaseTrouble as error:
            # That it differs is known already; only the rows' names are not.
            with contextlib.suppress(DatabaseTrouble):
                await pair.begin_again()
            return f"the content of the rows differs; which was not found: {error.title}"
        return clean(found, 1000)

    async def _explain_view(
        self, pair: Pair, source: Relation, target: Relation, found: Check
    ) -> Check:
        """A view is computed anew: it may be fresher than the source's, or round differently."""

        async def answer(session: Session) -> tuple[object, ...]:
            relation = source if session.side == "source" else target
            if session.side == "source":
                definition = await session.value(
                    "SELECT rtrim(pg_get_viewdef(%s::regclass), ';')", [source.name]
                )
                relation = Relation(f"({definition}) fresh", "m", 0, source.columns)
            exact = await session.row(checksum.query(relation, form=self._form))
            rough = await session.row(checksum.query(relation, form=self._form, leave_out=_FLOATS))
            return exact, rough

        try:
            (exact, rough), (target_exact, target_rough) = await pair.both(answer)
        except NotAsked:
            # That it differs is known; a report of the source does not say why.
            return found
        if exact == target_exact:
            why = "the source's view was refreshed earlier; computed anew it is the same"
        elif rough == target_rough:
            why = "only floating-point columns differ: they depend on the order of adding up"
        else:
            return found
        return found.model_copy(update={"result": "explained", "detail": why})

    async def _sequences(self, pair: Pair) -> list[Check]:
        left = await positions_in(pair.source, self._snapshot)
        right = await catalog.sequence_positions(pair.target)
        return [
            Check(
                kind="sequence",
                subject=name,
                result="same" if left[name] == right.get(name) else "different",
                source=position_words(left[name]),
                target=position_words(right.get(name)),
            )
            for name in sorted(left)
        ]

    async def _schema(self, pair: Pair) -> list[Check]:
        left, right = await pair.both(schema_objects)
        return compare_schemas(
            left, right, source_major=pair.source.major, target_major=pair.target.major
        )

    async def _extensions(self, pair: Pair) -> list[Check]:
        return compare_extensions(*await pair.both(placed_extensions))

    async def _locale(self, pair: Pair) -> list[Check]:
        return [compare_locales(*await pair.both(locale))]

    async def _large_objects(self, pair: Pair) -> list[Check]:
        whole = self._asked.tier == "full"
        (count, digest), (target_count, target_digest) = await pair.both(
            lambda s: s.row(LARGE_OBJECTS if whole else _LARGE_OBJECTS_COUNTED)
        )
        same = (count, digest) == (target_count, target_digest)
        return [
            Check(
                kind="large-objects",
                subject="large objects",
                result="same" if same else "different",
                source=str(count),
                target=str(target_count),
                detail="" if same or count != target_count else "same number, other content",
            )
        ]

    async def _statistics(self, pair: Pair) -> list[Check]:
        names = await not_analyzed(pair.target)
        return [
            Check(
                kind="statistics",
                subject="planner statistics",
                result="different" if names else "same",
                detail=f"not analyzed: {', '.join(names[:5])}" if names else "",
            )
        ]

    def _report(self, name: str) -> None:
        if self._on_progress is not None:
            self._on_progress(
                MoveProgress(
                    phase="verify",
                    done_bytes=0,
                    total_bytes=0,
                    tables_done=self._done,
                    tables_total=self._total,
                    detail=name,
                )
            )


async def verify(
    source: Connection,
    target: Connection,
    *,
    snapshot: Snapshot | None,
    on_progress: OnProgress | None = None,
    tier: Tier = "full",
    seed: int = 0,
    roles: Sequence[str] = (),
) -> Verdict:
    """Compare everything, or what the tier asks for. Without a snapshot the source is frozen.

    What was granted to `roles` in the source must be granted in the target too. Raises
    DatabaseTrouble when a side cannot be reached at all.
    """
    started = time.monotonic()
    async with pairs(source, target, snapshot, _PAIRS) as opened:
        checks = await Verification(opened, snapshot, on_progress, Asked(tier, seed, roles)).run()
    seconds = time.monotonic() - started
    used = seed if tier == "sample" else None
    return Verdict(checks=tuple(checks), seconds=seconds, tier=tier, seed=used)
