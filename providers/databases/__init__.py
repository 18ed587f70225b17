"""Database engines by name: a folder here is an engine, loaded only when it is chosen."""

from __future__ import annotations  # copying processes start without the models

import importlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from wizard.errors import UsageError

if TYPE_CHECKING:
    from wizard.ports.database import Freezer, Keeper, Mover, Probe, Verifier


@dataclass(frozen=True)
class DatabaseEngine:
    """The ports of one engine."""

    name: str
    probe: Probe
    mover: Mover
    verifier: Verifier
    freezer: Freezer
    keeper: Keeper


def names() -> tuple[str, ...]:
    """The engines that exist, sorted."""
    folder = Path(__file__).parent
    return tuple(sorted(path.parent.name for path in folder.glob("*/__init__.py")))


def load(name: str) -> DatabaseEngine:
    """The engine called `name`. Raises UsageError when there is none."""
    if name not in names():
        raise UsageError(
            f"there is no database engine called {name}", f"known: {', '.join(names())}"
        )
    module = importlib.import_module(f"{__name__}.{name}")
    engine = module.engine()
    assert isinstance(engine, DatabaseEngine)
    return engine
