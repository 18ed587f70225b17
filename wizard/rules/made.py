"""What did moveday make on the new side? Derived from the journal; what was there before is not.

`RunContext.once` journals an intent (nothing was there), then an effect with the id of what was
made, or "refused" when the new side made nothing. Keys are "environment/H", "app/H", "database/H",
"endpoint/NAME", "entrance/H" (the way in to the database H), "runner/H" (the app that carries one
database's data); what was taken away again stands as an effect of "remove KEY".
"""

from collections.abc import Iterable, Mapping
from typing import Literal, Protocol, get_args

from wizard.model.frozen import Frozen

Kind = Literal["endpoint", "entrance", "runner", "app", "database", "environment"]
_ORDER: tuple[Kind, ...] = get_args(Kind)
"""The order of taking back: what hangs on something goes before it."""
REMOVE = "remove "


class Made(Frozen):
    """One thing. `id` None: its making was interrupted, so only its name is known."""

    key: str
    kind: Kind
    name: str
    id: int | None = None


class MadeThings(Frozen):
    """`made` in the order of taking back; `ever` are the keys of all that was made, also what was
    taken away since; `pushed` are commits pushed to the app that is there now."""

    made: tuple[Made, ...]
    ever: frozenset[str]
    pushed: tuple[str, ...]


class JournalLine(Protocol):
    """The part of a journal entry that is looked at."""

    @property
    def kind(self) -> str: ...

    @property
    def key(self) -> str: ...

    @property
    def data(self) -> Mapping[str, object]: ...


def makes(key: str) -> bool:
    """Whether an intent of this key makes a thing that would be taken back by its name."""
    return key.partition("/")[0] in _ORDER


def made_things(entries: Iterable[JournalLine]) -> MadeThings:
    """Everything that was made and not taken away again."""
    made: dict[str, Made] = {}
    ever: set[str] = set()
    lost: set[str] = set()
    pushed: dict[str, None] = {}
    for entry in entries:
        if entry.key.startswith(REMOVE):
            if entry.kind == "effect":
                removed = entry.key.removeprefix(REMOVE)
                if made.pop(removed, None) is not None:
                    ever.add(removed)
                lost.discard(removed)
                if entry.key.startswith(f"{REMOVE}app/"):
                    pushed.clear()
            continue
        kind, _, name = entry.key.partition("/")
        if kind == "push" and entry.kind == "effect":
            pushed[name] = None
        if kind not in _ORDER:
            continue
        number = entry.data.get("id")
        told = number if isinstance(number, int) else None
        known = made.get(entry.key)
        if entry.kind == "intent":
            if known is not None and known.id is None:
                lost.add(entry.key)
            made[entry.key] = Made(key=entry.key, kind=kind, name=name)
        elif entry.kind == "refused" and entry.key not in lost:
            # Whatever has this name is somebody else's. An earlier try whose answer was lost may
            # still have made it: that one stays interrupted.
            made.pop(entry.key, None)
        elif entry.kind in ("effect", "adopted") and known is not None and known.id is None:
            # Adopted after an intent is ours: nothing was there, and then the process was killed.
            made[entry.key] = known.model_copy(update={"id": told})
            ever.add(entry.key)
            lost.discard(entry.key)
    latest_first = list(made.values())[::-1]
    ordered = sorted(latest_first, key=lambda thing: _ORDER.index(thing.kind))
    return MadeThings(made=tuple(ordered), ever=frozenset(ever | made.keys()), pushed=tuple(pushed))
