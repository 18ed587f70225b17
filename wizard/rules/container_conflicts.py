"""Inputs that say different things about one service: nothing is settled without a person."""

from collections.abc import Iterator

from wizard.model.inventory import Conflict
from wizard.model.mapping import MappedItem
from wizard.model.question import Question
from wizard.rules.mapping_facts import MappingFacts

RULES = {
    "Z1": "inputs say different things: what runs goes before what is written",
    "Z2": "a person has looked: what runs counts",
}


def conflict_items(facts: MappingFacts) -> Iterator[MappedItem]:
    """One item per service about which inputs differ, with one question for all of it."""
    found: dict[str, list[Conflict]] = {}
    for conflict in facts.inventory.conflicts:
        found.setdefault(conflict.process, []).append(conflict)
    for process, conflicts in found.items():
        said = "; ".join(f"{c.subject}: {', then '.join(c.said)}" for c in conflicts)
        settled = facts.answers.get(f"differs/{process}", "") == "running"
        rule = "Z2" if settled else "Z1"
        yield MappedItem(
            group="platform",
            name=f"what is told about {process}",
            today=said,
            becomes="kept" if settled else "open",
            target="the last that is said of each",
            because=rule,
            reason=RULES[rule],
            question=None if settled else _question(process, said),
        )


def _question(process: str, said: str) -> Question:
    return Question(
        id=f"differs/{process}",
        text=f"The inputs differ about {process}: {said}. Does what runs count?",
        why="to let the other count, mend that input or leave it out, and look again",
        kind="choice",
        choices=("running",),
        flag=f"--answers FILE (differs/{process})",
        outcomes={"running": "the last that is said of each counts"},
    )
