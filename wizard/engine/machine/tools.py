"""What the doctor looks with: handed in by the one place that knows the providers."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from wizard.clock import Clock
from wizard.model.plan import Plan
from wizard.ports.doctor import AccountDoctor


@dataclass(frozen=True)
class DoctorTools:
    """Nothing is touched before it is called.

    `keyring()` writes, reads and deletes a random item (its name in words, or VaultUnavailable);
    `postgres()` tells which PostgreSQL programs will be used; `account(side)` opens the doctor of
    one of `sides`, and raises a MovedayError when nobody is signed in there.
    """

    keyring: Callable[[], str]
    postgres: Callable[[], Awaitable[str]]
    sides: tuple[str, ...]
    account: Callable[[str], AccountDoctor]


class OpenDoctor(Protocol):
    """Opens the doctor's tools for a plan (None: no move here; then
    `source_without_plan` names the source, "" for the usual one). Asks nobody yet."""

    def __call__(
        self,
        plan: Plan | None,
        folder: Path,
        environ: Mapping[str, str],
        clock: Clock,
        source_without_plan: str = "",
    ) -> DoctorTools: ...
