"""What a person has allowed: four levels, checked by every shared client before a write.

Only the engine makes consents (`grant`); providers receive and check them (`require`).
"""

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum

from wizard.acts import do
from wizard.errors import ConsentMissing


class Level(IntEnum):
    """How far a consent goes; a higher level includes the lower ones."""

    LOOK = 0
    WRITE_FILES = 1
    CHANGE_NEW_SIDE = 2
    USERS_NOTICE = 3


LEVEL_WORDS = {
    Level.LOOK: "look",
    Level.WRITE_FILES: "write local files",
    Level.CHANGE_NEW_SIDE: "change the new side",
    Level.USERS_NOTICE: "change what users notice, or destroy",
}


@dataclass(frozen=True)
class Consent:
    """`subject` is what was consented to, in words; `by` the person or flag that gave it."""

    level: Level
    subject: str
    by: str
    at: datetime


def grant(level: Level, subject: str, by: str, at: datetime) -> Consent:
    """Make a consent. Called by the engine only (a layer test holds this)."""
    return Consent(level, subject, by, at)


def require(consent: Consent | None, level: Level, action: str) -> None:
    """Raise `ConsentMissing` unless `consent` reaches `level`; `action` names what was tried."""
    if consent is None or consent.level < level:
        raise ConsentMissing(
            f"not allowed: {action}",
            f"this needs the consent “{LEVEL_WORDS[level]}”",
            f"give it where moveday asks for it: {do('answer', '--yes or --confirm NAME')}",
        )
