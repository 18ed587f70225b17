"""The task under the cursor in words: what was seen, how true it is, what it waits for."""

from wizard.runbook.board import Row
from wizard.safety.clean import clean


def row_words(row: Row | None, *, rehearsal: bool = False) -> str:
    """At most three lines; a rehearsal's say how true the task is in it."""
    if row is None:
        return ""
    down = "users would be down" if rehearsal else "users are down"
    parts = [
        row.said,
        f"in this rehearsal: {row.fidelity}" if rehearsal else "",
        f"side: {row.side}",
        down if row.effect == "hard-down" else "",
        f"waits for: {', '.join(row.needs)}" if row.needs and row.standing == "waiting" else "",
    ]
    return clean(f"{row.title}: " + " · ".join(part for part in parts if part), 400)
