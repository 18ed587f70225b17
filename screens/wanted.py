"""What a person is asked to do outside: as lines to show, and as a text to copy."""

from wizard.engine.events import PersonNeeded
from wizard.safety.clean import clean

_SHORT = 3
"""Lines of a way by hand that have room beside the board; longer ones have a window."""


def lines_of(wanted: PersonNeeded) -> list[str]:
    """The request, the records to put, and the container to start or to end."""
    lines = [f"! YOU: {clean(wanted.title, 200)}", f"  {clean(wanted.text, 600)}"]
    for change in wanted.changes:
        value = clean(" ".join(change.values), 300) or "(remove the record)"
        name = clean(change.name, 253)
        lines.append(f"    {name}  TTL {change.ttl}  {change.type}  {value}")
    if wanted.start is not None:
        start = wanted.start
        secrets = f", secrets {', '.join(start.secrets)}" if start.secrets else ""
        lines.append(
            f"    start {clean(start.name, 100)}: image {clean(start.image, 100)}{secrets}"
        )
        lines.append(f"    it runs: sh -c '…' ({len(start.line)} characters; c copies them)")
    if wanted.end:
        lines.append(f"    end {clean(wanted.end, 100)}")
    steps = wanted.by_hand.splitlines()
    if len(steps) > _SHORT:
        lines.append(f"    how, in {len(steps)} steps: h shows them")
    else:
        lines.extend(f"    {clean(line, 400)}" for line in steps)
    return [*lines, "  It goes on by itself as soon as it sees this done."]


def steps_of(wanted: PersonNeeded | None) -> str:
    """How it is done, whole: to be read in a window of its own; "" when nothing is told."""
    if wanted is None or not wanted.by_hand:
        return ""
    return "\n".join((wanted.text, "", wanted.by_hand))


def to_copy(wanted: PersonNeeded | None) -> str:
    """The records in zone-file form, or what the container runs; "" when there is neither."""
    if wanted is None:
        return ""
    if wanted.changes:
        return "\n".join(
            f"{c.name}. {c.ttl} IN {c.type} {' '.join(c.values)}".rstrip() for c in wanted.changes
        )
    return wanted.start.line if wanted.start is not None else ""
