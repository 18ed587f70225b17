"""`moveday dns watch`: one line per change until the switch is seen, then a verdict per name."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import click

from wizard.cli.dns_folder import MoveHere, move_here
from wizard.cli.dns_words import paragraph, watch_words
from wizard.cli.environment import take_credentials
from wizard.cli.finish import finish
from wizard.cli.launchers import DnsTools, Launchers
from wizard.cli.options import folder_option, json_option
from wizard.cli.results import print_result
from wizard.cli.talk import show
from wizard.clock import SYSTEM_CLOCK
from wizard.errors import MovedayError, UsageError
from wizard.exits import Exit
from wizard.model.dns_report import SideSeen, WatchResult
from wizard.rules.survey_reading import leading, plain_name
from wizard.runbook.dns.memory import last_report, remembered_looks, remembered_side, told_ttl
from wizard.runbook.dns.watch import Count, Watch
from wizard.runbook.dns.watched import Change, Watched


@click.command()
@click.argument("names", nargs=-1, metavar="[NAME]...")
@folder_option
@json_option
@click.option(
    "--until",
    default="everywhere",
    metavar="switched|SECONDS",
    help="End when every server has the switch, or after so many seconds (default: when the new "
    "side is seen everywhere).",
)
@click.option("--to", default="", metavar="HOST", help="What the new side's records point at.")
@click.option(
    "--resolver", "given", multiple=True, metavar="ADDRESS", help="One more resolver to look at."
)
@click.option("--public", is_flag=True, help="Look at well-known public resolvers as well.")
@click.pass_context
def watch(
    context: click.Context,
    names: tuple[str, ...],
    folder: Path,
    as_json: bool,
    until: str,
    to: str,
    given: tuple[str, ...],
    public: bool,
) -> None:
    """Say which side answers for the NAMEs (default: the plan's), and what changes.

    Before the switch only authoritative servers are asked: a look through a resolver would load
    the old record into it afresh. Ctrl-c ends with what is known.
    """
    launchers: Launchers = context.obj

    async def work() -> WatchResult:
        here = move_here(folder)
        wanted = tuple(dict.fromkeys(plain_name(name) for name in here.names(names)))
        goal, seconds = _goal(until)
        tools = launchers.dns()
        ask = tuple(
            dict.fromkeys(
                (*tools.own_resolvers, *given, *(tools.public_resolvers if public else ()))
            )
        )
        show(paragraph(_preface(ask), "  "))
        async with _counter(launchers, here) as count:
            watching = _watch(tools, here, wanted, to, ask, count)
            try:
                return await watching.run(goal, seconds)
            except asyncio.CancelledError:
                known = watching.result("stopped by hand")
                print_result(known, as_json=as_json, words=watch_words)
                raise

    finish(work(), as_json=as_json, words=watch_words, code=_code)


def _goal(until: str) -> tuple[str, float | None]:
    if until in ("switched", "everywhere"):
        return until, None
    try:
        seconds = float(until)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < 10_000_000:
        raise UsageError(f"--until {until}?", "it is “switched” or a number of seconds")
    return "everywhere", seconds


def _preface(ask: tuple[str, ...]) -> str:
    if not ask:
        return "asking authoritative servers only; no resolver is known here (--resolver, --public)"
    return (
        f"asking authoritative servers; resolvers ({', '.join(ask)}) only after the switch: a look "
        "through one before it would load the old record afresh"
    )


def _watch(
    tools: DnsTools,
    here: MoveHere,
    names: tuple[str, ...],
    to: str,
    ask: tuple[str, ...],
    count: Count | None,
) -> Watch:
    plan = here.plan
    watched, others = [], {}
    for name in names:
        report = last_report(here.entries, name)
        if report is not None:
            others[name] = report.others
        watched.append(_watched(here, name, to))
    return Watch(
        dns=tools.dns,
        site=tools.site,
        resolvers=tools.resolvers,
        clock=SYSTEM_CLOCK,
        tell=_tell,
        names=watched,
        ask=ask,
        count=count,
        page=plan.smoke.path if plan else "/",
        kinds=(plan.source.kind, plan.target.kind) if plan else ("heroku", "aptible"),
        old_targets=here.old_targets,
        others=others,
        learn=lambda watched: _learn(here, watched),
    )


def _learn(here: MoveHere, watched: Watched) -> None:
    """The sides as a cutover in this folder has recorded them since the watch began."""
    try:
        entries = here.again().entries
    except MovedayError:
        return  # a plan that is being edited; the watch goes on with what it knows
    new = remembered_side(entries, "new", watched.name)
    if new is not None and not watched.new.certificate:
        host = watched.new.host or new.host
        watched.new = new.model_copy(update={"host": host})
    watched.old = remembered_side(entries, "old", watched.name) or watched.old


def _watched(here: MoveHere, name: str, to: str) -> Watched:
    report = last_report(here.entries, name)
    old = remembered_side(here.entries, "old", name) or (report.old_side if report else None)
    new = remembered_side(here.entries, "new", name) or SideSeen()
    looks = remembered_looks(here.entries, name)
    found = Watched(
        name=name,
        low_ttl=here.low_ttl,
        old=old,
        new=new.model_copy(update={"host": plain_name(to)}) if to else new,
        told_ttl=told_ttl(here.entries, name),
        looks=looks,
    )
    if report is not None and not found.leads_new(report.survey):
        found.old_values = {plain_name(v) for r in leading(report.survey) for v in r.values}
    return found


@asynccontextmanager
async def _counter(launchers: Launchers, here: MoveHere) -> AsyncIterator[Count | None]:
    """What counts the old side's visitors, when there is a plan and we are signed in."""
    if here.plan is None:
        yield None
        return
    try:
        outside = launchers.outside(here.plan, here.folder, take_credentials(), SYSTEM_CLOCK)
    except MovedayError as error:
        show(paragraph(f"the old side's visitors will not be counted: {error.title}", "  "))
        yield None
        return
    try:
        yield outside.source.traffic
    finally:
        await outside.close()


def _tell(change: Change) -> None:
    at = datetime.now(UTC).astimezone()
    mark = "!" if change.loud else " "
    show(paragraph(f"{change.name}: {change.text}", " " * 11, f"{at:%H:%M:%S} {mark} "))


def _code(result: WatchResult) -> Exit:
    """5 when something is wrong, 4 when a name is not switched, else 0."""
    if any(name.state == "third" or name.troubles for name in result.names):
        return Exit.CHECK_FAILED
    return Exit.DONE if all(name.new_at for name in result.names) else Exit.BLOCKED
