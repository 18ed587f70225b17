"""What must hold before something may start: open gates quietly, closed ones with their reason."""

from collections.abc import Sequence

from screens.remedies import in_keys
from screens.widgets.words import Words
from wizard.model.question import Gate
from wizard.safety.clean import clean

_NAMES = {
    "not-done": "no cutover stands yet",
    "built-from-this": "built from what was looked at",
    "rehearsed": "rehearsed to its end",
    "nothing-assumed": "nothing only talked through",
    "agreement": "agreement (BAA)",
    "shared": "no other app writes",
    "mapping": "no open question",
    "services": "every process has its service",
    "power": "mains power",
}


def gate_name(gate: Gate) -> str:
    """A gate in the words of what holds when it is open."""
    return _NAMES.get(gate.id, clean(gate.id.replace("-", " "), 60))


def gate_trouble(gate: Gate) -> str:
    """Why a gate is closed, or what an open one warns of; "" when all is well."""
    if not gate.open:
        return f"✗ {gate_name(gate)}: {gate.reason}"
    return f"! {gate_name(gate)}: {gate.warning}" if gate.warning else ""


class GateList(Words):
    """One line a gate, closed ones first, then those with a warning, each with what to do."""

    def __init__(self, *, id: str = "gates") -> None:
        super().__init__("", id=id, markup=False)

    def tell(self, gates: Sequence[Gate]) -> None:
        """Show the gates."""
        lines = []
        good = [gate_name(gate) for gate in gates if not gate_trouble(gate)]
        for gate in sorted(gates, key=lambda gate: gate.open):
            if told := gate_trouble(gate):
                lines.append(clean(told, 300))
                if gate.remedy:
                    todo = in_keys(gate.remedy, "cutover")
                    lines.append(f"    what to do: {clean(todo, 300)}")
        if good:
            lines.append(f"✓ {', '.join(good)}")
        self.update("\n".join(lines))
