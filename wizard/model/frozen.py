"""The base of all facts and decisions: immutable, strict about unknown fields."""

from pydantic import BaseModel, ConfigDict


class Frozen(BaseModel):
    """A fact or decision: cannot change, refuses unknown fields, hashes by value."""

    model_config = ConfigDict(frozen=True, extra="forbid")
