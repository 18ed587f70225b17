"""`moveday plan`: make, finish or look at the plan, and say what it means for today."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import click

from wizard.cli.finish import finish
from wizard.cli.front import CommandLine
from wizard.cli.launchers import Launchers
from wizard.cli.options import folder_option, json_option
from wizard.cli.plan_words import plan_words
from wizard.cli.talk import show
from wizard.clock import SYSTEM_CLOCK
from wizard.engine.answers_file import read_answers
from wizard.engine.journal import Journal
from wizard.engine.lock import Lock
from wizard.engine.plan_file import FILE_NAME, plan_bytes, settle
from wizard.engine.plan_yaml import load_yaml
from wizard.engine.session import STATE_FOLDER
from wizard.engine.store import Store
from wizard.errors import UsageError
from wizard.model.plan_made import PlanMade
from wizard.rules.plan_answers import known_ids
from wizard.steps.agreement import sign_without_agreement
from wizard.steps.plan_report import PlanReport, write_plan_report
from wizard.steps.planning import Planning, make_plan


@click.command()
@folder_option
@click.option(
    "--answers",
    type=click.Path(path_type=Path, dir_okay=False),
    default=None,
    help="A YAML file of question id: answer, instead of asking.",
)
@click.option(
    "--send-ahead",
    type=click.Path(path_type=Path, dir_okay=False),
    default=None,
    help="Write a plan with the open questions explained, for somebody else to answer.",
)
@click.option(
    "--without-agreement",
    metavar="REASON",
    default="",
    help="Sign that regulated data may move without a BAA being named; it lands in the report.",
)
@json_option
@click.pass_context
def plan(
    context: click.Context,
    folder: Path,
    answers: Path | None,
    send_ahead: Path | None,
    without_agreement: str,
    as_json: bool,
) -> None:
    """Make or finish moveday.yaml, and say whether today is possible. Asks no network."""
    if send_ahead is not None and answers is not None:
        raise click.UsageError("--send-ahead and --answers do not go together")
    launchers: Launchers = context.obj

    async def work() -> PlanMade:
        given = None if answers is None else read_answers(answers, known_ids())
        with _planning(launchers, folder) as planning:
            if without_agreement:
                sign_without_agreement(planning.journal, without_agreement)
            if send_ahead is not None:
                return await _send_ahead(planning, send_ahead)
            return await make_plan(planning, given, f"--answers {answers}", at_terminal=_terminal())

    finish(work(), as_json=as_json, words=plan_words)


def report_plan(folder: Path, *, as_json: bool) -> NoReturn:
    """The plan or draft in `folder` as a document: kept beside the journal, and printed."""

    async def work() -> PlanReport:
        raw = plan_bytes(folder)
        if raw is None:
            raise UsageError(f"there is no {FILE_NAME} in {folder}", "", "run moveday plan first")
        settle(raw)
        document, _ = load_yaml(raw)
        state = folder / STATE_FOLDER
        with Lock.take(state, "moveday report", SYSTEM_CLOCK):
            store = Store(state)
            with Journal.open(state, SYSTEM_CLOCK) as journal:
                said = document if isinstance(document, dict) else {}
                written = write_plan_report(said, journal, store, SYSTEM_CLOCK)
        show(f"  written: {written.path}")
        return written

    finish(work(), as_json=as_json, words=lambda written: written.markdown)


@contextmanager
def _planning(launchers: Launchers, folder: Path) -> Iterator[Planning]:
    state = folder / STATE_FOLDER
    with Lock.take(state, "moveday plan", SYSTEM_CLOCK):
        store = Store(state)
        with Journal.open(state, SYSTEM_CLOCK) as journal:
            if journal.healed:
                show(f"  ! the journal was healed: {journal.healed}")
            yield Planning(
                folder=folder,
                journal=journal,
                store=store,
                front=CommandLine(),
                repo=launchers.repo(folder),
                clock=SYSTEM_CLOCK,
            )


async def _send_ahead(planning: Planning, path: Path) -> PlanMade:
    await planning.look()
    text = planning.sent_ahead()
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise UsageError(f"{path} is there already", "", "choose another name") from None
    except OSError as error:
        raise UsageError(f"{path} cannot be written", error.strerror or str(error)) from error
    show(f"  written: {path}; send it, or put it into the app's folder as moveday.yaml")
    return planning.result(written=False)


def _terminal() -> bool:
    return sys.stdin.isatty() and sys.stderr.isatty()
