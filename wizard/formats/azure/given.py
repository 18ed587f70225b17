"""A variable with its value, for as long as it is read."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Given:
    """`where` is the place in the input; the value is in no representation."""

    app: str
    variable: str
    value: str = field(repr=False)
    where: str
