"""On which targets a run plays: the only place that knows a rehearsal from the real thing."""

from dataclasses import dataclass

from wizard.engine.ports import Outside
from wizard.model.plan import DatabaseChoice, Plan
from wizard.model.runs import Fidelity, Mode
from wizard.ports.source import Source


@dataclass(frozen=True)
class Stage:
    """What the tasks act on.

    `frozen_app` is the app that is frozen and thawed (None: there is no twin, a person walks
    through); `source_frozen` whether the database that is moved is the frozen app's own;
    `names` the DNS names that are switched; `custom_names` whether the app is reached by its own
    names or only by its default endpoint; `returns` whether everything is taken back at the end;
    `stand_in` a prefix under which harmless variables stand in for those that reach the outside.
    """

    mode: Mode
    run: int
    frozen_app: Source | None
    source_frozen: bool
    names: tuple[str, ...]
    custom_names: bool
    returns: bool
    stand_in: str = ""

    def database_handle(self, choice: DatabaseChoice) -> str:
        """The fresh database this run fills."""
        return (
            live_handle(choice) if self.mode == "live" else f"{choice.handle}-rehearsal-{self.run}"
        )

    def fidelity(self, declared: Fidelity, twin: str) -> Fidelity:
        """How true a task is in this run, given the twins that exist."""
        if self.mode == "live":
            return "real"
        if (twin == "app" and self.frozen_app is None) or (twin == "name" and not self.names):
            return "tabletop"
        return declared


def live_handle(choice: DatabaseChoice) -> str:
    """The database that a cutover fills and that the app then lives on."""
    return f"{choice.handle}-live"


def live_stage(outside: Outside, plan: Plan, run: int) -> Stage:
    """The real thing: the app itself, its own names, nothing taken back."""
    return Stage(
        mode="live",
        run=run,
        frozen_app=outside.source,
        source_frozen=True,
        names=plan.domains,
        custom_names=True,
        returns=False,
    )


def rehearsal_stage(outside: Outside, plan: Plan, run: int) -> Stage:
    """Twins and scratch targets: production is only read, and everything is taken back."""
    return Stage(
        mode="rehearsal",
        run=run,
        frozen_app=outside.staging,
        source_frozen=False,
        names=(plan.dns.rehearsal_name,) if plan.dns.rehearsal_name else (),
        custom_names=False,
        returns=True,
        stand_in="MOVEDAY_REHEARSAL_",
    )
