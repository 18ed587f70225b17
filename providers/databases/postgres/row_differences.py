"""Which rows of a table differ? Found by hashes made on the servers: no value of a row leaves them.

Both sides add up their rows in parts, by a hash of the key; only of parts that differ each row's
hash is fetched. What is named: keys that are no data (see row_key), places in the table otherwise,
and the columns in which the first changed rows differ.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from providers.databases.postgres.checksum import Column, Relation, row_hash
from providers.databases.postgres.pair import Pair
from providers.databases.postgres.row_key import RowKey, row_key
from providers.databases.postgres.session import Row, Session

_PARTS = 4096
_MOST_ROWS = 200_000
_MOST_NAMED = 5
_MOST_COMPARED = 20


@dataclass(frozen=True)
class SeenRow:
    """One row of one side: hash of all columns, place, and its key where that may be shown."""

    digest: int
    place: str
    key: str


async def describe(pair: Pair, source: Relation, target: Relation, form: str) -> str:
    """How many rows differ and which, in one sentence. Raises DatabaseTrouble."""
    if [c.name for c in source.columns] != [c.name for c in target.columns]:
        return "the columns differ, so every row does"
    if not source.columns:
        return ""
    return await _Search(pair, source, target, form, await row_key(pair.source, source.name)).run()


class _Search:
    def __init__(
        self, pair: Pair, source: Relation, target: Relation, form: str, key: RowKey | None
    ) -> None:
        self._pair = pair
        self._relations = {"source": source, "target": target}
        self._form = form
        self._key = key

    async def run(self) -> str:
        left, right = await self._pair.both(self._parts)
        differing = sorted(n for n in left.keys() | right.keys() if left.get(n) != right.get(n))
        chosen: list[int] = []
        rows = 0
        for number in differing:
            rows += max(side.get(number, (0, ""))[0] for side in (left, right))
            if chosen and rows > _MOST_ROWS:
                break
            chosen.append(number)
        whole = len(chosen) == len(differing)
        there, here = await self._pair.both(lambda s: self._rows(s, chosen))
        if self._key is None:
            return self._without_key(there, here, whole)
        return await self._by_key(dict(there), dict(here), whole)

    def _columns(self, session: Session) -> tuple[Column, ...]:
        return self._relations[session.side].columns

    def _from(self, session: Session) -> str:
        return f"FROM ONLY {self._relations[session.side].name}"

    def _numbers(self, session: Session) -> tuple[str, str]:
        """SQL for the number that places a row in a part, and for its digest."""
        columns = self._columns(session)
        digest = row_hash(columns, self._form)
        if self._key is None:
            return digest, digest
        names = self._key.columns
        return row_hash([c for c in columns if c.name in names], self._form), digest

    async def _parts(self, session: Session) -> dict[int, tuple[int, str]]:
        place, digest = self._numbers(session)
        rows = await session.rows(
            f"SELECT ({place}) & {_PARTS - 1}, count(*), sum({digest})::text"
            f" {self._from(session)} GROUP BY 1"
        )
        return {number: (count, total) for number, count, total in rows}

    async def _rows(self, session: Session, parts: Sequence[int]) -> list[tuple[int, SeenRow]]:
        place, digest = self._numbers(session)
        key = "''"
        if self._key is not None and self._key.shown:
            key = f"pg_catalog.concat_ws(', ', {', '.join(self._key.columns)})"
        numbers = ", ".join(str(part) for part in parts) or "-1"
        rows = await session.rows(
            f"SELECT {place}, {digest}, ctid::text, {key} {self._from(session)}"
            f" WHERE ({place}) & {_PARTS - 1} IN ({numbers})"
        )
        return [(number, SeenRow(digest, where, shown)) for number, digest, where, shown in rows]

    async def _by_key(
        self, there: dict[int, SeenRow], here: dict[int, SeenRow], whole: bool
    ) -> str:
        changed = [n for n in there if n in here and there[n].digest != here[n].digest]
        missing = [there[n] for n in there if n not in here]
        extra = [here[n] for n in here if n not in there]
        compared = [(there[n], here[n]) for n in changed[:_MOST_COMPARED]]
        columns = await self._differing_columns(compared)
        parts = [
            (len(changed), "changed", [there[n] for n in changed], columns),
            (len(missing), "missing in the target", missing, ""),
            (len(extra), "not in the source", extra, ""),
        ]
        return self._sentence(parts, whole)

    def _without_key(
        self, there: list[tuple[int, SeenRow]], here: list[tuple[int, SeenRow]], whole: bool
    ) -> str:
        """Rows as a bag: a changed one is missing here and extra there."""
        left, right = Counter(r.digest for _, r in there), Counter(r.digest for _, r in here)
        missing, extra = _surplus(there, left - right), _surplus(here, right - left)
        parts = [
            (len(missing), "only in the source", missing, ""),
            (len(extra), "only in the target", extra, ""),
        ]
        return self._sentence(parts, whole)

    def _sentence(self, parts: list[tuple[int, str, list[SeenRow], str]], whole: bool) -> str:
        found = [
            f"{many} {what} ({self._names(rows)}{columns})"
            for many, what, rows, columns in parts
            if many
        ]
        total = sum(many for many, *_ in parts)
        at_least = "" if whole else "at least "
        noun = "row differs" if total == 1 else "rows differ"
        return f"{at_least}{total} {noun}: {'; '.join(found)}"

    def _names(self, rows: list[SeenRow]) -> str:
        more = f" and {len(rows) - _MOST_NAMED} more" if len(rows) > _MOST_NAMED else ""
        if self._key is not None and self._key.shown:
            names = ", ".join(self._key.columns)
            each = [f"({r.key})" if len(self._key.columns) > 1 else r.key for r in rows]
            return f"{names} {', '.join(each[:_MOST_NAMED])}{more}"
        named = "no key" if self._key is None else f"key {', '.join(self._key.columns)} not shown"
        return f"{named}; at ctid {', '.join(r.place for r in rows[:_MOST_NAMED])}{more}"

    async def _differing_columns(self, compared: list[tuple[SeenRow, SeenRow]]) -> str:
        if not compared:
            return ""
        left = await self._column_hashes(self._pair.source, [row.place for row, _ in compared])
        right = await self._column_hashes(self._pair.target, [row.place for _, row in compared])
        names = [c.name for c in self._columns(self._pair.source)]
        differ = [
            name
            for at, name in enumerate(names)
            if any(
                left[one.place][at] != right[other.place][at]
                for one, other in compared
                if one.place in left and other.place in right
            )
        ]
        return f"; in {', '.join(differ)}" if differ else ""

    async def _column_hashes(self, session: Session, places: list[str]) -> dict[str, Row]:
        each = ", ".join(row_hash([column], self._form) for column in self._columns(session))
        rows = await session.rows(
            f"SELECT ctid::text, {each} {self._from(session)}"
            f" WHERE ctid = ANY (ARRAY[{', '.join(repr(place) for place in places)}]::tid[])"
        )
        return {row[0]: row[1:] for row in rows}


def _surplus(rows: list[tuple[int, SeenRow]], wanted: Counter[int]) -> list[SeenRow]:
    found = []
    for _, row in rows:
        if wanted[row.digest] > 0:
            wanted[row.digest] -= 1
            found.append(row)
    return found
