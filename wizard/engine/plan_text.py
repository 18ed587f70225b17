"""A plan as text: sections with a comment each, for somebody who never saw one."""

from collections.abc import Mapping

from wizard.engine.plan_yaml import dump_yaml
from wizard.model.plan import Plan

HEAD = """\
# The plan of one move: every decision, and no secret. Keep it in the repository.
# Edit it as you like; `moveday plan` says what is open, and what the plan means for today.
"""

SECTIONS: Mapping[str, str] = {
    "format": "",
    "source": "Where the app runs today. `staging` is an app that may stop for practice.",
    "target": "Where it goes. An empty stack means that nobody knows its name yet.",
    "regulated": "true: patients' data or the like. It needs a dedicated stack and a signed BAA.",
    "agreement": "The signed agreement (BAA): where it lies, and from which day it holds.",
    "expected": "Days that others promised: the account, the dedicated stack, the BAA.",
    "downtime": "How long users may be without the app, and which time was announced.",
    "databases": "By the variable that holds the URL. move_data: false starts empty; route: runner"
    " moves the data from beside the target, job from beside the source.",
    "processes": "How many containers of each process, and how much memory each of them has.",
    "domains": "Names that users type. They are switched in DNS last, by a person.",
    "dns": "TTLs in seconds; rehearsal_name is a spare name that nobody uses.",
    "smoke": "The page that shows that the app works, and what it has to say.",
    "queues": "Work that has to be done before the freeze: a count of what is waiting.",
    "port": "The port that the web process listens on.",
    "operator_ips": "Who may look at the new side before it is accepted.",
    "hold_back": "Variables that reach the outside world: left out until the new side is accepted.",
    "source_backup": "Whether a backup may be taken on the old side (it can push out an old one).",
    "commit": "The commit to deploy; without it, the one that runs today.",
    "variables": "Single variables, decided before any rule; when: deploy or accept. No values.",
    "addons": "Decisions about single add-ons.",
    "jobs": "Scheduled jobs: the time as in cron, in UTC. No API of the source lists them.",
    "partners": "Hosts of others that let in known addresses only: they need the new ones.",
    "answers": "What containers leave open in their mapping: question, colon, answer. No secrets.",
}
ALWAYS = ("format", "source", "target", "regulated", "downtime")


def plan_document(plan: Plan) -> dict[str, object]:
    """What has to stand in the file: every value that is no default, and the first sections."""
    whole = plan.model_dump(mode="json")
    said = plan.model_dump(mode="json", exclude_defaults=True)
    order = dict.fromkeys((*SECTIONS, *said))
    chosen = {name: said.get(name, whole[name]) for name in order if name in (*ALWAYS, *said)}
    chosen["source"] = {"kind": plan.source.kind, **said["source"]}
    chosen["target"] = {"kind": plan.target.kind, **said["target"]}
    return {name: _short(value) for name, value in chosen.items()}


def _short(value: object) -> object:
    """30.0 minutes are written as 30."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return int(value)
    if isinstance(value, dict):
        return {key: _short(item) for key, item in value.items()}
    return value


def write_document(document: Mapping[str, object], notes: Mapping[str, str] | None = None) -> str:
    """The text of a plan or a draft. `notes` explains single values, by path with dots.

    Sections stand in the order of SECTIONS, whatever the order in `document`.
    """
    parts = [HEAD]
    for name in (*SECTIONS, *(n for n in document if n not in SECTIONS)):
        if name in document:
            parts.append(write_section(name, document[name], notes or {}))
    return "\n".join(parts)


def write_section(name: str, value: object, notes: Mapping[str, str]) -> str:
    """One section with its comment; notes stand above the value they are about."""
    lines = [f"# {SECTIONS[name]}"] if SECTIONS.get(name) else []
    lines += _comment(notes.get(name, ""), "")
    if isinstance(value, dict) and any(f"{name}.{key}" in notes for key in value):
        lines.append(f"{name}:")
        for key, item in value.items():
            lines += _comment(notes.get(f"{name}.{key}", ""), "  ")
            lines += [f"  {line}" for line in _entry(key, item)]
    else:
        lines += _entry(name, value)
    return "\n".join(lines) + "\n"


def _comment(text: str, indent: str) -> list[str]:
    return [f"{indent}# {line}".rstrip() for line in text.splitlines()]


def _entry(key: str, value: object) -> list[str]:
    if value is None:
        return [f"{key}:"]
    return dump_yaml({key: value}).rstrip("\n").split("\n")
