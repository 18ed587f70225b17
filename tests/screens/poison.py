"""Hostile text in every place of a recorded move where a model takes any text."""

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from wizard.clock import Clock
from wizard.engine.journal import Journal
from wizard.model.inventory import Inventory
from wizard.model.mapping import Mapping
from wizard.steps.files import FilesFound

Say = Callable[[str], str]
"""Hostile text that stands in the place of some text."""
_FREE = frozenset(
    {"title", "what", "by", "where", "reason", "because", "detail", "words", "evidence", "void"}
)
"""Keys under which the journal holds words for people; by the others the engine finds things."""


def poison_move(folder: Path, say: Say) -> None:
    """Rewrite the state in `folder`: a whole journal again, by the engine's own writer."""
    state = folder / ".moveday"
    heads = _poison_journal(state, say)
    for name, model in (("facts", Inventory), ("mapping", Mapping), ("files", FilesFound)):
        path = state / f"{name}.json"
        document = json.loads(path.read_bytes())
        content = document["content"]
        if name == "facts":
            content["inventory"] = _poisoned(content["inventory"], model, say)
        else:
            document["content"] = _poisoned(content, model, say)
        document["journal"]["hash"] = heads[document["journal"]["seq"]]
        path.write_text(json.dumps(document))
    report = f"# {say('report')}\n\n* {say('line')}\n\n| a | {say('b')} |\n"
    (state / "report.md").write_bytes(report.encode("utf-8", "replace"))


def _poison_journal(state: Path, say: Say) -> dict[int, str]:
    """The hash of every line, by its number."""
    path = state / "journal.jsonl"
    entries = [json.loads(line) for line in path.read_bytes().splitlines()]
    path.unlink()
    moments = iter(datetime.fromisoformat(entry["at"]) for entry in entries)
    heads = {}
    clock = Clock(now=lambda: next(moments), elapsed=lambda: 0.0)
    with Journal.open(state, clock, redact=lambda text: text) as journal:
        for entry in entries:
            data = _free_text(entry["data"], say)
            written = journal.append(entry["kind"], task=entry["task"], key=entry["key"], **data)
            heads[written.seq] = written.hash
    return heads


def _free_text(value: Any, say: Say, free: bool = False) -> Any:
    if isinstance(value, dict):
        return {k: _free_text(v, say, k in _FREE) for k, v in value.items()}
    if isinstance(value, list):
        return [_free_text(item, say, free) for item in value]
    return say(value) if free and isinstance(value, str) and not _is_time(value) else value


def _is_time(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def _poisoned(document: Any, model: type[BaseModel], say: Say) -> Any:
    """Every text of `document` replaced, but for those that the model refuses."""
    places = list(_texts(document))
    before = {place: _at(document, place) for place in places}
    for place in places:
        _put(document, place, say(before[place]))
    while True:
        try:
            model.model_validate(document)
        except ValidationError as error:
            bad = [
                place for each in error.errors() for place in places if _meant(place, each["loc"])
            ]
            assert bad, error
            for place in bad:
                _put(document, place, before[place])
        else:
            return document


def _meant(place: tuple[Any, ...], where: Sequence[Any]) -> bool:
    """Whether an error at `where` is about the text at `place`."""
    shorter = min(len(place), len(where))
    return tuple(where[:shorter]) == place[:shorter]


def _texts(value: Any, place: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if isinstance(value, str):
        yield place
    elif isinstance(value, dict | list):
        items = value.items() if isinstance(value, dict) else enumerate(value)
        for key, item in items:
            yield from _texts(item, (*place, key))


def _at(value: Any, place: tuple[Any, ...]) -> Any:
    for key in place:
        value = value[key]
    return value


def _put(value: Any, place: tuple[Any, ...], text: str) -> None:
    _at(value, place[:-1])[place[-1]] = text


def mixed(pieces: Sequence[str]) -> Say:
    """Different hostile text for different texts, the same for the same."""

    def say(text: str) -> str:
        start = int(hashlib.sha256(text.encode()).hexdigest(), 16) % len(pieces)
        turned = (*pieces[start:], *pieces[:start])
        return f"{text[:12]}{''.join(turned[:4])}{text[12:]}"

    return say
