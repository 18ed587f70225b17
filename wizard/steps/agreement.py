"""Real regulated data needs a signed agreement (BAA): the gate before rehearsal and cutover.

Source: Aptible's documentation (regulated data only on dedicated stacks, under a BAA). moveday
cannot see the paper: it asks for a person's word, or for a signed reason to go on without.
"""

from collections.abc import Iterable

from wizard.acts import do
from wizard.engine.chain import Entry
from wizard.engine.journal import Journal
from wizard.engine.session import Session
from wizard.errors import UsageError
from wizard.model.question import Gate

KEY = "without-agreement"


def agreement_gate(session: Session) -> Gate:
    """Closed for regulated data while no agreement is named and nobody signed an exception."""
    plan = session.plan
    signed = bool(waived_because(session.journal.entries))
    opened = not plan.regulated or bool(plan.agreement.strip()) or signed
    return Gate(
        id="agreement",
        open=opened,
        reason=""
        if opened
        else "the data is regulated, and moveday.yaml names no signed agreement (BAA) with Aptible",
        hint="put into the plan's agreement where it lies and from which day it holds; or "
        f"{do('sign-agreement')}",
    )


def waived_because(entries: Iterable[Entry]) -> str:
    """The reason that somebody last signed with; "" when nobody did."""
    reasons = [e.data.get("reason") for e in entries if e.kind == "override" and e.key == KEY]
    return str(reasons[-1] or "no reason was kept") if reasons else ""


def sign_without_agreement(journal: Journal, reason: str, by: str = "--without-agreement") -> None:
    """Let regulated data move without an agreement being named; the report quotes the reason."""
    if not reason.strip():
        raise UsageError(
            "a reason is needed to move regulated data without a named agreement",
            "it lands in the report",
        )
    journal.append("override", key=KEY, by=by, reason=reason.strip())
