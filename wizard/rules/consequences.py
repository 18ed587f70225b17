"""What follows from another decision about the mapping: cost, outage, what stays behind."""

from collections.abc import Iterator

from wizard.model.frozen import Frozen
from wizard.model.mapping import MappedItem, Mapping
from wizard.model.plan import Plan
from wizard.rules.pricing import dollars


class Consequences(Frozen):
    """Sentences, for a person who has not decided yet. Empty tuples: nothing of that kind.

    `changes` is what becomes of which item, `data` what stays behind or does not come along,
    `asked` the questions that would be opened.
    """

    cost: str
    downtime: tuple[str, ...]
    changes: tuple[str, ...] = ()
    data: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()


def consequences(plan: Plan, now: Mapping, changed: Plan, then: Mapping) -> Consequences:
    """`now` is the mapping of `plan`, `then` that of the `changed` plan, of the same facts."""
    before = {(item.group, item.name): item for item in now.items}
    pairs = [
        (before[item.group, item.name], item)
        for item in then.items
        if (item.group, item.name) in before and _fate(before[item.group, item.name]) != _fate(item)
    ]
    asked = {waiting.question.id for waiting in now.questions}
    return Consequences(
        cost=_cost(now, then),
        downtime=tuple(_downtime(plan, changed, pairs)),
        changes=tuple(f"{new.name}: {_said(old)} → {_said(new)}" for old, new in pairs),
        data=tuple(line for _, new in pairs for line in _data(new)),
        asked=tuple(w.question.text for w in then.questions if w.question.id not in asked),
    )


def _fate(item: MappedItem) -> tuple[str, str]:
    return item.becomes, item.target


def _said(item: MappedItem) -> str:
    return f"{item.becomes} ({item.target})" if item.target else item.becomes


def _cost(now: Mapping, then: Mapping) -> str:
    """The new side's bill, and what goes on being paid on the old one."""
    kept = [sum(i.today_cents or 0 for i in each.stays_behind()) for each in (now, then)]
    lines = [f"on Aptible {_bill(now)} → {_bill(then)}"]
    if kept[0] or kept[1]:
        lines.append(f"what stays behind {dollars(kept[0])} → {dollars(kept[1])}")
    same = _bill(now) == _bill(then) and kept[0] == kept[1]
    return f"{'the same' if same else 'changes'}: {'; '.join(lines)} a month"


def _bill(mapping: Mapping) -> str:
    unknown = len(mapping.monthly.unknown)
    return f"{dollars(mapping.monthly.cents)}{f' + {unknown} unknown' if unknown else ''}"


def _downtime(
    plan: Plan, changed: Plan, pairs: list[tuple[MappedItem, MappedItem]]
) -> Iterator[str]:
    moved, moves = ({d.handle for d in p.databases if d.move_data} for p in (plan, changed))
    for handle in sorted(moves - moved):
        yield f"longer: the data of {handle} moves while users are down"
    for handle in sorted(moved - moves):
        yield f"shorter: the data of {handle} is not moved"
    for _, new in pairs:
        if new.becomes == "held back":
            yield f"{new.name} reaches the new side only at accept, with a restart"
        if new.group == "processes" and "stopped before its next one starts" in new.reason:
            yield f"{new.name} has no overlap at a restart: {new.reason}"
    if moves == moved:
        yield "users are down for the same data as before"


def _data(item: MappedItem) -> Iterator[str]:
    if item.becomes == "stays behind":
        yield f"{item.name} stays where it is: its data and its bill stay behind with it"
    if item.becomes in ("replaced", "dropped") and item.group in ("add-ons", "databases"):
        yield f"what {item.name} holds does not come along"
    if item.becomes == "dropped" and item.group == "variables":
        yield f"the new side runs without {item.name}"
