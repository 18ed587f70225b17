"""`moveday demo`: the real journey, from inventory to report, on a sandbox of its own."""

import asyncio
import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from wizard.cli import words
from wizard.cli.commands import look_and_deploy, look_around
from wizard.cli.demo_story import STORIES, Story, values_of, write_files
from wizard.cli.environment import take_credentials
from wizard.cli.finish import finish
from wizard.cli.front import CommandLine
from wizard.cli.hook import HOOK
from wizard.cli.launchers import Launchers
from wizard.cli.options import json_option
from wizard.cli.sandbox_process import sandbox_process
from wizard.cli.sign_in_prompt import at_terminal
from wizard.cli.talk import show
from wizard.cli.work import Ask, open_session
from wizard.engine.session import Session
from wizard.model.frozen import Frozen
from wizard.model.runs import Forecast, Run
from wizard.safety.consent import Level
from wizard.steps import CUTOVER, REHEARSAL, REPORT
from wizard.steps.exceptions import sign_not_rehearsed
from wizard.steps.mapping_questions import give_values


@dataclass(frozen=True)
class _Wishes:
    """What the demo's sandbox shall be like: `size` in MB, `ttl` in seconds."""

    size: int
    scenario: str
    ttl: int
    visitors: bool
    faults: tuple[str, ...]


class Demo(Frozen):
    """Everything the demo measured; also its JSON document."""

    phases: dict[str, float]
    outage: dict[str, float | None]
    forecast_seconds: float
    actual_seconds: float
    forecast_words: str
    verdict: dict[str, str]
    visitors: dict[str, Any]
    report: str
    run: Run
    forecast: Forecast


@click.command()
@click.option("--headless", is_flag=True, help="No screens: run to the end and tell.")
@click.option("--size", type=click.IntRange(1, 20_000), default=60, show_default=True, help="MB.")
@click.option(
    "--scenario",
    type=click.Choice(list(STORIES)),
    default="acme-clinic",
    show_default=True,
    help="An app on Heroku, or one on MedStack whose database nobody else reaches.",
)
@click.option(
    "--ttl",
    type=click.IntRange(1, 86_400),
    default=30,
    show_default=True,
    help="TTL of the app's names in seconds: the move waits that long for old copies.",
)
@click.option("--visitors/--no-visitors", default=True, help="Let people use the app.")
@click.option("--fault", "faults", multiple=True, metavar="NAME[=JSON]", help="Practise trouble.")
@json_option
@click.pass_context
def demo(
    context: click.Context,
    headless: bool,
    size: int,
    scenario: str,
    ttl: int,
    visitors: bool,
    faults: tuple[str, ...],
    as_json: bool,
) -> None:
    """Move a small real app from a sandboxed Heroku or MedStack to a sandboxed Aptible.

    At a terminal the wizard opens on it; without one, or with --headless, it runs to the end.
    """
    wishes = _Wishes(size, scenario, ttl, visitors, faults)
    if headless or as_json or not at_terminal():
        work = _demo(context.obj, wishes)
        finish(work, as_json=as_json, words=_demo_words)
    sys.exit(asyncio.run(_wizard(context.obj, wishes)))


async def _wizard(launchers: Launchers, wishes: _Wishes) -> int:
    """Open the screens on a sandbox of their own; the exit code they leave with."""
    show(_starting(wishes))
    async with _prepared(launchers, wishes) as (app, environ):
        os.environ.update(environ)
        code = await launchers.screens(app, take_credentials())
    # The screens say how to go on with a move; this one's two sides are gone.
    show(f"That was practice: the sandbox has ended. What the move left to read is in\n{app}")
    show("To practise again: moveday demo. To plan a real move: moveday, in your app's folder.")
    return code


@asynccontextmanager
async def _prepared(
    launchers: Launchers, wishes: _Wishes
) -> AsyncIterator[tuple[Path, dict[str, str]]]:
    """A sandbox with a checkout of its app, and somebody who plays the people; its settings."""
    folder = Path(tempfile.mkdtemp(prefix="moveday-demo-"))
    sandbox = sandbox_process(folder, wishes.size, wishes.scenario, wishes.ttl, wishes.visitors)
    async with sandbox as environ:
        os.environ[HOOK] = f"{sys.executable} -m wizard sandbox person"
        app = folder / "app"
        await asyncio.to_thread(shutil.copytree, environ["SANDBOX_REPOSITORY"], app)
        for fault in wishes.faults:
            name, _, settings = fault.partition("=")
            body = {"name": name, "settings": json.loads(settings or "{}")}
            await launchers.control(environ["SANDBOX_CONTROL"], "/faults", body)
        yield app, environ


