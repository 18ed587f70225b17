"""Events of the engine as lines of JSON: written while a journey is recorded, read for a replay."""

import gzip
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import get_args

from pydantic import TypeAdapter

from wizard.engine.events import Event

NAME = "events.jsonl.gz"
# Made once: a recording has a thousand events, and an adapter costs a hundred times its use.
_KINDS = {kind.__name__: TypeAdapter(kind) for kind in get_args(Event)}


@dataclass(frozen=True)
class Heard:
    """One event, when it was heard, and the number of the journal's last line at that moment."""

    seq: int
    at: datetime
    event: Event


def write_events(folder: Path, heard: Iterable[Heard]) -> None:
    """Keep events beside the journal of the same journey."""
    lines = [json.dumps(_document(each), sort_keys=True) for each in heard]
    # Without a time inside, the same events make the same file.
    packed = gzip.compress(("\n".join(lines) + "\n").encode(), mtime=0)
    (folder / NAME).write_bytes(packed)


def read_events(folder: Path) -> tuple[Heard, ...]:
    """The events of a recording, oldest first."""
    lines = gzip.decompress((folder / NAME).read_bytes()).splitlines()
    return tuple(_heard(json.loads(line)) for line in lines)


def _document(heard: Heard) -> dict[str, object]:
    kind = type(heard.event)
    return {
        "seq": heard.seq,
        "at": heard.at.isoformat(),
        "kind": kind.__name__,
        "event": _KINDS[kind.__name__].dump_python(heard.event, mode="json"),
    }


def _heard(document: dict[str, str]) -> Heard:
    event: Event = _KINDS[document["kind"]].validate_python(document["event"])
    return Heard(int(document["seq"]), datetime.fromisoformat(document["at"]), event)
