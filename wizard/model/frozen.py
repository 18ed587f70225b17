"""The base of all facts and decisions: immutable, strict about unknown fields."""

from collections.abc import Iterator
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel, ConfigDict

from wizard.safety.redact import spare


class Frozen(BaseModel):
    """A fact or decision: cannot change, refuses unknown fields, hashes by value.

    The words of its own choices are spared by redaction: a document with dots where "done" stood
    could not be read back.
    """

    # Built when first used: a command needs few of all models, and building them is a third of its
    # start.
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        """Spare the choices of this model."""
        super().__pydantic_init_subclass__(**kwargs)
        for field in cls.model_fields.values():
            spare(_choices(field.annotation))


def _choices(annotation: object) -> Iterator[str]:
    for part in get_args(annotation):
        if isinstance(part, str):
            if get_origin(annotation) is Literal:
                yield part
        else:
            yield from _choices(part)
