"""What a folder knows of a move, for commands that only look: plan and journal, or nothing.

The lock is held for the instant of writing only: a watch must never keep a cutover from starting.
"""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from wizard.clock import SYSTEM_CLOCK
from wizard.engine.chain import Entry
from wizard.engine.journal import Journal, JournalReader
from wizard.engine.lock import Lock
from wizard.engine.plan_file import FILE_NAME, read_plan
from wizard.engine.session import STATE_FOLDER
from wizard.engine.store import Store
from wizard.errors import BlockedError, UsageError
from wizard.model.inventory import Inventory
from wizard.model.plan import DnsChoice, Plan


@dataclass(frozen=True)
class MoveHere:
    """The move in a folder as far as there is one; `plan` is None without a moveday.yaml."""

    folder: Path
    plan: Plan | None
    entries: tuple[Entry, ...]

    @property
    def low_ttl(self) -> int:
        """The low TTL in seconds that the plan wants, or the usual one."""
        return (self.plan.dns if self.plan else DnsChoice()).low_ttl

    def again(self) -> "MoveHere":
        """The same, with what was written into the journal since."""
        return move_here(self.folder) if self.plan is not None else self

    @property
    def old_targets(self) -> dict[str, str]:
        """Name → what it points at on the old side, from the stored inventory."""
        if self.plan is None:
            return {}
        reader = JournalReader(self.folder / STATE_FOLDER)
        reader.refresh()
        store = Store(self.folder / STATE_FOLDER, writing=False)
        document = (store.load_facts(reader).content or {}).get("inventory")
        if document is None:
            return {}
        domains = Inventory.model_validate(document).domains
        return {d.hostname: d.target for d in domains if d.target}

    def names(self, given: tuple[str, ...]) -> tuple[str, ...]:
        """The names to look at: those given, or the plan's. Raises UsageError for none."""
        names = given or (self.plan.domains if self.plan else ())
        if not names:
            raise UsageError(
                "no names to look at",
                f"there is no {FILE_NAME} here that lists any",
                "say which: moveday dns survey www.example.com",
            )
        return names

    def write_down(self, write: Callable[[Journal], None]) -> str:
        """Let `write` add to the journal; why nothing was written, "" when it was."""
        if self.plan is None:
            return ""
        state = self.folder / STATE_FOLDER
        try:
            with ExitStack() as stack:
                stack.enter_context(Lock.take(state, "moveday dns", SYSTEM_CLOCK))
                write(stack.enter_context(Journal.open(state, SYSTEM_CLOCK)))
        except BlockedError:
            return "another moveday is at work here, so this look is not remembered"
        return ""


def move_here(folder: Path) -> MoveHere:
    """The move in `folder`. Raises UsageError for a plan that is there and wrong."""
    if not (folder / FILE_NAME).exists():
        return MoveHere(folder, None, ())
    plan, _ = read_plan(folder)
    reader = JournalReader(folder / STATE_FOLDER)
    reader.refresh()
    return MoveHere(folder, plan, reader.entries)
