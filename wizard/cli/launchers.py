"""What the commands get from the one place that joins engine and providers."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from wizard.clock import Clock
from wizard.engine.ports import Outside
from wizard.model.database import Connection
from wizard.model.plan import Plan
from wizard.ports.database import Mover, Probe, Verifier


@dataclass(frozen=True)
class DatabaseTools:
    """The three database ports of one engine, and how a URL becomes a connection."""

    probe: Probe
    mover: Mover
    verifier: Verifier
    connection: Callable[[str], Connection]


class OpenOutside(Protocol):
    """Opens every port a plan needs; reads credentials, changes nothing."""

    def __call__(
        self, plan: Plan, folder: Path, environ: Mapping[str, str], clock: Clock
    ) -> Outside: ...


@dataclass(frozen=True)
class Launchers:
    """Handed in by `wizard.__main__`, so that the commands import no provider.

    `sandbox(env_file, scenario, size_mb, with_visitors)` serves until it is stopped;
    `person(panel, change)` plays the sandbox's DNS administrator; `control(base, path, body)`
    speaks to its control server.
    """

    outside: OpenOutside
    database: Callable[[], DatabaseTools]
    sandbox: Callable[[Path, str, int, bool], Awaitable[None]]
    person: Callable[[str, Mapping[str, object]], Awaitable[None]]
    control: Callable[[str, str, object | None], Awaitable[object]]