async def _demo(launchers: Launchers, wishes: _Wishes) -> Demo:
    began = time.monotonic()
    show(_starting(wishes))
    story = STORIES[wishes.scenario]
    async with _prepared(launchers, wishes) as (app, environ):
        phases = {"sandbox": round(time.monotonic() - began, 1)}
        control = environ["SANDBOX_CONTROL"]
        rehearsed: Any = None
        done: Any = None
        for title, level, flags, work in _chapters(story):
            show(f"\n── {title} " + "─" * max(0, 72 - len(title)))
            started = time.monotonic()
            os.environ.update(environ)  # a session takes the credentials out
            ask = Ask(CommandLine(flags, patience=300), level, "the demo's --yes")
            async with open_session(launchers, app, ask) as session:
                if title == "deploy":
                    give_values(session, values_of(story, environ), "the demo's person")
                result = await work(session)
            if title == "inventory" and story.writes_files:
                await write_files(app)
                launchers.person.commit(app, "Add the files that Aptible needs")
            phases[title] = round(time.monotonic() - started, 1)
            rehearsed = result if title == "rehearsal" else rehearsed
            done = result if title == "cutover" else done
        visitors = await launchers.control(control, "/visitors", None)
    return _gather(phases, rehearsed.forecast, done.run, visitors, result.markdown)


def _starting(wishes: _Wishes) -> str:
    sides = STORIES[wishes.scenario].sides
    return f"starting the sandbox: {sides}, DNS, SSH and Postgres on loopback"


def _chapters(story: Story) -> Any:
    async def cut_over(session: Session) -> Any:
        if story.not_rehearsed:
            sign_not_rehearsed(session.journal, story.not_rehearsed, "the demo's person")
        return await _cut_over(session)

    return (
        ("inventory", Level.LOOK, {}, look_around),
        ("deploy", Level.CHANGE_NEW_SIDE, {}, look_and_deploy),
        ("rehearsal", Level.CHANGE_NEW_SIDE, {"go": "yes", "accept": "yes"}, REHEARSAL.run),
        ("cutover", Level.USERS_NOTICE, {"accept": "yes"}, cut_over),
        ("report", Level.LOOK, {}, REPORT.run),
    )


async def _cut_over(session: Session) -> Any:
    front = session.front
    if isinstance(front, CommandLine):
        front.flags["go"] = session.plan.source.app
    return await CUTOVER.run(session)


def _gather(
    phases: dict[str, float], forecast: Forecast, run: Run, visitors: Any, report: str
) -> Demo:
    verdict = run.verdict
    rows = [c for c in verdict.checks if c.kind in ("rows", "checksum")] if verdict else []
    tables: dict[str, str] = {}
    for row in rows:
        worst = {"same": 0, "explained": 1, "different": 3, "unfinished": 2}
        before = tables.get(row.subject, "same")
        tables[row.subject] = max(before, row.result, key=lambda word: worst[word])
    down = sum(task.seconds for task in run.tasks if task.effect == "hard-down")
    return Demo(
        phases=phases,
        outage=run.outage.model_dump(),
        forecast_seconds=round(forecast.median, 1),
        actual_seconds=round(down, 1),
        forecast_words=forecast.words,
        verdict=tables,
        visitors=visitors if isinstance(visitors, dict) else {"log": visitors},
        report=report,
        run=run,
        forecast=forecast,
    )


def _demo_words(done: Demo) -> str:
    lines = [words.run_words(done.run), "", "chapters"]
    lines += [f"  {name:<20} {seconds:8.1f} s" for name, seconds in done.phases.items()]
    lines += [
        "",
        f"forecast before the cutover: {done.forecast_words}",
        f"measured: users were down {done.actual_seconds:.1f} s by the runbook's clock",
        *_visitor_lines(done.visitors),
        "",
        f"report: {done.report}",
    ]
    return "\n".join(lines)


def _visitor_lines(seen: dict[str, Any]) -> list[str]:
    """What the sandbox's visitors saw, from their own log."""
    visitors = seen.get("visitors", [])
    by_resolver: dict[int, list[float]] = {}
    for visitor in visitors:
        by_resolver.setdefault(visitor["resolver"], []).append(visitor["outage_seconds"])
    names = {0: "behind a resolver that obeys TTLs", 1: "behind one that keeps records longer"}
    return [
        f"visitors {names.get(number, '')}: down {max(times):.1f} s by their own log"
        for number, times in sorted(by_resolver.items())
    ]
