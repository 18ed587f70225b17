"""What would one more rehearsal tell? Arithmetic on what was seen; no probability is claimed."""

import math
import statistics
from collections.abc import Sequence
from typing import Literal

from wizard.forecast.durations import duration
from wizard.forecast.model import ENOUGH_FOR_P90
from wizard.model.frozen import Frozen
from wizard.model.runs import Forecast, Share

Verdict = Literal["fits", "fits by the median only", "does not fit"]


class OneMore(Frozen):
    """`unmeasured` and `single` are titles of tasks in which users are down.

    `could_change`: whether any length of one more run could turn the verdict; None while there is
    no run to judge by. `words` are sentences for people.
    """

    unmeasured: tuple[str, ...]
    single: tuple[str, ...]
    could_change: bool | None
    words: tuple[str, ...]


def one_more_run(found: Forecast, budget_minutes: float) -> OneMore:
    """What the next rehearsal can settle about `found` against the announced budget."""
    budget = budget_minutes * 60
    unmeasured = tuple(share for share in found.shares if share.basis == "assumed")
    single = tuple(share for share in found.shares if share.samples == 1)
    windows = found.windows
    could = None if not windows else bool(_reachable(windows, budget) - {_verdict(windows, budget)})
    words = [*_about_tasks(unmeasured, single), *_about_verdict(windows, budget)]
    missing = ENOUGH_FOR_P90 - len(windows)
    if windows and missing > 0:
        words.append(
            f"A P90 needs {ENOUGH_FOR_P90} comparable runs; there are {len(windows)}, so one more"
            f" gives {'a P90' if missing == 1 else 'a wider or firmer range, no P90'}."
        )
    return OneMore(
        unmeasured=tuple(share.title for share in unmeasured),
        single=tuple(share.title for share in single),
        could_change=could,
        words=tuple(words),
    )


def _verdict(windows: Sequence[float], budget: float) -> Verdict:
    if max(windows) <= budget:
        return "fits"
    return "fits by the median only" if statistics.median(windows) <= budget else "does not fit"


def _reachable(windows: Sequence[float], budget: float) -> set[Verdict]:
    """The verdicts that one more window of any length can lead to: short, as announced, endless."""
    return {_verdict([*windows, more], budget) for more in (0.0, budget, math.inf)}


def _about_verdict(windows: Sequence[float], budget: float) -> list[str]:
    if not windows:
        return [
            "No run came to its end yet: one run turns the whole verdict from an assumption into"
            " one sample."
        ]
    now, told = _verdict(windows, budget), duration(budget)
    reach = _reachable(windows, budget)
    if now == "fits":
        slack = duration(budget - max(windows))
        return [
            f"It fits the announced {told}. One more run changes that only if it takes more than"
            f" {slack} longer than the worst seen."
        ]
    if now == "fits by the median only":
        words = f"The worst seen ({duration(max(windows))}) is over the announced {told} and stays"
        words += " worst, however short one more run is"
        return [
            f"{words}; a long one could take the median over it as well."
            if "does not fit" in reach
            else f"{words}. The median stays under it as well."
        ]
    if "fits by the median only" in reach:
        return [
            f"It does not fit the announced {told}; a shorter run could bring the median under it,"
            " never the worst seen."
        ]
    return [
        f"It does not fit the announced {told}, and no single run can change that: make the move"
        " faster, or announce more."
    ]


def _about_tasks(unmeasured: Sequence[Share], single: Sequence[Share]) -> list[str]:
    words = []
    if unmeasured:
        assumed = duration(sum(share.median for share in unmeasured))
        tabletop = [share.title for share in unmeasured if share.fidelity == "tabletop"]
        timed = [share.title for share in unmeasured if share.fidelity != "tabletop"]
        words.append(f"{len(unmeasured)} task(s) with users down were never timed ({assumed}).")
        if timed:
            words.append(f"One more run would time: {', '.join(timed)}.")
        if tabletop:
            words.append(
                "Only walked through at the table, so no run will time them:"
                f" {', '.join(tabletop)}; a staging app and dns.rehearsal_name in moveday.yaml"
                " let them be rehearsed."
            )
    if single:
        words.append(
            f"{len(single)} task(s) were timed once, so nothing is known of their spread: one more"
            " run shows a first range."
        )
    return words
