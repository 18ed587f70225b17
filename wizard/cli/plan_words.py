"""The plan and what it means for today, in words."""

import textwrap
from collections.abc import Iterator, Mapping

from wizard.model.plan import DnsChoice
from wizard.model.plan_made import PersonTask, PlanMade
from wizard.model.same_day import SameDay

_WIDTH = 79
_MARKS = {"holds": "✓", "in the way": "✗", "unknown": "?"}


def plan_words(made: PlanMade) -> str:
    """The decisions, where they come from, the verdict, the tasks."""
    lines = ["moveday.yaml was written" if made.written else "moveday.yaml is as it was"]
    lines += _settings(made)
    if made.taken:
        lines += ["", "taken without asking (change it in the file if it is wrong)"]
        lines += [f"  {name}: {p.value}   {p.where}" for name, p in made.taken.items()]
    lines += _assumed(made)
    for title, questions in (
        ("open", made.open),
        ("worth settling now (at a terminal, or with --answers FILE)", made.later),
    ):
        if questions:
            lines += ["", title]
            lines += [line for q in questions for line in _hung(f"{q.id}: ", q.text)]
    lines += [f"! {note}" for note in made.notes]
    lines += ["", *verdict_lines(made.verdict)]
    if made.tasks:
        lines += ["", "what people have to do, in this order"]
        lines += [line for number, task in enumerate(made.tasks, 1) for line in _task(number, task)]
    lines += ["", f"next: {_next(made.verdict)}"] if made.whole else []
    return "\n".join(lines)


def _next(verdict: SameDay) -> str:
    """The command that makes the most of what is unknown known."""
    needs = {reason.needs for reason in verdict.reasons}
    for wanted, command in (
        ("sign-in", "moveday sign-in, then moveday inventory"),
        ("inventory", "moveday inventory"),
        ("dns survey", "moveday dns survey, and moveday map"),
    ):
        if wanted in needs:
            return command
    return "moveday map"


def verdict_lines(verdict: SameDay) -> list[str]:
    """Today or not, and every ground for it."""
    lines = textwrap.wrap(f"today? {verdict.words}", _WIDTH, subsequent_indent="  ")
    for reason in verdict.reasons:
        needs = f"unknown until {reason.needs}: " if reason.needs else ""
        lines += _hung(f"{_MARKS[reason.state]} ", f"{needs}{reason.words} ({reason.source})")
    return lines


def _settings(made: PlanMade) -> Iterator[str]:
    for name, value in made.document.items():
        if name == "format":
            continue
        if isinstance(value, Mapping) and all(
            not isinstance(v, dict | list) for v in value.values()
        ):
            words = ", ".join(f"{k} {_word(v)}" for k, v in value.items())
        else:
            words = _word(value)
        yield from _hung(f"{name}: ", words)


def _assumed(made: PlanMade) -> list[str]:
    """What counts because nobody said otherwise, and changes how long users wait."""
    dns = made.document.get("dns")
    said = isinstance(dns, Mapping) and "low_ttl" in dns
    if said or not made.whole or not made.document.get("domains"):
        return []
    low = DnsChoice().low_ttl
    words = (
        f"{low} s, moveday's own default. It is what you lower the TTL of the names to before the"
        " cutover; after the switch it runs out once more before the outage is over by the book."
        " 60 to 300 s is usual; some DNS hosts allow no less than 300 or 600: then write theirs"
        " into moveday.yaml"
    )
    return ["", "assumed, since nobody said otherwise", *_hung("dns.low_ttl: ", words)]


def _word(value: object) -> str:
    if value is None:
        return "(open)"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return ", ".join(_word(item) for item in value) or "none"
    if isinstance(value, Mapping):
        name = value.get("variable") or value.get("name") or value.get("command")
        return str(name) if name else ", ".join(f"{k} {_word(v)}" for k, v in value.items())
    return str(value) or "(not said)"


def _task(number: int, task: PersonTask) -> list[str]:
    state = "  (done)" if task.done else ""
    head = f"  {number}. {task.title}{state}"
    when = [f"     when: {task.by}"] if task.by and not task.done else []
    return [head, *when, *_hung("     ", task.text)]


def _hung(name: str, text: str) -> list[str]:
    """Text behind a name, its later lines under the first."""
    begin = name if name.isspace() else f"  {name}"
    indent = " " * min(len(begin), 12)
    found = textwrap.wrap(
        text, _WIDTH, initial_indent=begin, subsequent_indent=indent, break_on_hyphens=False
    )
    return found or [begin.rstrip()]
