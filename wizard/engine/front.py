"""What the engine needs from whoever talks to the person: hear events, get answers."""

from typing import Protocol

from wizard.engine.events import Event, PersonNeeded
from wizard.model.question import Answer, Question


class Front(Protocol):
    """A front end: screens, the command line, or a test."""

    def hear(self, event: Event) -> None:
        """Show (or drop) one event; must not block."""
        ...

    async def answer(self, question: Question) -> Answer | None:
        """The person's answer; None when nobody is there to answer (the task is then blocked)."""
        ...

    async def ask_person(self, request: PersonNeeded) -> str | None:
        """Tell somebody that they have to act outside; returns without waiting for the act.

        Who said at once that it is done (a hook may), when the request has a `confirm`; else None.
        """
        ...

    def person_timeout(self) -> float:
        """Seconds to wait for a person's act before the command ends as blocked."""
        ...
