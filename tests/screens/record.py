"""Records whole moves on a sandbox, for the pictures: `python -m tests.screens.record [NAME]`.

Takes some ten minutes. A recording holds no path of this machine and no secret; both are searched
for before it is called done.
"""

import asyncio
import contextlib
import gzip
import os
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import httpx

from providers.sandbox.scenarios.acme_clinic.repository_maker import APP
from tests.journeys.sandbox_process import SandboxProcess, environ_for, run_sandbox
from tests.journeys.secret_search import search, secrets_of
from tests.screens.recorder import Person, Recorder
from tests.screens.replay import RECORDINGS
from wizard.clock import SYSTEM_CLOCK
from wizard.engine.answers import ask_for_new_side
from wizard.engine.events import Event, Said, TaskStarted
from wizard.engine.opening import Opening, open_move
from wizard.engine.plan_file import read_plan
from wizard.engine.session import Session
from wizard.errors import MovedayError
from wizard.joins.move import open_outside
from wizard.joins.sides import open_sign_in
from wizard.model.sign_in import Refused, Seen
from wizard.ports.sign_in import Door, Keeper
from wizard.runbook.context import RunContext
from wizard.runbook.open_run import open_run
from wizard.runbook.probes import Look, look
from wizard.runbook.stage import live_stage
from wizard.steps import CUTOVER, DEPLOY, INVENTORY, MAPPING, PLAN, REHEARSAL, REPORT, SIGN_IN
from wizard.steps.deploy import show_plan
from wizard.steps.files import FilesFound
from wizard.steps.files_acts import answer_open as answer_files
from wizard.steps.files_acts import propose, write
from wizard.steps.mapping_decisions import answer_open, give
from wizard.steps.rollback import roll_back

_LOOK_EVERY = 2.0
Journey = Callable[[SandboxProcess, Recorder, Person], Awaitable[None]]

ANSWERS = {"hold-back": "SENDGRID_PASSWORD", "addon/frobnicator": "stay", "jobs": "none"}
GIVEN = "what-the-old-vendor-gave-us-4711"
UNDECIDED = """\
hold_back: [SENDGRID_USERNAME]
# LEGACY_TOKEN was given out by the old vendor; ask Robin.
variables:
  LEGACY_TOKEN: {action: give}
"""


async def smooth(sandbox: SandboxProcess, record: Recorder, person: Person) -> None:
    """The whole move: one rehearsal stopped half-way, one to its end, the cutover, the report."""
    async with opened(sandbox, record, person) as session:
        for step in (PLAN, SIGN_IN, INVENTORY, MAPPING):
            await record.after(step.run(session))
        await record.after(give("LEGACY_TOKEN", GIVEN)(session))
        await record.after(answer_open(session))
        await record.after(PLAN.run(session))
        await files(session, record)
        await record.after(show_plan(session))
        await record.after(deploy(session))
        await gates(session, record)
        person.watch = stop_at(session, "freeze-proven")
        with expected():
            await record.after(REHEARSAL.run(session))
        person.watch = lambda event: None
        session.stop.clear()
        await record.after(REHEARSAL.run(session))
        await gates(session, record)
        async with looking(session, record):
            await record.after(CUTOVER.run(session))
        await record.after(REPORT.run(session))


async def troubled(sandbox: SandboxProcess, record: Recorder, person: Person) -> None:
    """A deploy and a cutover that fail, the way back; then the app changes under the plan."""
    async with opened(sandbox, record, person) as session:
        for step in (PLAN, SIGN_IN, INVENTORY, MAPPING):
            await record.after(step.run(session))
        await record.after(give("LEGACY_TOKEN", GIVEN)(session))
        await record.after(answer_open(session))
        await record.after(PLAN.run(session))
        await files(session, record)
        await gates(session, record)
        sandbox.fault("aptible.provision-fails", handle="acme-clinic-db-throwaway", times=1)
        with expected():
            await record.after(deploy(session))
        await record.after(deploy(session))
        sandbox.fault("postgres.tamper-after-copy", times=1)
        with expected():
            await record.after(REHEARSAL.run(session))
        sandbox.clear_faults()
        await record.after(REHEARSAL.run(session))
        sandbox.fault("postgres.tamper-after-copy", times=1)
        with expected():
            await record.after(CUTOVER.run(session))
        sandbox.clear_faults()
        await record.after(roll_back(session))
        await asyncio.to_thread(change_the_app, sandbox)
        await record.after(INVENTORY.run(session))


JOURNEYS: dict[str, Journey] = {"acme-clinic": smooth, "acme-clinic-trouble": troubled}


async def files(session: Session, record: Recorder) -> None:
    """Look at the files, answer what is open, write what changed."""
    found = await record.after(propose(session))
    found = await record.after(answer_files({})(session))
    assert isinstance(found, FilesFound) and found.proposal is not None
    changed = found.proposal.changes
    if changed:
        await record.after(write(changed, dict(found.proposal.answered))(session))


