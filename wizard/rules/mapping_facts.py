"""All that a mapping is made from, gathered by whoever may look outside."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from wizard.model.inventory import Inventory
from wizard.model.plan import Plan
from wizard.model.rates import Rates
from wizard.model.target import DatabaseImage, Stack
from wizard.rules.variables import VariableDecision


@dataclass(frozen=True)
class MappingFacts:
    """`images` and `stack` are None when the target could not be asked, `missing` says why.

    `settled` are ids of questions that somebody answered before, `on_target` names of variables
    that are set on the new side already. `by_hand` gives the target's official command for an
    action. `parts` are the apps of a project that holds several, each with its own part of the
    inventory, plan and variables; `answers` what was answered to questions without a section in the
    plan. `planned`: a plan moves the one app that the inventory of containers holds; `given` are
    names whose value a person gave.
    """

    inventory: Inventory
    plan: Plan
    variables: tuple[VariableDecision, ...]
    rates: Rates
    by_hand: Callable[..., str]
    images: tuple[DatabaseImage, ...] | None = None
    stack: Stack | None = None
    missing: str = ""
    settled: frozenset[str] = frozenset()
    on_target: frozenset[str] = frozenset()
    parts: tuple["MappingFacts", ...] = ()
    answers: Mapping[str, str] = field(default_factory=dict)
    now: datetime | None = None
    planned: bool = False
    given: frozenset[str] = frozenset()

    @property
    def containers(self) -> bool:
        """Whether the source is a platform of containers, with or without a plan."""
        return bool(self.parts) or bool(self.inventory.apps)

    @property
    def today(self) -> datetime:
        """The time against which ends are counted; that of the look when nobody says another."""
        return self.now or self.inventory.read_at

    def command(self, action: str, **words: str) -> str:
        """The official command for an action on this plan's app."""
        target = self.plan.target
        return self.by_hand(
            action, **{"app": target.app, "environment": target.environment, **words}
        )
