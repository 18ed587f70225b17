"""This machine, as far as a move depends on it: its power, and that it stays awake."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from contextlib import AbstractAsyncContextManager

    from wizard.model.laptop import Awake, Power


class ThisLaptop:
    """See wizard.ports.laptop.Laptop. `root` is where the system's own files begin."""

    def __init__(self, environ: Mapping[str, str], root: Path = Path("/")) -> None:
        self._environ = environ
        self._root = root

    async def power(self) -> Power:
        """Mains, battery or unknown, as the system tells it now."""
        from providers.laptop.power import read_power

        return await read_power(self._root, self._environ.get("PATH", ""))

    def awake(self, why: str) -> AbstractAsyncContextManager[Awake]:
        """Hold sleep off by the system's own program, in a child that dies with us."""
        from providers.laptop.awake import keep_awake

        return keep_awake(why, self._root, self._environ)
