"""What was changed so far? Derived from the consents that the journal holds."""

from collections.abc import Sequence

from wizard.engine.chain import Entry
from wizard.safety.consent import Level

_WORDS = {
    Level.LOOK: "nothing changed yet",
    Level.WRITE_FILES: "files written",
    Level.CHANGE_NEW_SIDE: "only the new side changed",
    Level.USERS_NOTICE: "production was touched",
}


def changed_so_far(entries: Sequence[Entry]) -> str:
    """The furthest thing that was allowed and begun, in words.

    A rehearsal freezes its staging app with the consent for what users notice: production counts
    from the first such consent inside a live run.
    """
    reached = Level.LOOK
    live = False
    for entry in entries:
        if entry.kind == "run-started":
            live = entry.data.get("mode") == "live"
        if entry.kind == "consent":
            level = Level.__members__.get(str(entry.data.get("level", "")), Level.LOOK)
            if level is Level.USERS_NOTICE and not live:
                level = Level.CHANGE_NEW_SIDE
            reached = max(reached, level)
    return _WORDS[reached]
