"""A process that ran on every node of the old platform: there are none here, so it is counted."""

from wizard.model.question import Question
from wizard.rules.mapping_facts import MappingFacts
from wizard.rules.processes import LARGEST_COUNT, ProcessDecision

RULES = {"P14": "one on every node of the old platform: a person said how many the new side needs"}


def counted(
    facts: MappingFacts, decision: ProcessDecision
) -> tuple[ProcessDecision, Question | None]:
    """The decision with the answered count; with a question while nobody has answered it."""
    if decision.because != "P10":
        return decision, None
    identity = f"count/{decision.name}"
    answer = facts.answers.get(identity, "").strip()
    number = int(answer) if answer.isascii() and answer.isdigit() and len(answer) <= 3 else None
    if number is not None and number <= LARGEST_COUNT:
        answered = {"count": number, "because": "P14", "reason": RULES["P14"]}
        return decision.model_copy(update=answered), None
    question = Question(
        id=identity,
        text=f"How many containers of {decision.name} does the new side need? Up to"
        f" {LARGEST_COUNT}.",
        why="it ran once on every node, however many there were; Aptible has no nodes to count",
        kind="text",
        default=str(decision.count),
        flag=f"--answers FILE ({identity})",
    )
    return decision, question
