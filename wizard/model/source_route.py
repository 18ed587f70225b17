"""A way out of a network that this machine cannot reach: how long it takes, and where rows rest."""

from typing import Literal

from wizard.model.frozen import Frozen

Basis = Literal["rehearsed", "published", "beyond", "unknown"]
"""The rehearsal's own rate; published figures; figures continued past the last published one."""


class SourceRoute(Frozen):
    """`shortest` and `longest` in seconds, None where nothing is known. `bytes`: what is moved.

    `rests`: where rows lie on a disk, and until when; `more`: what the figures do not hold.
    """

    letter: str
    way: str
    bytes: int
    shortest: float | None
    longest: float | None
    basis: Basis
    rests: str
    needs: str
    more: str = ""


class SourceRoutes(Frozen):
    """All of them, the one to try first first."""

    routes: tuple[SourceRoute, ...]
