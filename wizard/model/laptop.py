"""The machine moveday runs on, as far as a move that it carries depends on it."""

from typing import Literal

from wizard.model.frozen import Frozen


class Power(Frozen):
    """What it runs on now. `percent` is the battery's charge; `detail` says what was seen."""

    supply: Literal["mains", "battery", "unknown"]
    percent: int | None = None
    detail: str = ""


class Awake(Frozen):
    """What is held off while this lasts; nothing when `sleep` is False, and `detail` says why.

    `lid`: closing the lid does not send it to sleep either.
    """

    sleep: bool
    lid: bool = False
    detail: str = ""
