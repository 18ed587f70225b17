"""Secrets and configs that services read as files: variables, or a file made at the start."""

from collections.abc import Iterator

from wizard.model.containers import MountedFile
from wizard.model.mapping import Becomes, MappedItem
from wizard.model.question import Question
from wizard.rules.mapping_facts import MappingFacts

RULES = {
    "S1": "a variable names the secret's file: the variable without _FILE holds the value itself",
    "S2": "the app reads a secret as a file: a line at the start writes it from a variable",
    "S3": "a config file: written at the start from a variable, as a secret is",
    "S4": "nobody can read it here: a person gives it",
    "S5": "a file of variables that is named and not there",
}


def file_items(facts: MappingFacts) -> Iterator[MappedItem]:
    """One item per file."""
    for mounted in facts.inventory.mounted_files:
        yield _file(facts, mounted)


def _file(facts: MappingFacts, mounted: MountedFile) -> MappedItem:
    identity = f"{'file' if mounted.kind == 'variables' else mounted.kind}/{mounted.name}"
    rule, becomes, target = _fate(mounted)
    # With a plan its content is a variable among the app's, and is asked for as one.
    a_variable = any(v.name == mounted.holder for v in facts.inventory.variables)
    answered = bool(facts.answers.get(identity)) or (facts.planned and a_variable)
    if mounted.known or answered:
        return _item(mounted, becomes, target, rule, RULES[rule], None)
    why = RULES["S5" if mounted.kind == "variables" else "S4"]
    question = Question(
        id=identity,
        text=f"What stands in {mounted.name}?"
        if mounted.kind == "variables"
        else f"Who gives {mounted.name} on the new side? Its content is asked at the deploy.",
        why=f"{why}; put it in its place and look again, or answer “later” to go on without",
        kind="text",
        flag=f"--answers FILE ({identity})",
    )
    return _item(mounted, "open", target, rule, f"{RULES[rule]}; {why}", question)


def _fate(mounted: MountedFile) -> tuple[str, Becomes, str]:
    if mounted.kind == "variables":
        return "S5", "rewritten", "variables of the app's configuration"
    if mounted.kind == "config":
        return (
            "S3",
            "rewritten",
            f"the variable {mounted.holder}, written to {mounted.target} at the start; or a copy in"
            " the image, when it holds no secret",
        )
    if mounted.variable.removesuffix("_FILE") != mounted.variable:
        return (
            "S1",
            "rewritten",
            f"the variable {mounted.holder}, in place of {mounted.variable}; where the image reads"
            f" the file only, it is written to {mounted.target} at the start and"
            f" {mounted.variable} stays",
        )
    return (
        "S2",
        "rewritten",
        f"the variable {mounted.holder}, written to {mounted.target} at the start",
    )


def _item(
    mounted: MountedFile,
    becomes: Becomes,
    target: str,
    because: str,
    reason: str,
    question: Question | None,
) -> MappedItem:
    by = f", named by {mounted.variable}" if mounted.variable else ""
    return MappedItem(
        group="files",
        name=mounted.name,
        app=mounted.app,
        today=f"{mounted.kind} at {mounted.target}{by}" if mounted.target else mounted.kind,
        becomes=becomes,
        target=target,
        because=because,
        reason=reason,
        question=question,
    )
