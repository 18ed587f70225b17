"""Secrets and configs that services read as files: variables, or a file made at the start."""

from collections.abc import Iterator

from wizard.model.containers import MountedFile, Reference
from wizard.model.inventory import Inventory
from wizard.model.mapping import Becomes, MappedItem
from wizard.model.question import Question
from wizard.rules.mapping_facts import MappingFacts

RULES = {
    "S1": "a variable names the secret's file: the variable without _FILE holds the value itself",
    "S2": "the app reads a secret as a file: a line at the start writes it from a variable",
    "S3": "a config file: written at the start from a variable, as a secret is",
    "S4": "nobody can read it here: a person gives it",
    "S5": "a file of variables that is named and not there",
    "S6": "its content names other services, which have other names on the new side",
    "S7": "a person says that the app can do without",
    "S8": "it lets one in at a database by its service: the new database has its own",
}
DROP = "drop"
MANAGED = ("postgres", "redis", "rabbitmq")
"""Engines of which moveday makes a new one."""


def file_items(facts: MappingFacts) -> Iterator[MappedItem]:
    """One item per file."""
    for mounted in facts.inventory.mounted_files:
        yield _file(facts, mounted)


def _file(facts: MappingFacts, mounted: MountedFile) -> MappedItem:
    identity = question_id(mounted)
    rule, becomes, target = _fate(mounted)
    if (database := opens(facts.inventory, mounted)) is not None:
        target = f"the {database.part} of {_new(facts, database.to)}, in {target}"
        return _item(mounted, becomes, target, "S8", RULES["S8"], None)
    answer = facts.answers.get(identity, "")
    if answer == DROP and mounted.kind != "variables":
        return _item(mounted, "dropped", "nothing", "S7", RULES["S7"], None)
    # With a plan its content is a variable among the app's, and is asked for as one.
    a_variable = any(v.name == mounted.holder for v in facts.inventory.variables)
    answered = bool(answer) or (facts.planned and a_variable)
    if mounted.known or answered:
        return _item(mounted, becomes, target, rule, RULES[rule], None)
    question = _question(mounted, identity)
    reason = f"{RULES[rule]}; {question.why.partition(';')[0]}"
    return _item(mounted, "open", target, rule, reason, question)


def _new(facts: MappingFacts, database: str) -> str:
    moves = {d.name for d in facts.inventory.databases if d.engine in MANAGED}
    return (
        f"{'the managed database' if database in moves else 'what takes the place of'} {database}"
    )


def question_id(mounted: MountedFile) -> str:
    """How the question about it is called."""
    return f"{'file' if mounted.kind == 'variables' else mounted.kind}/{mounted.name}"


def opens(inventory: Inventory, mounted: MountedFile) -> Reference | None:
    """The database that a secret lets one in at; None for others."""
    return next(
        (
            r
            for r in inventory.references
            if r.app == mounted.app and r.variable == mounted.holder and r.to_kind == "database"
        ),
        None,
    )


def _question(mounted: MountedFile, identity: str) -> Question:
    if mounted.kind == "variables":
        text, why = f"What stands in {mounted.name}?", RULES["S5"]
    elif mounted.names:
        text = f"Who gives {mounted.name} with the names of the new side?"
        why = f"{RULES['S6']}: {', '.join(mounted.names)}"
    else:
        text = f"Who gives {mounted.name} on the new side? Its content is asked at the deploy."
        why = RULES["S4"]
    do = "" if mounted.names else "put it in its place and look again, or "
    drop = "" if mounted.kind == "variables" else ", “drop” where the app can do without"
    return Question(
        id=identity,
        text=text,
        why=f"{why}; {do}answer “later” to go on without{drop}",
        kind="text",
        flag=f"--answers FILE ({identity})",
    )


def _fate(mounted: MountedFile) -> tuple[str, Becomes, str]:
    if mounted.kind == "variables":
        return "S5", "rewritten", "variables of the app's configuration"
    coded = " (its base64, as no variable holds it as it is)" if mounted.binary else ""
    if mounted.kind == "config":
        return (
            "S3",
            "rewritten",
            f"the variable {mounted.holder}{coded}, written to {mounted.target} at the start; or a"
            " copy in the image, when it holds no secret",
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
        f"the variable {mounted.holder}{coded}, written to {mounted.target} at the start",
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
