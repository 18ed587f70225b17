"""What there is to see: every step in every state that the recordings can show."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from textual.pilot import Pilot

from screens.app import MovedayApp
from screens.base import StepScreen
from screens.doors import Doors
from screens.widgets.probe_strip import ProbeStrip
from tests.screens.events_file import Heard
from tests.screens.picture import opened, steady, wait_for
from tests.screens.replay import CLINIC, MAIN, TROUBLE, gates_at, heard_until, looks_until, replay
from wizard.engine.at_work import AtWork
from wizard.engine.events import Moving, PersonNeeded
from wizard.engine.session import Session
from wizard.model.question import Gate
from wizard.runbook.begun import newest_label
from wizard.runbook.context import RunContext
from wizard.runbook.probes import Look, Sides
from wizard.steps import CUTOVER

Prepare = Callable[[Path, Doors], Doors]
# Work of these groups looks things up when a screen is opened; it ends by itself.
_LOOKING = ("plan", "plan-look", "sign-in", "gates")


def as_is(folder: Path, doors: Doors) -> Doors:
    """Nothing else is different."""
    return doors


@dataclass(frozen=True)
class Scene:
    """One step in one state: a recording up to a line; with `since`, work has gone on from there.

    `prepare` changes the folder, or what is known from outside, before it is opened. With
    `asked_for_ever` a side does not answer while the picture is taken.
    """

    step: str
    state: str
    until: str
    name: str = MAIN
    since: str = ""
    job: str = ""
    prepare: Prepare = as_is
    asked_for_ever: bool = False

    @property
    def id(self) -> str:
        """As the picture is called."""
        return f"{self.step}-{self.state}"


def _no_plan(folder: Path, doors: Doors) -> Doors:
    (folder / "moveday.yaml").unlink()
    return doors


def _nothing(folder: Path, doors: Doors) -> Doors:
    """A folder that is no app's."""
    empty = folder.parent / "somewhere"
    empty.mkdir()
    return replace(doors, folder=empty)


def _wrong_plan(folder: Path, doors: Doors) -> Doors:
    plan = folder / "moveday.yaml"
    plan.write_text(plan.read_text().replace("regulated: true", "regulated: perhaps"))
    return doors


def _signed_out(folder: Path, doors: Doors) -> Doors:
    tokens = ("HEROKU_API_KEY", "APTIBLE_ACCESS_TOKEN")
    return replace(doors, environ={k: v for k, v in doors.environ.items() if k not in tokens})


def _silent(folder: Path, doors: Doors) -> Doors:
    """Both sides take their time."""

    async def never(token: object) -> object:
        return await asyncio.Event().wait()

    def sign_in(*given: object) -> object:
        tools = doors.sign_in(*given)  # type: ignore[arg-type]
        for door in tools.doors:
            door.look = never  # type: ignore[method-assign, assignment]
        return tools

    return replace(doors, sign_in=sign_in)  # type: ignore[arg-type]


def _no_facts(folder: Path, doors: Doors) -> Doors:
    (folder / ".moveday" / "facts.json").unlink()
    return doors


SCENES = (
    Scene("plan", "empty", "read sign-in", prepare=_nothing),
    Scene("plan", "questions", "read sign-in", prepare=_no_plan),
    Scene("plan", "failed", "read sign-in", prepare=_wrong_plan),
    Scene("plan", "done", "read plan"),
    Scene("sign-in", "you", "read plan", prepare=_signed_out),
    Scene("sign-in", "done", "read plan"),
    Scene("sign-in", "reading", "read plan", prepare=_silent, asked_for_ever=True),
    Scene("inventory", "empty", "read target"),
    Scene("inventory", "reading", "read target", since="read plan", job="Reading the inventory"),
    Scene("inventory", "done", "read inventory"),
    Scene("inventory", "stale", "read inventory", prepare=_no_facts),
    Scene("inventory", "changed", "read inventory-changes", name=TROUBLE),
    Scene("mapping", "not-yet", "read target"),
    Scene("mapping", "empty", "read inventory"),
    Scene("mapping", "questions", "answer value/LEGACY_TOKEN"),
    Scene("mapping", "done", "decided mapping"),
    Scene("mapping", "stale", "read inventory-changes", name=TROUBLE),
    Scene("files", "empty", "read plan"),
    Scene("files", "proposed", "consent the app's files"),
    Scene("files", "done", "read files"),
    Scene("deploy", "not-yet", "read target"),
    Scene("deploy", "ready", "decided deploy-plan"),
    Scene(
        "deploy",
        "running",
        "intent deploy-1/task/deploy",
        since="decided deploy ",
        job="Deploy",
    ),
    Scene("deploy", "broken-off", "intent deploy-1/task/deploy"),
    Scene("deploy", "failed", "done deploy-1/task/push", name=TROUBLE),
    Scene("deploy", "done", "evidence deployed"),
    Scene("deploy", "stale", "read inventory-changes", name=TROUBLE),
    Scene("rehearsal", "not-yet", "decided deploy-plan"),
    Scene("rehearsal", "ready", "evidence deployed"),
    Scene(
        "rehearsal",
        "you",
        "intent run-2/task/ttl-lowered",
        since="run-started run-2",
        job="Rehearsal",
    ),
    Scene(
        "rehearsal", "running", "intent run-2/task/move", since="run-started run-2", job="Rehearsal"
    ),
    Scene("rehearsal", "failed", "run-finished run-1"),
    Scene("rehearsal", "broken-off", "intent run-2/task/move"),
    Scene("rehearsal", "done", "run-finished run-2"),
    Scene("rehearsal", "stale", "read inventory-changes", name=TROUBLE),
    Scene("cutover", "not-yet", "evidence deployed"),
    Scene("cutover", "ready", "run-finished run-2"),
    Scene("cutover", "running", "intent run-3/task/move", since="run-started run-3", job="Cutover"),
    Scene("cutover", "you", "intent run-3/task/switch", since="run-started run-3", job="Cutover"),
    Scene("cutover", "failed", "failed run-3/task", name=TROUBLE),
    Scene("cutover", "half-way-back", "undone run-3/task/clock-off", name=TROUBLE),
    Scene("cutover", "rolled-back", "run-finished run-3", name=TROUBLE),
    Scene("cutover", "done", "run-finished run-3"),
    Scene("report", "empty", "run-finished run-2"),
    Scene("report", "ready", "run-finished run-3"),
    Scene("report", "done", "evidence report"),
    Scene("plan", "of-containers", "read plan", name=CLINIC),
    Scene("sign-in", "of-containers", "read plan", name=CLINIC),
    Scene("inventory", "of-containers", "read inventory", name=CLINIC),
    Scene("mapping", "of-containers", "decided mapping", name=CLINIC),
    Scene("mapping", "of-containers-open", "answer value/SESSION_KEY", name=CLINIC),
    Scene("files", "of-containers", "consent the app's files", name=CLINIC),
    Scene("deploy", "of-containers", "consent the app's files", name=CLINIC),
)


