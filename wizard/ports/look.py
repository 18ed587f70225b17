"""A look at a source that needs no account: what was found, and the values, for memory only."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from pydantic import SecretStr

from wizard.model.inventory import Inventory


@dataclass(frozen=True)
class Looked:
    """`values`: app → variable → value; under "" what else the files hold, to be kept from sight.

    `by_hand` gives the target's official command for an action.
    """

    inventory: Inventory
    values: Mapping[str, Mapping[str, SecretStr]] = field(repr=False)
    by_hand: Callable[..., str]
