"""A plan that is not finished: what it says so far, and which of its values are still open."""

from collections.abc import Mapping
from dataclasses import dataclass

from wizard.model.frozen import Frozen


class Hole(Frozen):
    """One value that a person still has to give. `id` is its path with dots, as in a question.

    `line` counts from 1; for a key that is not there it is the line of what should hold it.
    """

    id: str
    line: int


@dataclass(frozen=True)
class Draft:
    """`document` as it was written, without what is open; nothing in it is wrong, only missing."""

    document: Mapping[str, object]
    holes: tuple[Hole, ...]
