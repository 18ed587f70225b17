"""What makes a target-side runner: its repository, and the settings that tell it what to do."""

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from pydantic import SecretStr

from wizard.model.database import Connection
from wizard.model.runner import RunnerJob, RunnerOrder


@dataclass(frozen=True)
class RunnerRepository:
    """A git repository in `folder` that holds `commit`; the same moveday makes the same commit."""

    folder: Path
    commit: str


class RunnerOrders(Protocol):
    """What a runner is told while it runs. It stands in the target, which both can reach.

    By move id; comparisons pass over it, and it goes with the move's marker.
    """

    async def read(self, target: Connection, move_id: str) -> RunnerOrder | None:
        """What stands; None where nothing was ever written: the runner waits then."""
        ...

    async def write(self, target: Connection, move_id: str, order: RunnerOrder) -> None:
        """Let this stand, whatever stood before: written twice is written once."""
        ...

    async def remove(self, target: Connection, move_id: str) -> None:
        """Take it away; nothing happens when it is gone already."""
        ...


class RunnerKit(Protocol):
    """Makes runners of one database engine, and tells them what to do."""

    service: str
    """The only process of the app."""
    orders: RunnerOrders

    def repository(self) -> AbstractAsyncContextManager[RunnerRepository]:
        """The app's repository, there as long as the context. BlockedError when it cannot be."""
        ...

    def settings(
        self, job: RunnerJob, source: Connection, target_url: SecretStr
    ) -> Mapping[str, SecretStr]:
        """The app's whole configuration. BlockedError when a runner could not reach `source`."""
        ...
