"""Which closed gates may a person sign for, and how is such an exception kept?"""

from collections.abc import Callable, Sequence

from wizard.engine.journal import Journal
from wizard.engine.session import Session
from wizard.errors import UsageError
from wizard.model.frozen import Frozen
from wizard.model.question import Gate, Question
from wizard.steps.agreement import KEY as WITHOUT_AGREEMENT
from wizard.steps.agreement import sign_without_agreement
from wizard.steps.shared import sign_shared

NOT_REHEARSED = "not-rehearsed"
SHARED = "shared"


class Exceptional(Frozen):
    """An exception that can be signed. `gates` are the closed ones it would open, in words."""

    key: str
    title: str
    gates: tuple[str, ...]

    @property
    def question(self) -> Question:
        """Asks for the reason."""
        return Question(
            id=f"sign-{self.key}",
            text=f"{self.title}. What is your reason?",
            why="\n".join([*self.gates, "Your reason is kept in the journal and in the report."]),
            kind="text",
        )


_TITLES = {
    SHARED: "Move while other apps use the same store",
    NOT_REHEARSED: "Cut over without a whole rehearsal",
    WITHOUT_AGREEMENT: "Move regulated data without a named agreement",
}
_GATES = {
    "shared": SHARED,
    "rehearsed": NOT_REHEARSED,
    "nothing-assumed": NOT_REHEARSED,
    "agreement": WITHOUT_AGREEMENT,
}


def signable(gates: Sequence[Gate]) -> tuple[Exceptional, ...]:
    """The exceptions that would open something now."""
    closed = [gate for gate in gates if not gate.open and gate.id in _GATES]
    keys = dict.fromkeys(_GATES[gate.id] for gate in closed)
    return tuple(
        Exceptional(
            key=key,
            title=_TITLES[key],
            gates=tuple(gate.reason for gate in closed if _GATES[gate.id] == key),
        )
        for key in keys
    )


def sign_not_rehearsed(journal: Journal, reason: str, by: str) -> None:
    """Let a cutover begin without a whole rehearsal; the report quotes the reason."""
    if not reason.strip():
        raise UsageError("a reason is needed to go without a rehearsal", "it lands in the report")
    journal.append("override", key=NOT_REHEARSED, by=by, reason=reason.strip())


_SIGN: dict[str, Callable[[Session, str, str], None]] = {
    NOT_REHEARSED: lambda session, *said: sign_not_rehearsed(session.journal, *said),
    WITHOUT_AGREEMENT: lambda session, *said: sign_without_agreement(session.journal, *said),
    SHARED: sign_shared,
}


def sign(session: Session, key: str, reason: str, by: str) -> None:
    """Journal the exception `key`. Raises UsageError or BlockedError without a reason."""
    _SIGN[key](session, reason, by)
