"""A session on a real journal, lock and store, without any outside: for tests of the engine."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from providers.laptop import ThisLaptop
from wizard.clock import SYSTEM_CLOCK
from wizard.engine.events import Event, PersonNeeded
from wizard.engine.journal import Journal
from wizard.engine.ports import Outside
from wizard.engine.session import Session
from wizard.engine.store import Store
from wizard.model.plan import Plan, SourceChoice, TargetChoice
from wizard.model.question import Answer, Question
from wizard.runbook.context import RunContext
from wizard.runbook.stage import Stage
from wizard.safety.consent import Level


class NoVault:
    """Nothing is kept."""

    mode = "nowhere"
    lasting = False

    def get(self, service: str, account: str) -> None:
        return None


@dataclass
class NoSource:
    """What is known of a source without asking it."""

    name: str = "nowhere"
    twins: bool = True


@dataclass
class NoOutside:
    """Stands where an engine test must not reach the outside."""

    source: NoSource = field(default_factory=NoSource)
    staging: None = None
    vault: NoVault = field(default_factory=NoVault)
    laptop: ThisLaptop = field(default_factory=lambda: ThisLaptop({}, Path("nowhere")))


@dataclass
class Listener:
    """A front end that remembers what it heard and answers from a table."""

    answers: dict[str, str] = field(default_factory=dict)
    heard: list[Event] = field(default_factory=list)
    asked: list[PersonNeeded] = field(default_factory=list)
    patience: float = 2.0

    def hear(self, event: Event) -> None:
        self.heard.append(event)

    async def answer(self, question: Question) -> Answer | None:
        value = self.answers.get(question.id)
        return None if value is None else Answer(value=value, by="test")

    async def ask_person(self, request: PersonNeeded) -> None:
        self.asked.append(request)

    def person_timeout(self) -> float:
        return self.patience


PLAN = Plan(
    source=SourceChoice(kind="heroku", app="clinic"),
    target=TargetChoice(stack="s", environment="e", app="clinic"),
)


def open_test_session(folder: Path, front: Listener | None = None) -> Session:
    """A session in `folder`; close its journal with `session.journal.close()`."""
    state = folder / ".moveday"
    store = Store(state)
    return Session(
        folder=folder,
        plan=PLAN,
        plan_hash="0" * 64,
        journal=Journal.open(state),
        store=store,
        outside=cast(Outside, NoOutside()),
        front=front or Listener(),
        clock=SYSTEM_CLOCK,
        allowed=Level.USERS_NOTICE,
        allowed_by="test",
    )


def open_test_run(session: Session, *, mode: Any = "live", returns: bool = False) -> RunContext:
    """A run context on an empty stage."""
    stage = Stage(
        mode=mode,
        run=1,
        frozen_app=None,
        source_frozen=True,
        names=(),
        custom_names=True,
        returns=returns,
    )
    return RunContext(session, stage, "run-1")
