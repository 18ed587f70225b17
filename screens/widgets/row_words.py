"""The task under the cursor in words: what was seen, how true it is, what it waits for."""

from wizard.runbook.board import Row
from wizard.safety.clean import clean


def row_words(row: Row | None, *, fidelity: bool = False) -> str:
    """At most three lines; `fidelity` says how true the task is in a rehearsal."""
    if row is None:
        return ""
    parts = [
        row.said,
        f"in this rehearsal: {row.fidelity}" if fidelity else "",
        f"side: {row.side}",
        "users are down" if row.effect == "hard-down" else "",
        f"waits for: {', '.join(row.needs)}" if row.needs else "",
    ]
    return clean(f"{row.title}: " + " · ".join(part for part in parts if part), 400)
