"""What a task sees while it runs: the session, the stage, this run's records and resources."""

from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import TypeVar

from wizard.engine.events import Moving, Said
from wizard.engine.session import Session
from wizard.errors import MovedayError, UnknownOutcome
from wizard.model.database import MoveProgress, MoveResult, Verdict
from wizard.model.evidence import Evidence
from wizard.rules.made import makes
from wizard.runbook.stage import Stage
from wizard.safety.consent import Consent, Level

T = TypeVar("T")


@dataclass
class RunContext:
    """One run of a task list. `label` names it in the journal: "run-3", "deploy-2".

    `resources` closes tunnels and snapshots at the end of the run; `moves` and `verdicts` hold what
    was measured per database handle; `at_work` names the tasks that run now; `medians` are seconds
    by task, as measured in earlier runs.
    """

    session: Session
    stage: Stage
    label: str
    resources: AsyncExitStack = field(default_factory=AsyncExitStack)
    opened: dict[str, object] = field(default_factory=dict)
    moves: dict[str, MoveResult] = field(default_factory=dict)
    verdicts: dict[str, Verdict] = field(default_factory=dict)
    at_work: set[str] = field(default_factory=set)
    medians: Mapping[str, float] = field(default_factory=dict)

    def record(self, name: str, value: object) -> None:
        """Journal a fact of this run that later tasks, or a later process, need. No secrets."""
        self.session.journal.append("read", key=f"{self.label}/{name}", value=value)

    def recall(self, name: str) -> object:
        """The last recorded fact of this run under `name`; None when there is none."""
        key = f"{self.label}/{name}"
        for entry in reversed(self.session.journal.entries):
            if entry.kind == "read" and entry.key == key:
                return entry.data.get("value")
        return None

    def say(self, text: str, level: str = "info") -> None:
        """One line of talk."""
        self.session.front.hear(Said(text, level))

    def moving(self, task: str) -> Callable[[MoveProgress], None]:
        """A progress callback that reports under `task`, and says once how many workers work."""
        told = ""

        def hear(progress: MoveProgress) -> None:
            nonlocal told
            if progress.choice != told:
                told = progress.choice
                self.say(told)
            self.session.front.hear(Moving(task, progress))

        return hear

    def proof(self, what: str, where: str, *, ok: bool = True) -> Evidence:
        """Evidence found now by the tool."""
        return Evidence(what=what, at=self.session.clock.now(), by="moveday", where=where, ok=ok)

    def consent(self, level: Level, subject: str) -> Consent:
        """The person's consent for one act."""
        return self.session.consent(level, subject)

    async def once(
        self,
        key: str,
        find: Callable[[], Awaitable[T | None]],
        act: Callable[[], Awaitable[T]],
    ) -> T:
        """Do an outside change exactly once: look, say what will be done, do, say it is done.

        `key` is the natural key by which `find` searches the other side. When the answer to the
        change never came, `find` decides whether it happened. A refusal is journalled, so that undo
        does not take a thing of the same name for ours.
        """
        found = await find()
        if found is not None:
            self.session.journal.append("adopted", key=key, id=getattr(found, "id", None))
            return found
        self.session.journal.append("intent", key=key)
        try:
            made = await act()
        except UnknownOutcome:
            seen = await find()
            if seen is None:
                raise
            made = seen
        except MovedayError as error:
            if makes(key) and (error.nothing_made or await _is_absent(find)):
                self.session.journal.append("refused", key=key, reason=error.title)
            raise
        # What was made is known again by this number, whatever its name is by then.
        self.session.journal.append("effect", key=key, id=getattr(made, "id", None))
        return made


async def _is_absent(find: Callable[[], Awaitable[object | None]]) -> bool:
    """Whether a look after a failure finds nothing. One that fails itself tells nothing."""
    try:
        return await find() is None
    except MovedayError:
        return False
