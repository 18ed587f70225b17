"""What became of each thing, because of what, and at which price? The mapping as plain values."""

from wizard.model.mapping import MappedItem, Mapping, Total


def became(mapping: Mapping | None) -> dict[str, object]:
    """Every item of the mapping in its order, both bills, and what was left undecided.

    Without a mapping the lists are empty and the totals None.
    """
    if mapping is None:
        return {"items": [], "today": None, "monthly": None, "open": []}
    return {
        "items": [_item(item) for item in mapping.items],
        "today": _total(mapping.today),
        "monthly": _total(mapping.monthly),
        "open": [f"{each.question.id}: {each.question.text}" for each in mapping.questions],
    }


def _item(item: MappedItem) -> dict[str, object]:
    return {
        "group": item.group,
        "name": item.name,
        "today": item.today,
        "becomes": item.becomes,
        "target": item.target,
        "because": item.because,
        "reason": item.reason,
        "monthly": _price(item.monthly_cents),
    }


def _price(cents: int | None) -> str:
    if cents is None:
        return "unknown"
    return f"{cents / 100:.2f}" if cents else ""


def _total(total: Total) -> str:
    known = f"{total.cents / 100:.2f} US dollars a month"
    return f"{known}, and what is unknown: {', '.join(total.unknown)}" if total.unknown else known
