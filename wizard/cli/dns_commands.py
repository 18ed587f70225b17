"""`moveday dns …`: a look at names, at their own servers; reads only, needs no account."""

from dataclasses import replace
from pathlib import Path

import click

from wizard.cli.dns_folder import MoveHere, move_here
from wizard.cli.dns_watch import watch
from wizard.cli.dns_words import survey_words
from wizard.cli.finish import finish
from wizard.cli.launchers import DnsTools, Launchers
from wizard.cli.options import folder_option, json_option
from wizard.cli.talk import show
from wizard.clock import SYSTEM_CLOCK
from wizard.engine.journal import Journal
from wizard.exits import Exit
from wizard.model.dns_report import DnsReport
from wizard.ports.dns import PortIntercepted
from wizard.runbook.dns.memory import (
    remember_report,
    remember_told_ttl,
    remembered_side,
    told_ttl,
)
from wizard.runbook.dns.survey import Surveyor


@click.group()
def dns() -> None:
    """Look at the names' DNS. Changes nothing anywhere: moveday holds no DNS credentials."""


@dns.command()
@click.argument("names", nargs=-1, metavar="[NAME]...")
@folder_option
@json_option
@click.option(
    "--old-ttl",
    type=click.IntRange(1, 604_800),
    default=None,
    help="Seconds that the TTL was before it was lowered, when moveday did not see it.",
)
@click.option(
    "--over-https",
    metavar="URL",
    default="",
    help="Ask this resolver when the network answers for the DNS servers; it sees the names.",
)
@click.pass_context
def survey(
    context: click.Context,
    names: tuple[str, ...],
    folder: Path,
    as_json: bool,
    old_ttl: int | None,
    over_https: str,
) -> None:
    """Say what would spoil the certificate or the switch, and when a switch is safe.

    Asks every authoritative server of the NAMEs (default: the plan's) and no resolver.
    """
    launchers: Launchers = context.obj

    async def work() -> DnsReport:
        here = move_here(folder)
        wanted = here.names(names)
        tools = launchers.dns()
        surveyor = _surveyor(tools, here, wanted, old_ttl)
        note = ""
        try:
            report = await surveyor.survey(wanted)
            if over_https:
                note = "port 53 reaches the servers themselves, so no resolver was asked"
        except PortIntercepted as intercepted:
            if not over_https:
                raise
            show(f"  ! {intercepted.title}\n    {intercepted.detail}")
            by_cache = replace(surveyor, dns=tools.over_https(over_https))
            report = await by_cache.survey(wanted)
            note = (
                f"asked through {over_https}, since this network answers for the servers: every "
                "TTL is a lower bound only; read the old one at the DNS host and say --old-ttl"
            )
        kept = here.write_down(lambda journal: _remember(journal, report, old_ttl))
        notes = tuple(text for text in (*report.notes, note, kept) if text)
        return report.model_copy(update={"notes": notes})

    finish(work(), as_json=as_json, words=survey_words, code=_survey_code)


dns.add_command(watch)


def _survey_code(report: DnsReport) -> Exit:
    blocked = any(f.severity == "block" for name in report.names for f in name.findings)
    return Exit.BLOCKED if blocked else Exit.DONE


def _remember(journal: Journal, report: DnsReport, old_ttl: int | None) -> None:
    for found in report.names:
        if old_ttl is not None:
            remember_told_ttl(journal, found.name, old_ttl)
    remember_report(journal, report)


def _surveyor(
    tools: DnsTools, here: MoveHere, names: tuple[str, ...], old_ttl: int | None
) -> Surveyor:
    targets, told = {}, {}
    for name in names:
        seen = remembered_side(here.entries, "new", name)
        if seen is not None and seen.host:
            targets[name] = f"acme.{seen.host}"
        ttl = old_ttl if old_ttl is not None else told_ttl(here.entries, name)
        if ttl is not None:
            told[name] = ttl
    return Surveyor(
        dns=tools.dns,
        site=tools.site,
        clock=SYSTEM_CLOCK,
        low_ttl=here.low_ttl,
        hosts_file=tools.hosts_file,
        entries=here.entries,
        acme_targets=targets,
        told=told,
    )
