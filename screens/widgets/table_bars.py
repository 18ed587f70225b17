"""The largest tables as bars: how far each is during a move, how long each took after it."""

from collections.abc import Mapping, Sequence

from screens.widgets.fact_table import cut
from screens.widgets.words import Words
from wizard.forecast.durations import duration, size
from wizard.model.database import TableProgress, TableTime
from wizard.model.runs import Run
from wizard.safety.clean import clean

_NAME, _BAR = 22, 14
_SHOWN = 6


def moving_bars(tables: Sequence[TableProgress]) -> list[str]:
    """One line a table: sign, name, bar, bytes."""
    lines = []
    for table in tables[:_SHOWN]:
        share = table.done_bytes / table.total_bytes if table.total_bytes else float(table.copied)
        sign = "✓" if table.copied else "▸" if table.done_bytes else "·"
        bar = "━" * round(min(share, 1.0) * _BAR)
        lines.append(
            f"{sign} {_name(table.name)} {bar:<{_BAR}} {size(table.done_bytes):>9}"
            f" of {'' if table.copied else 'about '}{size(table.total_bytes)}"
        )
    return lines


def _name(name: str) -> str:
    return f"{cut(clean(name, 200), _NAME):<{_NAME}}"


def timed_bars(newest: Run, earlier: Run | None) -> list[str]:
    """The tables that took longest in a run, each against the run before when there is one."""
    if newest.move is None or not newest.move.tables:
        return [f"run {newest.number} moved no data"]
    tables = sorted(newest.move.tables, key=_seconds, reverse=True)
    shown = tables[:_SHOWN]
    before: Mapping[str, TableTime] = {}
    if earlier is not None and earlier.move is not None:
        before = {table.name: table for table in earlier.move.tables}
    longest = max(_seconds(shown[0]), 0.001)
    total = sum(_seconds(table) for table in tables)
    rest = sum(_seconds(table) for table in tables[_SHOWN:])
    lines = [_timed(table, before.get(table.name), earlier, longest) for table in shown]
    if len(tables) > _SHOWN:
        share = rest / total if total else 0.0
        lines.append(f"  {len(tables) - _SHOWN} more tables: {duration(rest)}, {share:.0%} of it")
    return lines


def _seconds(table: TableTime) -> float:
    return table.copy_seconds + table.index_seconds


def _timed(table: TableTime, before: TableTime | None, run: Run | None, longest: float) -> str:
    taken = _seconds(table)
    bar = "━" * max(1, round(taken / longest * _BAR))
    line = f"  {_name(table.name)} {bar:<{_BAR}} {duration(taken):>8} {size(table.bytes):>9}"
    if before is not None and run is not None:
        line += f"  run {run.number}: {duration(_seconds(before))}"
    return line


class TableBars(Words):
    """The bars while data moves; hidden otherwise."""

    def __init__(self) -> None:
        super().__init__("", id="table-bars", markup=False)

    def tell(self, tables: Sequence[TableProgress]) -> None:
        """Show how far the largest tables are."""
        self.display = bool(tables)
        self.update("\n".join(moving_bars(tables)))