@asynccontextmanager
async def looking(session: Session, record: Recorder) -> AsyncIterator[None]:
    """Look at both sides all the while, as the cutover's screen does."""
    looks: list[tuple[int, Look]] = []

    async def watch() -> None:
        sides = None
        while True:
            run = open_run(session.journal)
            if run is not None and run.kind == "live":
                stage = live_stage(session.outside, session.plan, run.number)
                seen = await look(RunContext(session, stage, f"run-{run.number}"), sides)
                sides = seen.sides
                looks.append((session.journal.seq, seen))
            await asyncio.sleep(_LOOK_EVERY)

    watching = asyncio.create_task(watch())
    try:
        yield
    finally:
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
        record.keep_looks(looks)


async def gates(session: Session, record: Recorder) -> None:
    """What the cutover's screen would find now."""
    record.keep_gates(await CUTOVER.check(session), session.journal.seq)


async def deploy(session: Session) -> object:
    """As the deploy's screen does it."""
    target = session.plan.target
    words = f"Make {target.app} in environment {target.environment} on Aptible"
    await ask_for_new_side(session, words, "--yes")
    return await DEPLOY.run(session)


@contextlib.contextmanager
def expected() -> Iterator[None]:
    """The trouble that the journey is about; a person would read it."""
    try:
        yield
    except MovedayError as error:
        print(f"as planned: {error.title}", file=sys.stderr)
    else:
        raise AssertionError("this was to fail")


def stop_at(session: Session, *tasks: str) -> Callable[[Event], None]:
    """Ask the engine to stop once one of these tasks has begun."""

    def watch(event: Event) -> None:
        if isinstance(event, TaskStarted) and event.task in tasks:
            session.stop.set()

    return watch


def change_the_app(sandbox: SandboxProcess) -> None:
    """Somebody sets a variable on Heroku and scales the worker."""
    headers = {
        "Authorization": f"Bearer {sandbox.environ['HEROKU_API_KEY']}",
        "Accept": "application/vnd.heroku+json; version=3",
    }
    with httpx.Client(base_url=sandbox.environ["HEROKU_HOST"], headers=headers) as heroku:
        changed = {"FEATURE_RATINGS": "for-every-practice-from-today"}
        heroku.patch("/apps/acme-clinic/config-vars", json=changed).raise_for_status()


@asynccontextmanager
async def opened(
    sandbox: SandboxProcess, record: Recorder, person: Person
) -> AsyncIterator[Session]:
    """The move in the recorder's checkout, opened as the screens open it."""

    async def gather(doors: Sequence[Door], vault: Keeper) -> None:
        """The credentials are in the environment."""

    how = Opening(
        outside=open_outside,
        sign_in=open_sign_in,
        environ=environ_for(sandbox),
        gather=gather,
        say=lambda text: person.hear(Said(text)),
        command="",
    )
    plan, _ = read_plan(record.app)
    tools = open_sign_in(plan, record.app, environ_for(sandbox), SYSTEM_CLOCK, False)
    seen: dict[str, Seen | Refused] = {}
    for door in tools.doors:
        token = tools.vault.get(door.field.service, door.field.account)
        assert token is not None
        seen[door.side] = await door.look(token)
        await door.close()
    record.keep_seen(seen)
    async with open_move(how, record.app, person) as session:
        person.session = session
        yield session


async def record_one(name: str, journey: Journey) -> None:
    """One journey on a sandbox of its own."""
    with tempfile.TemporaryDirectory() as temporary:
        with run_sandbox(Path(temporary), "--no-visitors") as sandbox:
            os.environ.update(environ_for(sandbox))
            app = sandbox.checkout("app")
            plan = app / "moveday.yaml"
            plan.write_text(plan.read_text().partition("hold_back:")[0] + UNDECIDED)
            record, person = Recorder(app, Path(temporary) / "kept"), Person(ANSWERS)
            record.begin()
            try:
                await journey(sandbox, record, person)
            finally:
                record.finish(person.heard)
            record.keep_app(APP)
            secrets = secrets_of(sandbox) | {"given": GIVEN}
        refuse(record.place, secrets, temporary)
        shutil.rmtree(RECORDINGS / name, ignore_errors=True)
        shutil.copytree(record.place, RECORDINGS / name)


def refuse(place: Path, secrets: dict[str, str], temporary: str) -> None:
    """Fail when the recording holds a secret, or a path of this machine."""
    files = [
        (
            path.name,
            gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes(),
        )
        for path in sorted(place.iterdir())
    ]
    found = search(secrets, files)
    paths = {temporary, str(Path.home()), str(Path(__file__).parents[2])}
    found += [
        f"{path} in {where}" for path in paths for where, text in files if path.encode() in text
    ]
    if found:
        raise SystemExit("\n".join(["not fit to be kept:", *found]))
    print(f"{sum(len(t) for _, t in files)} bytes, no secret, no path", file=sys.stderr)


def main() -> None:
    """Every recording, or those that are named."""
    for name in sys.argv[1:] or JOURNEYS:
        asyncio.run(record_one(name, JOURNEYS[name]))


if __name__ == "__main__":
    main()
