"""What makes a target-side runner: its repository, and the settings that tell it what to do."""

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from pydantic import SecretStr

from wizard.model.database import Connection
from wizard.model.runner import RunnerJob


@dataclass(frozen=True)
class RunnerRepository:
    """A git repository in `folder` that holds `commit`; the same moveday makes the same commit."""

    folder: Path
    commit: str


class RunnerKit(Protocol):
    """Makes runners of one database engine."""

    service: str
    """The only process of the app."""

    def repository(self) -> AbstractAsyncContextManager[RunnerRepository]:
        """The app's repository, there as long as the context. BlockedError when it cannot be."""
        ...

    def settings(
        self, job: RunnerJob, source: Connection, target_url: SecretStr
    ) -> Mapping[str, SecretStr]:
        """The app's whole configuration. BlockedError when a runner could not reach `source`."""
        ...
