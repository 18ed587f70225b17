"""What must hold before something may start: open gates quietly, closed ones with their reason."""

from collections.abc import Sequence

from textual.widgets import Static

from wizard.model.question import Gate
from wizard.safety.clean import clean


class GateList(Static):
    """One line a gate, closed ones first, each with what to do."""

    def __init__(self, *, id: str = "gates") -> None:
        super().__init__("", id=id, markup=False)

    def tell(self, gates: Sequence[Gate]) -> None:
        """Show the gates."""
        lines = []
        good = [clean(gate.id.replace("-", " "), 60) for gate in gates if gate.open]
        for gate in gates:
            if not gate.open:
                name = clean(gate.id.replace("-", " "), 60)
                lines.append(f"✗ {name}: {clean(gate.reason, 300)}")
                if gate.hint:
                    lines.append(f"    what to do: {clean(gate.hint, 300)}")
        if good:
            lines.append(f"✓ {', '.join(good)}")
        self.update("\n".join(lines))
