"""What would go wrong, or be left out, if this source were copied to this target now?"""

from collections.abc import Sequence

from providers.databases.postgres import preflight_source, preflight_target
from providers.databases.postgres.session import session
from wizard.model.database import Connection, Finding

_ORDER = {"block": 0, "warn": 1, "info": 2}


async def preflight(source: Connection, target: Connection) -> Sequence[Finding]:
    """All findings, blocking ones first. Raises DatabaseTrouble when a side cannot be reached."""
    async with (
        session(source, "moveday-preflight", "source") as left,
        session(target, "moveday-preflight", "target") as right,
    ):
        return in_order(
            [
                *await preflight_source.findings(left),
                *await preflight_target.findings(left, right),
            ]
        )


def in_order(found: Sequence[Finding]) -> list[Finding]:
    """Blocking ones first, then by rule."""
    return sorted(found, key=lambda finding: (_ORDER[finding.severity], finding.rule))
