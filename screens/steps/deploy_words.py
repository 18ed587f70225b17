"""The deploy in words: what is planned, what failed and why, what drifted, what undo leaves."""

from collections.abc import Mapping, Sequence

from screens.remedies import in_keys
from wizard.engine.chain import Entry
from wizard.engine.session import Session
from wizard.errors import MovedayError
from wizard.rules.drift import LOOKED, Drift, drift_line
from wizard.runbook.board import Row
from wizard.safety.clean import clean
from wizard.safety.redact import REDACTOR
from wizard.steps.deploy import DeployPlan
from wizard.steps.undo import Undo

_LOG_LINES = 3


def head_words(
    session: Session, entries: Sequence[Entry], rows: Sequence[Row], result: object, reason: str
) -> str:
    """Where it goes, what is planned, how far it is, how the variables compare.

    `entries` are the journal's since the new side was last taken back.
    """
    target = session.plan.target
    lines = [f"App {target.app} in environment {target.environment} on stack {target.stack}."]
    if isinstance(result, DeployPlan):
        there = sum(operation.there for operation in result.operations)
        todo = len(result.operations) - there
        lines.append(f"Plan {result.hash[:12]}: {todo} to do, {there} there already.")
    done = sum(row.standing in ("done", "adopted") for row in rows)
    taken = sum(row.standing == "adopted" for row in rows)
    over = f", {taken} of them taken over as found" if taken else ""
    lines.append(f"{done} of {len(rows)} done{over}. {reason}".rstrip())
    counted = parity_counts(entries)
    if counted:
        lines.append(f"Variables: {counted} (v lists them).")
    return clean("\n".join([" ".join(lines[:-1]), lines[-1]]), 800, lines=True)


def failure_words(error: MovedayError) -> str:
    """What happened, why, what to do; then the end of what was printed."""
    why, _, log = REDACTOR.redact(error.detail).partition("\n\n")
    printed = [line for line in log.splitlines() if line.strip()]
    lines = [f"✗ {error.title}", *(f"  {line}" for line in why.splitlines() if line.strip())]
    if error.remedy:
        todo = in_keys(error.remedy, "deploy")
        lines += [f"→ {line}" for line in REDACTOR.redact(todo).splitlines()]
    lines.append("d tries again: what is done is looked up first. e shows everything.")
    lines += [f"  | {line}" for line in printed[-_LOG_LINES:]]
    return clean(REDACTOR.redact("\n".join(lines)), 3_000, lines=True)


def last_drift(entries: Sequence[Entry]) -> tuple[Drift, ...]:
    """What the last look found to be other than moveday had left it."""
    for entry in reversed(entries):
        if entry.kind == "read" and entry.key == LOOKED:
            found = entry.data.get("found")
            listed = found if isinstance(found, list | tuple) else ()
            return tuple(Drift.model_validate(each) for each in listed)
    return ()


def drift_words(found: Sequence[Drift]) -> str:
    """Each difference with what to do; "" when there is none."""
    if not found:
        return ""
    lines = ["~ Not as moveday left it (nothing was repaired):"]
    for each in found:
        lines += [f"  {'✗' if each.weight == 'stop' else '!'} {drift_line(each)}"]
        lines += [f"    → {each.todo}"]
    return clean("\n".join(lines), 3_000, lines=True)


def parity_rows(entries: Sequence[Entry]) -> list[dict[str, object]]:
    """The last comparison of the variables, by name; empty before one."""
    for entry in reversed(entries):
        value = entry.data.get("value")
        if entry.kind == "read" and entry.key.endswith("/parity") and isinstance(value, list):
            return [dict(row) for row in value if isinstance(row, dict)]
    return []


def parity_counts(entries: Sequence[Entry]) -> str:
    """How many are the same, different, and so on; what needs a look first."""
    rows = parity_rows(entries)
    order = ("different", "missing", "extra", "explained", "same")
    counts = {result: sum(row.get("result") == result for row in rows) for result in order}
    return ", ".join(f"{count} {result}" for result, count in counts.items() if count)


def parity_words(entries: Sequence[Entry]) -> str:
    """Every name with its verdict and the rule behind it; never a value."""
    rows = parity_rows(entries)
    if not rows:
        return "Variables were not compared yet: that is the last operation of a deploy."
    lines = []
    for row in sorted(rows, key=lambda row: (row.get("result") == "same", str(row.get("name")))):
        because = f"  ({row['because']})" if row.get("because") else ""
        lines.append(f"{row.get('result')!s:<10} {row.get('name')}{because}")
    return "\n".join([*lines, *_service_lines(entries)])


def _service_lines(entries: Sequence[Entry]) -> list[str]:
    """Every process of the old side and what the new one has of it, as the last deploy found it."""
    found = [e.data.get("value") for e in entries if e.kind == "read" and _of_services(e)]
    rows = found[-1] if found else None
    lines: list[str] = []
    for row in rows if isinstance(rows, list | tuple) else ():
        if isinstance(row, Mapping):
            lines += ["", f"{'✓' if row.get('complete') else '✗'} service {row.get('name')}"]
            lines += [f"    {name:<12} {row.get(name)}" for name in _OF_SERVICE]
    return [clean(line, 400) for line in lines]


_OF_SERVICE = ("deployed", "healthy", "environment", "domains", "data")


def _of_services(entry: Entry) -> bool:
    return entry.key.startswith("deploy-") and entry.key.endswith("/services")


def undo_words(found: Undo) -> str:
    """What is (or would be) removed, in order, what is left and why, and what stays."""
    lines = []
    for item in found.items:
        number = f" (id {item.id})" if item.id is not None else ""
        lines.append(f"{item.state:<13} {item.kind} {item.name}{number}")
        if item.reason:
            lines.append(f"              {item.reason}")
        if item.state == "left" and item.by_hand:
            lines.append(f"              by hand: {item.by_hand}")
    if not lines:
        lines = ["moveday made nothing on the new side that is still there"]
    if found.stays:
        lines += ["", "Stays in any case:", *(f"– {sentence}" for sentence in found.stays)]
    return clean("\n".join(lines), 8_000, lines=True)
