"""Which sources there are: a folder here is a source; only the chosen one is imported."""

from importlib import import_module
from pathlib import Path
from types import ModuleType

from wizard.errors import UsageError


def names() -> tuple[str, ...]:
    """The names of all sources, sorted. Imports none of them."""
    here = Path(__file__).parent
    return tuple(
        sorted(
            entry.name
            for entry in here.iterdir()
            if entry.is_dir()
            and not entry.name.startswith(("_", "."))
            and (entry / "__init__.py").is_file()
        )
    )


def load(name: str) -> ModuleType:
    """The package of one source, with its `open_source(choice, environ, vault, clock)`.

    Raises UsageError for a name that is not a source.
    """
    known = names()
    if name not in known:
        raise UsageError(
            f"there is no source called {name!r}", f"known sources: {', '.join(known)}"
        )
    return import_module(f"providers.sources.{name}")
