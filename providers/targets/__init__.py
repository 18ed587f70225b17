"""Which targets are there, and how is one loaded? A folder here is a target."""

import importlib
import pkgutil
from types import ModuleType

from wizard.errors import UsageError


def names() -> tuple[str, ...]:
    """The targets there are, sorted."""
    return tuple(sorted(m.name for m in pkgutil.iter_modules(__path__) if m.ispkg))


def load(name: str) -> ModuleType:
    """The module of one target; it has `open_target`. Raises UsageError for an unknown name."""
    if name not in names():
        raise UsageError(f"there is no target {name!r}", f"known: {', '.join(names())}")
    return importlib.import_module(f"{__name__}.{name}")
