"""A project that no file opens to anybody: how visitors reach it is asked."""

from collections.abc import Iterator

from wizard.formats.health_check import checked_port
from wizard.model.containers import Entry
from wizard.model.mapping import MappedItem
from wizard.model.question import Question
from wizard.rules.mapping_facts import MappingFacts

QUESTION = "visitors"
RULES = {
    "E10": "no file opens a port or names a host: visitors come by a way that stands elsewhere",
    "E11": "a person says that no visitor reaches it",
}


def asks_for_a_way(facts: MappingFacts) -> bool:
    """Whether a whole project has services that run, and no way in at all."""
    found = facts.inventory
    lasting = [p for p in found.processes if not p.job]
    return bool(facts.parts and lasting and not found.domains) and not any(
        entry.protocol == "tcp" for entry in found.entries
    )


def answered_way(facts: MappingFacts) -> Entry | None:
    """The way that a person told as SERVICE:PORT; None without one."""
    name, _, port = facts.answers.get(QUESTION, "").strip().partition(":")
    process = facts.inventory.process(name)
    good = port.isascii() and port.isdigit() and 0 < int(port) <= 65_535
    if process is None or not good:
        return None
    return Entry(process=name, app=process.app, port=int(port), where="a person")


def _example(facts: MappingFacts) -> str:
    """Of those that go on running the first whose own check asks a port, else the first."""
    lasting = [process for process in facts.inventory.processes if not process.job]
    asked = [(p.name, port) for p in lasting if (port := checked_port(p.health)) is not None]
    name, port = asked[0] if asked else (lasting[0].name, 8000)
    return f"{name}:{port}"


def open_way(facts: MappingFacts) -> Iterator[MappedItem]:
    """The question, or that nobody comes."""
    closed = facts.answers.get(QUESTION, "").strip().lower() == "none"
    rule = "E11" if closed else "E10"
    question = Question(
        id=QUESTION,
        text="Which service do visitors reach, and on which port?",
        why=f"{RULES['E10']}; SERVICE:PORT, such as {_example(facts)}, or “none”",
        kind="text",
        flag=f"--answers FILE ({QUESTION})",
    )
    yield MappedItem(
        group="ports",
        name="the way in",
        today="in no file",
        becomes="not carried over" if closed else "open",
        target="nothing" if closed else "an HTTPS endpoint",
        because=rule,
        reason=RULES[rule],
        question=None if closed else question,
    )
