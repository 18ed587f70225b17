"""What differs from scenario to scenario: the old side, whose names, which data."""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from providers.sandbox.ground import Ground


class OldSide(Protocol):
    """The platform that the app leaves, with the app running on it."""

    async def start(self) -> None:
        """Serve it; returns when the app runs."""
        ...

    async def stop(self) -> None:
        """End it with everything that it started. Can be repeated."""
        ...

    def environment(self) -> dict[str, str]:
        """What points clients at it."""
        ...


class Story(Protocol):
    """One scenario. `zone` is the customer's, at the DNS host, `host` what visitors look at.

    `address` is where the old side's router is reached. `database_names` are those that the old
    database's certificate is for; with `database_clients` only these addresses reach it.
    `stack` and `operator` are the new side's. `damage` is SQL that spoils a finished copy of the
    data, the quick statements first.
    """

    zone: str
    host: str
    address: str
    database_names: Sequence[str]
    database_clients: frozenset[str] | None
    stack: str
    operator: str
    damage: Sequence[str]

    async def prepare(self, ground: Ground, size_mb: int, ttl: int) -> None:
        """Make the data, about `size_mb` megabytes, the repository, and DNS records with that TTL;
        and teach the new side what its builds may need."""
        ...

    def old_side(self, ground: Ground) -> OldSide:
        """The old platform, not started yet; after `prepare`."""
        ...

    @property
    def checkout(self) -> Path:
        """The developer's folder; after `prepare`."""
        ...
