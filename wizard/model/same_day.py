"""Can it be today? Every ground for or against, known or not, with where it is known from."""

from datetime import datetime
from typing import Literal

from wizard.model.frozen import Frozen

ReasonState = Literal["holds", "in the way", "unknown"]


class Reason(Frozen):
    """One ground. `words` is a finished sentence, `source` where it is known from.

    `until`: an aware moment up to which it stands in the way, None when nobody can know. `needs`
    says what makes an unknown one known: "sign-in", "inventory", "dns survey", …
    """

    id: str
    state: ReasonState
    words: str
    source: str
    until: datetime | None = None
    needs: str = ""


class SameDay(Frozen):
    """`today` None: not known yet. `earliest` None with `today` False: no day can be named."""

    today: bool | None
    earliest: datetime | None
    words: str
    reasons: tuple[Reason, ...]
