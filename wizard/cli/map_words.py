"""A mapping in words, at most 80 columns: open questions first, then each group, then the bills."""

import textwrap
from collections.abc import Iterable, Iterator
from typing import get_args

from wizard.model.mapping import CostLine, Group, MappedItem, Mapping, OpenQuestion, Total
from wizard.rules.lacking_values import LEFT_OUT
from wizard.rules.leftover_words import NOTHING_TO_DO
from wizard.rules.pricing import dollars

_WIDTH = 80
_NAME = 30
_COLLECTED = 3
"""From so many on, variables without a value stand in one row."""


def mapping_words(found: Mapping) -> str:
    """The whole mapping."""
    lines = [*_questions(found.questions)]
    for group in get_args(Group):
        items = found.of(group)
        if items:
            lines += ["", f"{group} ({len(items)})"]
            for item in items:
                if item.because != LEFT_OUT or len(_left_out(items, item.app)) < _COLLECTED:
                    lines += _item(item)
            lines += _collected(items)
    lines += ["", *_bill(found)]
    lines += ["", "stays behind, and on the bill", *_behind(found.stays_behind())]
    lines += ["", "not carried over: set it up again by hand", *_left(found.not_carried_over())]
    if found.notes:
        lines += ["", "not known", *(line for note in found.notes for line in _wrap(f"- {note}"))]
    return "\n".join(lines)


def _questions(waiting: tuple[OpenQuestion, ...]) -> Iterator[str]:
    if not waiting:
        yield "no open questions"
        return
    yield f"open questions ({len(waiting)})"
    for number, open_one in enumerate(waiting, 1):
        question = open_one.question
        yield from _wrap(f"{number}. {question.text}", 2, 5)
        yield from _wrap(f"why: {question.why}", 5)
        if question.choices:
            yield from _wrap(f"one of: {', '.join(question.choices)}", 5)
        if question.default:
            yield from _wrap(f"proposed: {question.default}", 5)
        yield from _wrap(f"needed before: {open_one.before}; answer with {question.flag}", 5)


def _item(item: MappedItem) -> Iterator[str]:
    known = not item.app or item.name == item.app or item.name.endswith(f" of {item.app}")
    of = "" if known else f" of {item.app}"
    head = f"{item.name + of:<{_NAME}} {item.becomes}"
    today = f"{item.today} → " if item.today else ""
    yield from _wrap(head, 2, 4)
    yield from _wrap(f"{today}{item.target}{_price(item)}", 6)
    yield from _wrap(f"because {item.because}: {item.reason}", 6)
    if item.becomes == "told":
        yield from _texts(item.by_hand)


def _left_out(items: tuple[MappedItem, ...], app: str) -> list[MappedItem]:
    return [item for item in items if item.because == LEFT_OUT and item.app == app]


def _collected(items: tuple[MappedItem, ...]) -> Iterator[str]:
    """One row an app for all that has no value: --json has a row for each."""
    for app in dict.fromkeys(item.app for item in items if item.because == LEFT_OUT):
        found = _left_out(items, app)
        if len(found) < _COLLECTED:
            continue
        of = f" of {app}" if app else ""
        yield from _wrap(f"{f'{len(found)} without a value{of}':<{_NAME}} dropped", 2, 4)
        yield from _wrap(f"because {LEFT_OUT}: {found[0].reason}", 6)
        yield from _wrap(", ".join(item.name for item in found), 6)
        offer = next((i.question for i in found if i.question is not None), None)
        if offer is not None:
            yield from _wrap(f"to give values all the same: {offer.flag}", 6)


def _price(item: MappedItem) -> str:
    if item.today_cents == 0 and item.monthly_cents == 0:
        return ""
    return f" ({dollars(item.today_cents)} → {dollars(item.monthly_cents)} a month)"


def _bill(found: Mapping) -> Iterator[str]:
    yield "a month"
    yield f"  {'today':<38} {dollars(found.today.cents):>12}{_and_unknown(found.today)}"
    yield f"  {'on Aptible, this app':<38} {dollars(found.monthly.cents):>12}" + _and_unknown(
        found.monthly
    )
    for title, total in (("today", found.today), ("on Aptible", found.monthly)):
        if total.unknown:
            yield from _wrap(f"unknown {title}: {', '.join(total.unknown)}", 4)
    for line in found.costs:
        yield from _cost(line)
    yield "  paid once per organisation, in neither sum"
    for line in found.shared_costs:
        yield from _cost(line)
    rates = found.rates
    where = "published, not read" if len(rates.published) > 3 else rates.where
    yield from _wrap(f"prices: {where}; 730 hours a month, without tax", 2)


def _and_unknown(total: Total) -> str:
    return f" + {len(total.unknown)} unknown" if total.unknown else ""


def _cost(line: CostLine) -> Iterator[str]:
    yield f"    {line.name:<36} {dollars(line.cents):>12}"
    yield from _wrap(line.reason, 6)


def _behind(items: tuple[MappedItem, ...]) -> Iterator[str]:
    if not items:
        yield "  nothing but the old app itself"
    for item in items:
        price = f", {dollars(item.today_cents)} a month" if item.group == "add-ons" else ""
        yield from _wrap(f"{item.name} ({item.today}{price}): {item.reason}", 2, 6)


def _left(items: tuple[MappedItem, ...]) -> Iterator[str]:
    if not items:
        yield "  nothing"
    idle = [item.name for item in items if item.target == NOTHING_TO_DO]
    for item in items:
        if item.name in idle:
            continue
        today = f" ({item.today})" if item.today else ""
        yield from _wrap(f"{item.name}{today}: {item.target}", 2, 6)
        yield from _texts(item.by_hand)
    if idle:
        yield from _wrap(f"nothing to do for: {', '.join(idle)}", 2, 6)


def _texts(texts: Iterable[str]) -> Iterator[str]:
    """Commands and letters: broken at blanks, so that they can be read; --json has them whole."""
    for text in texts:
        yield from _wrap(text, 8)


def _wrap(text: str, first: int = 2, then: int | None = None) -> list[str]:
    return textwrap.wrap(
        text,
        _WIDTH,
        initial_indent=" " * first,
        subsequent_indent=" " * (first if then is None else then),
        break_long_words=False,
        break_on_hyphens=False,
    ) or [""]
