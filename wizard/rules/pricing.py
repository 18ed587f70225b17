"""What does it cost a month? Integer cents, a month of 730 hours; unknown stays unknown.

730 hours is what Aptible's own dashboard counts with.
"""

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal

from wizard.model.mapping import Total
from wizard.model.rates import PRICES, Rates
from wizard.rules.published_prices import PUBLISHED

HOURS = 730
_MB_PER_GB = 1024


def containers(count: int, memory_mb: int, rates: Rates) -> int | None:
    """Cents a month of `count` containers with `memory_mb` each; databases cost the same."""
    if rates.memory_gb_hour is None:
        return None if count and memory_mb else 0
    return _cents(rates.memory_gb_hour * HOURS * count * memory_mb / _MB_PER_GB)


def disk(gigabytes: int, rates: Rates) -> int | None:
    """Cents a month of a disk."""
    return None if rates.disk_gb_month is None else _cents(rates.disk_gb_month * gigabytes)


def endpoint(rates: Rates) -> int | None:
    """Cents a month of one endpoint."""
    return None if rates.endpoint_hour is None else _cents(rates.endpoint_hour * HOURS)


def stack(rates: Rates) -> int | None:
    """Cents a month of one dedicated stack."""
    return None if rates.stack_month is None else _cents(rates.stack_month)


def together(*parts: int | None) -> int | None:
    """The sum; None as soon as one part is not known."""
    known = [part for part in parts if part is not None]
    return sum(known) if len(known) == len(parts) else None


def total(parts: Iterable[tuple[str, int | None]]) -> Total:
    """The sum of what is known, and the names of what is not, in the order they came."""
    cents, unknown = 0, []
    for name, part in parts:
        if part is None:
            unknown.append(name)
        else:
            cents += part
    return Total(cents=cents, unknown=tuple(dict.fromkeys(unknown)))


def completed(read: Rates | None, trouble: str = "") -> Rates:
    """The rates that were read; what they leave open comes from the published list, marked so.

    `trouble` says why nothing (or not all) could be read.
    """
    found = read or Rates()
    missing = tuple(name for name in PRICES if getattr(found, name) is None)
    if not missing:
        return found
    if read is not None and not trouble:
        trouble = f"the answer does not tell {', '.join(missing)}"
    filled = {name: getattr(PUBLISHED, name) for name in missing}
    return found.model_copy(update={**filled, "published": missing, "trouble": trouble})


def dollars(cents: int | None) -> str:
    """For people: "$1,234.50", or "unknown"."""
    return "unknown" if cents is None else f"${cents / 100:,.2f}"


def _cents(amount: Decimal) -> int:
    return int((amount * 100).quantize(Decimal(1), rounding=ROUND_HALF_UP))
