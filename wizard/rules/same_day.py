"""Is a move today possible? From facts that are there already; what is not known says so."""

from collections.abc import Sequence
from datetime import datetime

from wizard.forecast.durations import duration, size
from wizard.model.inventory import Inventory
from wizard.model.same_day import Reason, SameDay
from wizard.rules.same_day_account import account_reasons
from wizard.rules.same_day_dns import dns_reasons
from wizard.rules.same_day_facts import SameDayFacts

__all__ = ["SameDayFacts", "day_words", "same_day"]

ORDER = {"in the way": 0, "unknown": 1, "holds": 2}


def same_day(facts: SameDayFacts) -> SameDay:
    """The verdict and every ground for it; what stands in the way first."""
    found = (
        *account_reasons(facts),
        *dns_reasons(facts),
        _outage(facts),
    )
    reasons = tuple(sorted(found, key=lambda reason: ORDER[reason.state]))
    blocking = [r for r in reasons if r.state == "in the way"]
    tail = _unknown_words([r for r in reasons if r.state == "unknown"])
    endless = [r for r in blocking if r.until is None]
    waiting = [r for r in blocking if r.until is not None and r.until > facts.now]
    if endless:
        words = f"not today, and no day can be named yet: {'; '.join(r.words for r in endless)}"
        return SameDay(today=False, earliest=None, words=words + tail, reasons=reasons)
    if waiting:
        last = max(waiting, key=lambda r: r.until or facts.now)
        earliest = last.until or facts.now
        today = None if earliest.date() == facts.now.date() else False
        words = f"earliest {day_words(earliest, facts.now)}, because {last.words}"
        return SameDay(today=today, earliest=earliest, words=words + tail, reasons=reasons)
    if blocking:
        words = "today is possible once this is put right: " + "; ".join(r.words for r in blocking)
        return SameDay(today=None, earliest=facts.now, words=words + tail, reasons=reasons)
    if tail:
        words = f"nothing that is known stands in the way of today{tail}"
        return SameDay(today=None, earliest=None, words=words, reasons=reasons)
    return SameDay(today=True, earliest=facts.now, words="today is possible", reasons=reasons)


def day_words(moment: datetime, now: datetime) -> str:
    """A day as people say it; today with the time of day."""
    if moment.date() == now.date():
        return f"today at {moment:%H:%M}"
    return f"{moment:%A} {moment.day} {moment:%B %Y}"


def _unknown_words(unknown: Sequence[Reason]) -> str:
    needs = list(dict.fromkeys(reason.needs for reason in unknown if reason.needs))
    if not unknown:
        return ""
    many = "1 point is" if len(unknown) == 1 else f"{len(unknown)} points are"
    until = f" until: {_listed(needs)}" if needs else ""
    return f"; {many} unknown{until}"


def _listed(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def _outage(facts: SameDayFacts) -> Reason:
    """Data size against the budget: by measured runs only."""
    name, budget, found = "outage", f"{facts.budget_minutes:g} minutes", facts.forecast
    if found is None or not found.samples:
        data = _data_size(facts.inventory)
        return Reason(
            id=name,
            state="unknown",
            words=f"whether the outage fits {budget} is measured by a rehearsal{data}",
            source="no rehearsal yet",
            needs="rehearsal",
        )
    worst = duration(found.high)
    many = "one sample" if found.samples == 1 else f"{found.samples} samples"
    if found.stale:
        return Reason(
            id=name,
            state="unknown",
            words=f"the forecast is out of date: {found.stale[0]}",
            source=many,
            needs="rehearsal",
        )
    fits = bool(found.fits_budget)
    return Reason(
        id=name,
        state="holds" if fits else "in the way",
        words=f"the worst outage seen is {worst}; {budget} were announced"
        if fits
        else f"the worst outage seen is {worst}, and only {budget} were announced: "
        "announce more, or make it shorter",
        source=f"forecast, {many}",
    )


def _data_size(inventory: Inventory | None) -> str:
    if inventory is None:
        return ""
    sizes = [d.size_bytes for d in inventory.databases if d.engine == "postgres"]
    known = [found for found in sizes if found is not None]
    if not known:
        return ""
    return f" ({size(sum(known))} of data to move)"
