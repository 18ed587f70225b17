"""A mapping as rows: open questions first, then what each thing becomes."""

from collections.abc import Iterator

from screens.widgets.fact_table import Fact
from wizard.model.mapping import MappedItem, Mapping
from wizard.rules.consequences import Consequences
from wizard.rules.pricing import dollars

_RATES_READ = "prices read from Aptible"


def mapping_facts(found: Mapping) -> tuple[Fact, ...]:
    """One row an item; those with an open question come first."""
    asked = {name: q.question.id for q in found.questions for name in q.about}
    rows = [_fact(item, asked) for item in found.items]
    return tuple(sorted(rows, key=lambda row: row.mark != "!"))


def totals(found: Mapping) -> str:
    """The bill of a month on both sides, with what is not known named."""
    today, new = found.today, found.monthly
    words = f"a month: today {dollars(today.cents)}{_unknown(len(today.unknown))}"
    words += f", on Aptible {dollars(new.cents)}{_unknown(len(new.unknown))}"
    shared = [f"{line.name} {dollars(line.cents)}" for line in found.shared_costs]
    if shared:
        words += f"; once per organisation: {', '.join(shared)}"
    read = len(found.rates.published) <= 3
    return f"{words}; {_RATES_READ if read else 'prices as published, not read from Aptible'}"


def consequence_words(found: Consequences) -> str:
    """What would follow, before it is kept: money and outage first."""
    lines = ["Nothing is kept yet. If you keep it:", "", f"cost      {found.cost}"]
    lines += [f"downtime  {line}" for line in found.downtime]
    lines += [f"data      {line}" for line in found.data or ("nothing stays behind by this",)]
    lines += [f"becomes   {line}" for line in found.changes or ("no row becomes another thing",)]
    lines += [f"asks      {line}" for line in found.asked]
    return "\n".join(lines)


def _unknown(count: int) -> str:
    return f" + {count} unknown" if count else ""


def _fact(item: MappedItem, asked: dict[str, str]) -> Fact:
    asks = item.question is not None and not item.question.optional
    is_open = item.becomes == "open" or asks or item.name in asked
    details = "\n".join(_details(item))
    return Fact(
        key=f"{item.group}/{item.name}",
        group=item.group,
        name=item.name,
        seen=f"{item.becomes}: {item.target}" if item.target else item.becomes,
        details=details,
        mark="!" if is_open else " ",
    )


def _details(item: MappedItem) -> Iterator[str]:
    if item.today:
        yield f"today    {item.today}"
    yield f"becomes  {item.becomes}: {item.target}"
    yield f"because  {item.because}: {item.reason}"
    if item.today_cents != 0 or item.monthly_cents != 0:
        yield f"a month  {dollars(item.today_cents)} → {dollars(item.monthly_cents)}"
    if item.question is not None:
        yield f"open     {item.question.text}"
    for command in item.by_hand:
        yield f"by hand  {command}"
