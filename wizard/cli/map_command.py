"""`moveday map`: what each thing becomes; asks what is open, by prompt or by a file of answers."""

import sys
from pathlib import Path

import click

from wizard.cli.finish import finish
from wizard.cli.front import CommandLine
from wizard.cli.given import value_env_option, with_values
from wizard.cli.map_words import mapping_words
from wizard.cli.options import folder_option, json_option
from wizard.cli.project_command import (
    FilesAsked,
    cluster_option,
    files_options,
    map_project_here,
)
from wizard.cli.prompt import SeveralLines, ask_secret
from wizard.cli.talk import show
from wizard.cli.work import Ask
from wizard.engine.answers_file import as_typed, read_answers
from wizard.engine.given_values import VALUE
from wizard.engine.session import Session
from wizard.exits import Exit
from wizard.model.mapping import Mapping
from wizard.steps.mapping import answered, map_app, open_words, remember
from wizard.steps.mapping_questions import ask_and_map, give_values


async def _ask_values(session: Session, found: Mapping) -> Mapping:
    """At a terminal, ask for the values that only a person can give; enter leaves one open."""
    wanted = [q.question for q in found.questions if q.question.id.startswith(VALUE)]
    if not wanted or not (sys.stdin.isatty() and sys.stderr.isatty()):
        return found
    for question in wanted:
        show(f"  {question.why}")
        try:
            value = await ask_secret(question.text)
        except SeveralLines:
            show(f"  ! that has several lines: give it with {question.flag}")
            continue
        if value.get_secret_value():
            name = question.id.removeprefix(VALUE)
            give_values(session, {name: value}, "person at the terminal")
    again = await map_app(session)
    remember(session, again)
    return again


@click.command("map")
@folder_option
@json_option
@click.option(
    "--answers",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="A YAML file: question, colon, answer.",
)
@value_env_option
@files_options
@cluster_option
@click.pass_context
def mapping(
    context: click.Context,
    folder: Path,
    as_json: bool,
    answers: Path | None,
    value_env: tuple[str, ...],
    source: str,
    files: tuple[Path, ...],
    profiles: tuple[str, ...],
    cluster: str,
) -> None:
    """Say what each thing becomes, because of which rule, and what it costs; ask what is open.

    Decisions go into moveday.yaml. Leaves with code 4 while a question is open. In a folder
    without moveday.yaml, or with --source: maps the project that was looked at last (a Compose
    project from its files alone, a MedStack cluster through its account), with the answers of
    FILE, which is taken again the next time.
    """
    asked = FilesAsked(source, files, profiles, cluster)
    if asked.anything or asked.left_in(folder):
        map_project_here(context.obj, folder, asked, answers, as_json=as_json)

    async def work(session: Session) -> Mapping:
        front = session.front
        if answers is not None and isinstance(front, CommandLine):
            front.flags = as_typed(read_answers(answers))
        waiting = set(front.flags) if isinstance(front, CommandLine) else set()
        found = await ask_and_map(session)
        found = await _ask_values(session, found)
        for unused in sorted(waiting - answered(session).keys()):
            session.say(f"{unused}: nothing like that is open, the answer was not used", "warn")
        if found.questions:
            show(open_words(found.questions))
        return found

    ask = Ask(CommandLine())
    finish(
        with_values(context.obj, folder, ask, work, value_env),
        as_json=as_json,
        words=mapping_words,
        code=lambda found: Exit.BLOCKED if found.questions else Exit.DONE,
    )
