"""What does it mean for a move that this machine carries it? Battery and sleep, as findings."""

from wizard.model.database import Finding
from wizard.model.laptop import Awake, Power
from wizard.model.question import Gate

_ENDS = "a machine that goes off or falls asleep breaks the move off; an outage goes on meanwhile"


def power_findings(power: Power) -> tuple[Finding, ...]:
    """A warning on battery, nothing on mains, and the unknown said as unknown."""
    if power.supply == "mains":
        return ()
    if power.supply == "battery":
        charge = "" if power.percent is None else f", {power.percent} % left"
        return (
            Finding(
                rule="PC1",
                severity="warn",
                subject="this machine",
                detail=f"it runs on battery{charge}",
                remedy="plug it in",
                otherwise=_ENDS,
            ),
        )
    return (
        Finding(
            rule="PC1",
            severity="info",
            subject="this machine",
            detail=f"whether it runs on battery is unknown: {power.detail}",
        ),
    )


def awake_finding(awake: Awake) -> Finding:
    """What is held off while the move runs; a warning where sleep is not."""
    if not awake.sleep:
        return Finding(
            rule="PC2",
            severity="warn",
            subject="this machine",
            detail=f"it may fall asleep: {awake.detail}",
            remedy="switch sleep off in its settings for so long, and leave the lid open",
            otherwise=_ENDS,
        )
    lid = "also with its lid closed" if awake.lid else "but leave its lid open"
    return Finding(
        rule="PC2",
        severity="info",
        subject="this machine",
        detail=f"it is kept awake until the end, {lid}",
    )


def power_gates(power: Power) -> tuple[Gate, ...]:
    """An open gate with its warning when on battery; none else: a move may begin either way."""
    return tuple(
        Gate(
            id="power",
            open=True,
            reason="",
            warning=f"this machine: {found.detail}",
            hint=f"{found.remedy}: {found.otherwise}",
        )
        for found in power_findings(power)
        if found.severity == "warn"
    )


def finding_words(found: Finding) -> str:
    """One line, with what to do where there is something."""
    todo = f" ({found.remedy})" if found.remedy else ""
    return f"{found.subject}: {found.detail}{todo}"
