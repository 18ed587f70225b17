"""Is every variable on the new side what was decided for it? By keyed hashes, never by values."""

from collections.abc import Mapping, Sequence
from typing import Literal

from wizard.model.frozen import Frozen
from wizard.rules.variables import VariableDecision


class ParityRow(Frozen):
    """One variable compared across sides. `because` names the rule that explains it, if any."""

    name: str
    result: Literal["same", "different", "missing", "explained", "extra"]
    because: str = ""


def parity(
    wanted: Mapping[str, str],
    target: Mapping[str, str],
    decisions: Sequence[VariableDecision],
) -> tuple[ParityRow, ...]:
    """Compare keyed hashes: `wanted` of what was to be set, `target` of what is there.

    A rewritten variable that holds what was wanted is "explained" (it differs from the source by
    its rule); one that should not be there, or that no decision knows, is "extra".
    """
    decided = {decision.name: decision for decision in decisions}
    rows = []
    for name in sorted({*decided, *wanted, *target}):
        decision = decided.get(name)
        because = decision.because if decision else ""
        rows.append(
            ParityRow(
                name=name,
                result=_compare(wanted.get(name), target.get(name), decision),
                because=because,
            )
        )
    return tuple(rows)


def _compare(
    wanted: str | None, there: str | None, decision: VariableDecision | None
) -> Literal["same", "different", "missing", "explained", "extra"]:
    if wanted is not None:
        if there is None:
            return "missing"
        if there != wanted:
            return "different"
        return "explained" if decision is not None and decision.action == "rewrite" else "same"
    if decision is None:
        return "extra"
    if decision.action in ("keep", "rewrite"):
        # Masked ones: whatever a person has set explains it, nothing set is a hole.
        return "missing" if there is None else "explained"
    return "explained" if there is None else "extra"