def moments() -> tuple[tuple[Scene, ...], ...]:
    """The scenes, those of one moment of one recording together: one app shows them all."""
    found: dict[object, list[Scene]] = {}
    for scene in SCENES:
        moment = (scene.name, scene.until, scene.since, scene.prepare)
        found.setdefault(moment, []).append(scene)
    return tuple(tuple(scenes) for scenes in found.values())


def app_for(scene: Scene, folder: Path) -> MovedayApp:
    """The app, on the folder as the scene has it. Colours and motion are the same everywhere."""
    doors = scene.prepare(folder, replay(folder, until=scene.until, name=scene.name))
    app = MovedayApp(doors)
    app.animation_level = "none"
    app.theme = "textual-dark"
    return app


async def play(scene: Scene, pilot: Pilot[None], app: MovedayApp) -> None:
    """Open the step, and bring what was heard while it worked."""
    await opened(pilot, app)
    await visit(scene, pilot, app)
    if scene.since:
        heard = heard_until(scene.name, scene.until, scene.since)
        if scene.until.endswith("/move"):
            heard = _half_way(heard)
        app.start(scene.step, scene.job, lambda session: _work_on(app, session, heard))
        await wait_for(pilot, lambda: app.desk.job is not None, "the work to begin")
        app.desk.bridge.flush()
    if scene.since and scene.step == "cutover":
        count = len(looks_until(scene.name, scene.until))
        strip = app.screen.query_one(ProbeStrip)
        await wait_for(pilot, lambda: len(strip.looks) == count, "the looks at both sides")
    if scene.since:
        await steady(pilot, app)


async def visit(scene: Scene, pilot: Pilot[None], app: MovedayApp) -> None:
    """Open the scene's step."""
    app.switch_mode(scene.step)
    await wait_for(pilot, lambda: app.current_mode == scene.step, f"the step {scene.step}")
    if not scene.asked_for_ever:
        await looked(pilot, app)
    # What was said while the move opened may have been heard before this screen listened.
    app.desk.bridge.flush()
    if isinstance(app.screen, StepScreen) and app.desk.job is None:
        app.screen.say("")
    await steady(pilot, app)


async def looked(pilot: Pilot[None], app: MovedayApp) -> None:
    """Wait until nothing is being looked up any more."""

    def resting() -> bool:
        busy = (w for w in app.workers if w.group in _LOOKING and not w.is_finished)
        return next(busy, None) is None

    await wait_for(pilot, resting, "the looking around to end")


def _half_way(heard: tuple[Heard, ...]) -> tuple[Heard, ...]:
    """Without what was said after half of the data was copied: the move is still going on."""
    for place, each in enumerate(heard):
        if isinstance(each.event, Moving):
            progress = each.event.progress
            if progress.total_bytes and progress.done_bytes * 2 >= progress.total_bytes:
                return heard[: place + 1]
    return heard


async def _work_on(app: MovedayApp, session: Session, heard: tuple[Heard, ...]) -> None:
    """Say again what was said, then go on until somebody stops it: as the runner does, which
    names its run; here what it began stands in the recording.
    """
    session.at_work = AtWork(newest_label(session.journal.entries), 0)
    bridge = app.desk.bridge
    for each in heard:
        if isinstance(each.event, PersonNeeded):
            await bridge.ask_person(each.event)
        else:
            bridge.hear(each.event)
    bridge.flush()
    await session.stop.wait()


@contextmanager
def outside_as_recorded(scene: Scene) -> Iterator[None]:
    """Two looks of the cutover's board ask the outside: they see what was seen then.

    Its gates, and how both sides answer while a cutover is open.
    """
    gates, looks = gates_at(scene.name, scene.until), looks_until(scene.name, scene.until)
    waiting = iter(looks)

    async def check(session: Session) -> tuple[Gate, ...]:
        await asyncio.sleep(0)
        return gates

    async def look(context: RunContext, known: Sides | None = None) -> Look:
        found = next(waiting, None)
        if found is None:
            await asyncio.Event().wait()
        assert found is not None
        return found

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("screens.steps.cutover_acts.look", look)
        patch.setattr("screens.steps.cutover_acts._LOOK_EVERY", 0)
        real = CUTOVER.check
        object.__setattr__(CUTOVER, "check", check)  # a frozen dataclass
        try:
            yield
        finally:
            object.__setattr__(CUTOVER, "check", real)
