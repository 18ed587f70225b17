"""Checks of one process: does it start, answer, write where it should not, and stop in time?"""

import time
from dataclasses import dataclass

from wizard.model.container import Boot, ImageFacts
from wizard.model.file_checks import FileCheck
from wizard.rules.boot_needs import last_lines, named, stand_in
from wizard.rules.image_findings import (
    ALWAYS_WRITABLE,
    endpoint_port,
    kept_writes,
    writable_folders,
)
from wizard.steps.files_bench import Bench, check
from wizard.steps.files_start import Outcome, only_inside, start, start_with_needs

STOP_LIMIT = 10.0
"""Seconds between SIGTERM and SIGKILL: Aptible's default stop_timeout."""
WEB = "web"


@dataclass(frozen=True)
class Service:
    """One process of an image: `command` are the container's words, () for the image's own."""

    name: str
    command: tuple[str, ...]


async def boot_checks(
    bench: Bench, image: str, facts: ImageFacts, service: Service
) -> list[FileCheck]:
    """Start one process as Aptible would, and look at it until it has stopped."""
    bench.say(f"starting {service.name}")
    web = service.name == WEB
    port = endpoint_port(facts, bench.values)[0] if web else ""
    boot = Boot(image=image, command=service.command, publish=port)
    began = time.monotonic()
    outcome = await start_with_needs(bench, boot, web)
    checks = [_since(began, boots(outcome, configured=bool(bench.values)))]
    if web:
        checks.append(_answers(outcome, port))
    if outcome.up:
        paths = await bench.engine.changes(outcome.container)
        began = time.monotonic()
        checks.append(_since(began, await _stops(bench, outcome)))
        await bench.discard(outcome.container)
        began = time.monotonic()
        checks.append(_since(began, await _writes(bench, boot, facts, paths, outcome)))
    else:
        await bench.discard(outcome.container)
        checks.append(check("stops", "not checked", "it had ended by itself"))
    return [made.model_copy(update={"process": service.name}) for made in checks]


async def second_image_boots(
    bench: Bench, image: str, facts: ImageFacts, service: Service
) -> FileCheck:
    """Whether .dockerignore hides something that the web process needs."""
    bench.say(f"starting {service.name} from the image built with .dockerignore")
    port = endpoint_port(facts, bench.values)[0]
    boot = Boot(image=image, command=service.command, publish=port)
    began = time.monotonic()
    outcome = await start_with_needs(bench, boot, web=True)
    made = _since(began, boots(outcome, configured=bool(bench.values)))
    await bench.discard(outcome.container)
    return made.model_copy(update={"name": "boots-ignoring", "process": service.name})


def boots(outcome: Outcome, *, configured: bool) -> FileCheck:
    """What a start says; `configured`: with a person's own configuration."""
    made_up = f", with stand-ins for {named(outcome.stand_ins)}" if outcome.stand_ins else ""
    log = last_lines(outcome.log)
    if outcome.fine:
        waits = f"; its log asks for {outcome.needs}" if outcome.needs else ""
        return check("boots", "ok", f"starts{made_up}{waits}")
    if outcome.ended == 0 and not outcome.web:
        what = f"ended by itself, with 0{made_up}: Aptible would start it again for ever"
        return check("boots", "ok", what, log)
    if outcome.needs:
        advice = "" if configured else "; give it with --env-file"
        return check("boots", "not checked", f"needs {outcome.needs}{advice}", log)
    if outcome.up:
        return check("boots", "ok", f"starts{made_up}")
    why = outcome.why or f"ended with exit code {outcome.ended}"
    return check("boots", "failed", f"{why}{made_up}", log)


def _answers(outcome: Outcome, port: str) -> FileCheck:
    if outcome.answered:
        return check("answers", "ok", f"answers at {port}: HTTP {outcome.answered}")
    if not outcome.up or outcome.needs:
        return check("answers", "not checked", "it did not start")
    if not port:
        return check("answers", "not checked", "no EXPOSE says which port to ask")
    what = f"nothing answers at {port} within {outcome.waited:.0f} s"
    inside = only_inside(outcome.listens, port)
    if inside:
        what += f": it listens on {inside} only, where nobody outside the container gets"
    elif outcome.listens and not any(p.endswith(f":{port}") for p in outcome.listens):
        what += f": it listens on {named(outcome.listens)}"
    return check("answers", "failed", what, last_lines(outcome.log))


async def _stops(bench: Bench, outcome: Outcome) -> FileCheck:
    seconds = await bench.engine.terminate(outcome.container, STOP_LIMIT)
    if seconds is None:
        what = f"still there {STOP_LIMIT:.0f} s after SIGTERM: killed amid its work at every deploy"
        return check("stops", "failed", what)
    return check("stops", "ok", f"ended {seconds:.1f} s after SIGTERM")


async def _writes(
    bench: Bench, boot: Boot, facts: ImageFacts, paths: tuple[str, ...], before: Outcome
) -> FileCheck:
    """What it wrote where it would be lost, and whether it starts when it can write nowhere."""
    kept = kept_writes(paths, facts.folder)
    if kept:
        what = f"writes to {named(kept, 3)}: lost at every restart, and no other container sees it"
        return check("writes", "failed", what, kept)
    if before.web and not before.answered:
        return check("writes", "not checked", "it answered nobody, so it did no work yet")
    writable = writable_folders(paths, facts.folder)
    closed = boot.model_copy(update={"read_only": True, "writable": writable})
    stand_ins = {name: stand_in(name) for name in before.stand_ins}
    outcome = await start(bench, closed, bench.given() or stand_ins, before.web)
    await bench.discard(outcome.container)
    if outcome.fine:
        extra = [folder for folder in writable if folder not in ALWAYS_WRITABLE]
        also = f" and {named(extra)}" if extra else ""
        return check("writes", "ok", f"runs with a read-only root, /tmp{also} writable")
    what = "does not run with a read-only root: it writes where it would be lost"
    return check("writes", "failed", what, last_lines(outcome.log))


def _since(began: float, made: FileCheck) -> FileCheck:
    return made.model_copy(update={"seconds": round(time.monotonic() - began, 1)})
