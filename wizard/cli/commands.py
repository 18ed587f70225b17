"""The commands of a move: inventory, deploy, rehearse, forecast, cutover, report."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, NoReturn

import click

from wizard.cli import words
from wizard.cli.deploy_words import deploy_plan_words, deployed_words
from wizard.cli.finish import finish
from wizard.cli.forecast_words import outlook_words
from wizard.cli.front import CommandLine
from wizard.cli.given import value_env_option, with_values
from wizard.cli.options import folder_option, json_option, wait_option
from wizard.cli.plan_command import report_plan
from wizard.cli.work import Ask, with_session
from wizard.engine.session import Session
from wizard.errors import BlockedError
from wizard.safety.consent import Level
from wizard.steps import (
    CUTOVER,
    DEPLOY,
    FILES,
    INVENTORY,
    MAPPING,
    PLAN,
    REHEARSAL,
    REPORT,
    SIGN_IN,
)
from wizard.steps.deploy import show_plan
from wizard.steps.exceptions import sign_not_rehearsed
from wizard.steps.rehearsal import outlook
from wizard.steps.rollback import roll_back

Work = Callable[[Session], Awaitable[Any]]


def perform(
    context: click.Context,
    folder: Path,
    ask: Ask,
    work: Work,
    *,
    as_json: bool,
    say: Callable[[Any], str],
) -> NoReturn:
    """Open the session, do the work, print, leave."""
    finish(with_session(context.obj, folder, ask, work), as_json=as_json, words=say)


async def look_around(session: Session) -> Any:
    """Plan, sign-in, inventory and mapping, one after the other; the inventory."""
    await PLAN.run(session)
    await SIGN_IN.run(session)
    found = await INVENTORY.run(session)
    await MAPPING.run(session)
    return found


async def look_and_deploy(session: Session) -> Any:
    """Look at the files, then deploy."""
    files: Any = await FILES.run(session)
    for note in files.notes:
        session.say(note, "warn")
    return await DEPLOY.run(session)


@click.command()
@folder_option
@json_option
@click.option("--plan", "only_plan", is_flag=True, help="Show every operation; change nothing.")
@click.option("--yes", is_flag=True, help="Change the new side as planned.")
@value_env_option
@click.pass_context
def deploy(
    context: click.Context,
    folder: Path,
    as_json: bool,
    only_plan: bool,
    yes: bool,
    value_env: tuple[str, ...],
) -> None:
    """Build the new side: environment, app, databases, configuration, first deploy."""
    if only_plan or not yes:
        ask, work, say = Ask(CommandLine()), show_plan, deploy_plan_words
        look = with_values(context.obj, folder, ask, work, value_env)
        finish(look, as_json=as_json, words=say)
    ask = Ask(CommandLine(), Level.CHANGE_NEW_SIDE, "--yes")
    done = with_values(context.obj, folder, ask, look_and_deploy, value_env)
    finish(done, as_json=as_json, words=deployed_words)


@click.command()
@folder_option
@json_option
@wait_option
@click.option("--yes", is_flag=True, help="Use scratch databases and the staging app.")
@click.pass_context
def rehearse(context: click.Context, folder: Path, as_json: bool, wait: float, yes: bool) -> None:
    """Run the whole runbook on twins and scratch targets, on the clock."""
    flags = {"go": "yes", "accept": "yes"} if yes else {}
    level = Level.CHANGE_NEW_SIDE if yes else Level.LOOK
    ask = Ask(CommandLine(flags, wait), level, "--yes")
    say = words.rehearsed_words
    perform(context, folder, ask, REHEARSAL.run, as_json=as_json, say=say)


@click.command()
@folder_option
@json_option
@click.pass_context
def forecast(context: click.Context, folder: Path, as_json: bool) -> None:
    """How long users will be down next time, from the runs so far."""

    async def work(session: Session) -> Any:
        return outlook(session)

    ask = Ask(CommandLine())
    perform(context, folder, ask, work, as_json=as_json, say=outlook_words)


@click.command()
@folder_option
@json_option
@wait_option
@click.option("--confirm", metavar="NAME", default="", help="The app's name: go.")
@click.option("--accept", is_flag=True, help="Accept the new side when its smoke test passes.")
@click.option("--scheduler-off", is_flag=True, help="All scheduled jobs are switched off.")
@click.option("--not-rehearsed", metavar="REASON", default="", help="Sign an exception.")
@click.option("--shared", metavar="REASON", default="", help="Why other apps cannot write.")
@value_env_option
@click.pass_context
def cutover(
    context: click.Context,
    folder: Path,
    as_json: bool,
    wait: float,
    confirm: str,
    accept: bool,
    scheduler_off: bool,
    not_rehearsed: str,
    shared: str,
    value_env: tuple[str, ...],
) -> None:
    """Move for real: the same runbook on the real targets."""
    flags = {"go": confirm} if confirm else {}
    flags |= {"accept": "yes"} if accept else {}
    flags |= {"scheduler-off": "yes"} if scheduler_off else {}
    flags |= {"shared": shared} if shared else {}

    async def work(session: Session) -> Any:
        if not_rehearsed:
            sign_not_rehearsed(session.journal, not_rehearsed, "--not-rehearsed")
        if confirm and confirm != session.plan.source.app:
            raise BlockedError(
                f"--confirm says “{confirm}”", f"the app is “{session.plan.source.app}”"
            )
        return await CUTOVER.run(session)

    level = Level.USERS_NOTICE if confirm else Level.LOOK
    ask = Ask(CommandLine(flags, wait), level, f"--confirm {confirm}")
    done = with_values(context.obj, folder, ask, work, value_env)
    finish(done, as_json=as_json, words=words.cut_over_words)


@click.command()
@folder_option
@json_option
@wait_option
@click.option("--confirm", metavar="NAME", default="", help="The app's name: take back.")
@click.option("--scheduler-on", is_flag=True, help="All scheduled jobs are on again.")
@click.option("--lose-writes", is_flag=True, help="Accept that the new side's writes are lost.")
@click.pass_context
def rollback(
    context: click.Context,
    folder: Path,
    as_json: bool,
    wait: float,
    confirm: str,
    lose_writes: bool,
    scheduler_on: bool,
) -> None:
    """Take back the run that is open, or the cutover that stands."""
    flags = {"lose-writes": "yes"} if lose_writes else {}
    flags |= {"rollback": confirm} if confirm else {}
    flags |= {"scheduler-on": "yes"} if scheduler_on else {}
    ask = Ask(CommandLine(flags, wait))
    perform(context, folder, ask, roll_back, as_json=as_json, say=words.rolled_back_words)


@click.command()
@folder_option
@json_option
@click.option("--plan", "of_plan", is_flag=True, help="The plan instead, to send out beforehand.")
@click.pass_context
def report(context: click.Context, folder: Path, as_json: bool, of_plan: bool) -> None:
    """Write what the move leaves behind: Markdown, JSON and one HTML page."""
    if of_plan:
        report_plan(folder, as_json=as_json)
    ask = Ask(CommandLine())
    perform(context, folder, ask, REPORT.run, as_json=as_json, say=words.report_words)
