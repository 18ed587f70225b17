"""Go or no-go, and the way back: every gate, the times, what is for good. Nothing is asked yet."""

from screens.dialogs.summary import SummaryDialog
from screens.remedies import in_keys
from screens.widgets.gate_list import gate_name, gate_trouble
from wizard.model.question import Gate
from wizard.steps.before_go import BeforeGo
from wizard.steps.before_rollback import BeforeRollback

_BEGIN = (
    "Begin: on the new side, endpoints and a fresh database are made; users notice nothing.",
    "Before the maintenance page you are asked for the app's name.",
)
_GO_ON = (
    "Go on: what was done is looked up first, then the rest is done.",
    "Before anything that users notice you are asked for the app's name.",
)


def go_dialog(before: BeforeGo) -> SummaryDialog:
    """True to go on: a yes to changing the new side; what users notice takes the app's name."""
    closed = len(before.closed)
    return SummaryDialog(
        _verdict(before),
        go_words(before),
        no="No-go",
        yes="Begin" if before.goes_on is None else "Go on",
        held=f"{closed} gate{'s' if closed > 1 else ''} closed" if closed else "",
    )


def _verdict(before: BeforeGo) -> str:
    count = len(before.gates)
    if before.closed:
        return f"NO-GO: {len(before.closed)} of {count} gates are closed"
    if before.goes_on is not None:
        return f"Go on with cutover {before.goes_on}?"
    return f"Begin the cutover? All {count} gates are open"


def go_words(before: BeforeGo) -> str:
    """Everything, closed gates first, then those with a warning."""
    told = [*before.closed, *(gate for gate in before.gates if gate.warning)]
    lines = [line for gate in told for line in _told(gate)]
    opened = [gate_name(gate) for gate in before.gates if not gate_trouble(gate)]
    lines += [
        *([""] if told else []),
        *(_BEGIN if before.goes_on is None else _GO_ON),
        "",
        f"Users will be down: {before.forecast}",
        *(f"~ stale: {reason}" for reason in before.stale),
        f"{before.announced}; {before.latest_abort}.",
        "",
        "Cannot be undone:",
        *(f"– {line}" for line in before.final),
        "",
        f"✓ {', '.join(opened)}" if opened else "",
    ]
    return "\n".join(lines)


def _told(gate: Gate) -> list[str]:
    todo = in_keys(gate.remedy, "cutover")
    hint = [f"    what to do: {todo}"] if todo else []
    return [gate_trouble(gate), *hint]


def rollback_dialog(before: BeforeRollback) -> SummaryDialog:
    """True to go on; the engine then asks for the app's name, and about writes that would go."""
    what = "cutover" if before.kind == "live" else before.kind
    return SummaryDialog(
        f"Take back {what} {before.number}?",
        rollback_words(before),
        no="Keep it",
        yes="Take it back",
    )


def rollback_words(before: BeforeRollback) -> str:
    """What is undone in which order, and what it costs."""
    lines = [f"The way back takes: {before.takes}."]
    if before.accepted:
        lines.append(
            "The new side was accepted: what it wrote since does not flow back. It is counted, and"
            " you are asked, before anything is lost."
        )
    lines += ["", "Undone, in this order:", *(f"– {title}" for title in before.undone)]
    if not before.undone:
        lines.append("– nothing: the run is closed as it is")
    if before.persons:
        lines += ["", f"A person is needed for: {', '.join(before.persons)}."]
    lines += ["", "You are asked for the app's name first."]
    return "\n".join(lines)
