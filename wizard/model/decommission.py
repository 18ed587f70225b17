"""What is switched off after a move, in which order, when at the earliest, and why."""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from wizard.model.frozen import Frozen

Side = Literal["old side", "new side", "DNS", "people"]
Ending = Literal["moved", "old side serves", "not moved"]


class LeftBeside(Frozen):
    """A container that a person was asked to start beside the source; `secrets` were made for it,
    and were not seen to go."""

    container: str
    secrets: tuple[str, ...] = ()


class Aftermath(Frozen):
    """What is known of a move that ended; the ground for the decommission list.

    `ending`: who serves the users now. `switched` is when every authoritative server showed the
    new side, `book_done` when the low TTL had run out after that; None: not measured. `old_ttls`
    are the longest seconds ever seen per name. `practice_databases` were made for practice and are
    still there, `removed_databases` were deleted and may have left backups; `default_endpoint`
    says whether the operator's own way in was made. `beside`: what a person put beside the source
    for the move; moveday cannot take containers away.
    """

    ending: Ending
    switched: datetime | None = None
    book_done: datetime | None = None
    old_ttls: Mapping[str, int] = {}
    practice_databases: tuple[str, ...] = ()
    removed_databases: tuple[str, ...] = ()
    default_endpoint: bool = False
    beside: tuple[LeftBeside, ...] = ()


class Farewell(Frozen):
    """One thing to switch off, take away or look after, by a person.

    `after` are ids that must be done first; `earliest` is in words, `earliest_at` the time before
    which it is wrong, when one can be computed. `action` and `words` name the official command of
    that side (see `Source.by_hand` and `Target.by_hand`), "" when there is none. `final`: it cannot
    be undone.
    """

    id: str
    side: Side
    what: str
    earliest: str
    why: str
    earliest_at: datetime | None = None
    after: tuple[str, ...] = ()
    action: str = ""
    words: Mapping[str, str] = {}
    final: bool = False
