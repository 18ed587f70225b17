"""What does somebody need to know who reads four lines of the report and no more?"""

from collections.abc import Mapping, Sequence
from typing import Any

from wizard.forecast.durations import duration


def summary(document: Mapping[str, Any]) -> list[str]:
    """Sentences over a report's document: outage, proof, exceptions, what comes next."""
    return [_outage(document), _proof(document["proof"]), _exceptions(document), _next(document)]


def _outage(document: Mapping[str, Any]) -> str:
    planned = document["planned"]
    announced = f"{duration(planned['budget'])} had been announced"
    if planned["actual"] is None:
        rehearsals = sum(run["mode"] == "rehearsal" for run in document["runs"])
        practised = "one rehearsal" if rehearsals == 1 else f"{rehearsals or 'no'} rehearsals"
        return f"Users have not been down for this move; there were {practised}."
    verdict = "within" if planned["within_budget"] else "over"
    down = duration(planned["actual"])
    return f"Users were down for {down}; {announced}: {verdict} what was announced."


def _proof(proof: Mapping[str, Any]) -> str:
    if proof["run"] is None or proof["verdict"] == "not verified":
        return "The data were not verified."
    tables: Sequence[Mapping[str, Any]] = proof["tables"]
    same = sum(t["rows"] == "same" and t["checksum"] == "same" for t in tables)
    other = len(proof["failures"])
    found = f"{same} of {len(tables)} tables are the same by row count and checksum"
    kind = "" if proof["mode"] == "live" else f" (in {proof['mode']} {proof['run']})"
    return f"{found}{kind}; {other or 'no'} unexplained difference{'s' if other > 1 else ''}."


def _exceptions(document: Mapping[str, Any]) -> str:
    count = len(document["exceptions"])
    signed = sum(e["kind"] == "a check was overridden" for e in document["exceptions"])
    if not count:
        return "Nothing was out of order."
    by = f", {signed} of them signed by a person" if signed else ""
    return f"{count} exception{'' if count == 1 else 's'} on record{by}."


def _next(document: Mapping[str, Any]) -> str:
    if document["ending"] == "moved":
        return (
            "The old side still exists and is billed; the decommission list says what comes when."
        )
    if document["ending"] == "old side serves":
        return "The old side serves the users; nothing there may be switched off."
    return "The old side is as it was; nothing there may be switched off."
