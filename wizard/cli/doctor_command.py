"""`moveday doctor`: can this machine go on, and do the real accounts answer as expected?"""

import os
from pathlib import Path

import click

from wizard.cli.doctor_words import doctor_code, doctor_words
from wizard.cli.environment import take_credentials
from wizard.cli.finish import finish
from wizard.cli.launchers import Launchers
from wizard.cli.options import folder_option, json_option
from wizard.clock import SYSTEM_CLOCK
from wizard.engine.machine.examine import examine_machine
from wizard.engine.machine.tools import DoctorTools
from wizard.engine.plan_file import FILE_NAME, read_plan
from wizard.errors import MovedayError, UsageError
from wizard.model.doctor import AccountHealth, Examination, Finding
from wizard.model.plan import Plan
from wizard.ports.doctor import AccountDoctor


@click.command()
@folder_option
@json_option
@click.option("--live", is_flag=True, help="Also ask the real accounts; reading calls only.")
@click.option(
    "--source", default="", metavar="NAME", help="Without a plan: which source, such as medstack."
)
@click.pass_context
def doctor(context: click.Context, folder: Path, as_json: bool, live: bool, source: str) -> None:
    """Look whether this machine, and with --live the accounts, are as moveday needs them."""
    finish(
        _examine(context.obj, folder, source, live=live),
        as_json=as_json,
        words=doctor_words,
        code=doctor_code,
    )


async def _examine(launchers: Launchers, folder: Path, source: str, *, live: bool) -> Examination:
    shown = dict(os.environ)
    environ = take_credentials()
    plan, trouble = _plan(folder)
    if source and (plan is not None or not live):
        why = "moveday.yaml names the source" if plan is not None else "it goes with --live"
        raise UsageError("--source has no use here", why, "leave it out")
    tools = launchers.doctor(plan, folder, environ, SYSTEM_CLOCK, source)
    findings = await examine_machine(folder, shown, SYSTEM_CLOCK, tools.keyring, tools.postgres)
    accounts = await _accounts(tools) if live else ()
    return Examination(findings=(*findings, *trouble), accounts=accounts)


def _plan(folder: Path) -> tuple[Plan | None, list[Finding]]:
    """The plan, if a whole one is here: it says which app and environment to look at."""
    if not (folder / FILE_NAME).exists():
        return None, []
    try:
        return read_plan(folder)[0], []
    except MovedayError as error:
        found = Finding(
            id="plan",
            group="plan",
            state="warn",
            seen=error.title,
            means="with --live only the accounts are looked at, not the app",
            todo=error.hint,
        )
        return None, [found]


async def _accounts(tools: DoctorTools) -> tuple[AccountHealth, ...]:
    return tuple([await _account(side, tools) for side in tools.sides])


async def _account(side: str, tools: DoctorTools) -> AccountHealth:
    try:
        visiting: AccountDoctor = tools.account(side)
    except MovedayError as error:
        missing = Finding(
            id=f"{side.lower()}-token",
            group="sign-in",
            state="fail",
            seen=error.title,
            means=error.detail,
            todo=error.hint,
        )
        return AccountHealth(side=side, findings=(missing,))
    try:
        return await visiting.examine()
    finally:
        await visiting.close()
