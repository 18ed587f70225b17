"""A comparison that could not look at everything is no difference, and no proof."""

from typing import Literal

from wizard.model.database import Check, Verdict

Result = Literal["same", "different", "explained", "unfinished"]


def verdict(*results: Result) -> Verdict:
    checks = (Check(kind="rows", subject="t", result=result) for result in results)
    return Verdict(checks=tuple(checks), seconds=1.0)


def test_broken_off_means_that_nothing_was_found_different() -> None:
    cases: tuple[tuple[tuple[Result, ...], bool, bool], ...] = (
        (("same", "explained"), True, False),
        (("same", "unfinished"), False, True),
        (("different", "unfinished"), False, False),
        (("different",), False, False),
        ((), False, False),
    )
    for results, passed, broken_off in cases:
        found = verdict(*results)
        assert (found.passed, found.broken_off) == (passed, broken_off), results
