"""The machine that carries a move: what feeds it, and keeping it awake meanwhile."""

from contextlib import AbstractAsyncContextManager
from typing import Protocol

from wizard.model.laptop import Awake, Power


class Laptop(Protocol):
    """Neither method ever fails: what cannot be told or done is said in the answer's words."""

    async def power(self) -> Power: ...

    def awake(self, why: str) -> AbstractAsyncContextManager[Awake]:
        """Hold sleep off as long as the context, and no longer than this process lives."""
        ...
