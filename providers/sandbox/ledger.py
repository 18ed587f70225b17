"""What really took effect in the sandbox, so that a test can see each effect exactly once."""

import time


class Ledger:
    """A list of effects in the order they happened."""

    def __init__(self) -> None:
        self.entries: list[dict[str, object]] = []

    def note(self, system: str, effect: str, **facts: object) -> None:
        """Write down that `effect` happened in `system`, with JSON-able `facts`; no secrets."""
        self.entries.append({"at": time.time(), "system": system, "effect": effect, **facts})

    def count(self, system: str, effect: str, **facts: object) -> int:
        """How often `effect` happened with these `facts`."""
        wanted = {"system": system, "effect": effect, **facts}
        return sum(
            all(entry.get(name) == value for name, value in wanted.items())
            for entry in self.entries
        )
