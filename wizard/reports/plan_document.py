"""The plan as a document to send out before anything happens: to support, or to a customer."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from wizard.engine.plain_json import plain
from wizard.model.plan_made import PersonTask
from wizard.model.same_day import Reason, SameDay
from wizard.reports import markdown
from wizard.reports.support_text import support_text
from wizard.rules.same_day_facts import SameDayFacts
from wizard.safety.redact import REDACTOR

_STATES = {"holds": "fine", "in the way": "in the way", "unknown": "not known yet"}


def plan_document(
    document: Mapping[str, object],
    facts: SameDayFacts,
    verdict: SameDay,
    tasks: Sequence[PersonTask],
    open_words: Sequence[str],
    *,
    redact: Callable[[str], str] = REDACTOR.redact,
) -> str:
    """Markdown. `document` is the plan's or a draft's; every string passes `redact` first."""
    source, target = _section(document, "source"), _section(document, "target")
    data = {
        "app": source.get("app") or "an app",
        "made_at": _moment(facts.now),
        "verdict": verdict.words,
        "settings": _settings(document, source, target),
        "databases": _databases(document, facts),
        "reasons": [_reason(reason, facts.now) for reason in verdict.reasons],
        "tasks": [task.model_dump() for task in tasks],
        "open": list(open_words),
        "regulated": facts.regulated,
        "budget": f"{facts.budget_minutes:g}",
        "support": support_text(document, facts),
    }
    shown = {name: plain(value, redact) for name, value in data.items()}
    return markdown.render(shown, "plan.md.j2")


def _section(document: Mapping[str, object], name: str) -> Mapping[str, object]:
    held = document.get(name)
    return held if isinstance(held, Mapping) else {}


def _settings(
    document: Mapping[str, object], source: Mapping[str, object], target: Mapping[str, object]
) -> list[tuple[str, str]]:
    regulated = document.get("regulated")
    downtime = _section(document, "downtime")
    said = {
        "From": f"{source.get('app') or '(open)'} on {source.get('kind') or '(open)'}",
        "Staging app for practice": source.get("staging") or "none",
        "To": f"{target.get('app') or '(open)'} in environment {target.get('environment')}"
        if target.get("environment")
        else "(open)",
        "Aptible plan": target.get("plan") or "not chosen yet",
        "Aptible stack": target.get("stack") or "not known yet",
        "Regulated data": "not said yet" if regulated is None else ("yes" if regulated else "no"),
        "Agreement (BAA)": document.get("agreement") or "none named",
        "Announced outage": f"{downtime.get('budget_minutes', 30)} minutes",
        "Announced time": downtime.get("window") or "not announced yet",
        "Names that are switched": _listed(document.get("domains")) or "none named yet",
    }
    if not regulated and not document.get("agreement"):
        said.pop("Agreement (BAA)")
    return [(name, str(value)) for name, value in said.items()]


def _databases(document: Mapping[str, object], facts: SameDayFacts) -> list[dict[str, object]]:
    """Each database with what happens to its data, and its size where it was read."""
    listed = document.get("databases")
    sizes = {d.variable: d for d in facts.inventory.databases} if facts.inventory else {}
    found: list[dict[str, object]] = []
    for choice in listed if isinstance(listed, list | tuple) else ():
        if not isinstance(choice, Mapping):
            continue
        seen = sizes.get(str(choice.get("variable")))
        size = seen.size_bytes if seen else None
        found.append(
            {
                "variable": choice.get("variable"),
                "handle": choice.get("handle"),
                "engine": choice.get("engine", "postgres"),
                "size": "not read yet" if size is None else f"{size / 1e9:.2f} GB",
                "data": _data_words(choice),
            }
        )
    return found


def _data_words(choice: Mapping[str, object]) -> str:
    if not choice.get("move_data", True):
        return "starts empty"
    by = ", by a runner beside the target" if choice.get("route") == "runner" else ""
    return f"moved and proven{by}"


def _listed(value: object) -> str:
    return ", ".join(str(item) for item in value) if isinstance(value, list | tuple) else ""


def _reason(reason: Reason, now: datetime) -> dict[str, object]:
    until = f"until {_moment(reason.until)}" if reason.until and reason.until > now else ""
    needs = f"until {reason.needs}" if reason.needs else ""
    return {
        "state": " ".join(part for part in (_STATES[reason.state], until or needs) if part),
        "words": reason.words,
        "source": reason.source,
    }


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M %Z}".strip()
