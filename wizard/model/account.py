"""What an account on the source holds: apps to choose from, before a plan names one."""

from datetime import datetime

from wizard.model.frozen import Frozen


class AppSeen(Frozen):
    """One app that the account can see. `released` is None when nothing was ever deployed.

    `services` names what is in it, where the source holds several apps as one; else None.
    """

    name: str
    team: str = ""
    region: str = ""
    stack: str = ""
    released: datetime | None = None
    maintenance: bool | None = None
    services: tuple[str, ...] | None = None


class AppsSeen(Frozen):
    """All of them, by name. `unknown` says what could not be understood, `calls` how many calls it
    took, `calls_left` what is left of the account's budget."""

    apps: tuple[AppSeen, ...]
    unknown: tuple[str, ...] = ()
    calls: int = 0
    calls_left: int | None = None
    where: str
