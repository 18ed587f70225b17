"""A look at a project of containers: what was found, and the values, for memory only."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field

from pydantic import SecretStr

from wizard.model.inventory import Inventory

Choose = Callable[[str, Sequence[str]], Awaitable[int | None]]
"""Asks a person for one of several: the position of what was chosen, None when nobody is there."""


@dataclass(frozen=True)
class Looked:
    """`values`: app → variable → value; under "" what else the files hold, to be kept from sight.

    `by_hand` gives the target's official command for an action. `cluster` names the one of an
    account that was looked at, so that it can be looked at again.
    """

    inventory: Inventory
    values: Mapping[str, Mapping[str, SecretStr]] = field(repr=False)
    by_hand: Callable[..., str]
    cluster: str = ""
