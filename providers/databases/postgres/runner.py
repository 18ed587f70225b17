"""The program of a target-side runner: copies and compares one database, and says so in its log.

Started as `python -m providers.databases.postgres.runner` in a container beside the target, with
three settings: MOVEDAY_JOB (wizard.model.runner.RunnerJob) and the two URLs. It looks that it
reaches both databases, then waits for its go (providers.databases.postgres.orders), nothing open at
the source; a pause holds its copy.

It holds the snapshot itself, since an exported one ends with the session that made it, and so
compares inside the copy's own; both sides hash on their servers, so comparing here costs the line
nothing. When all is said it stays and says it again, less and less often: whoever listens may have
been away, and a container that ends would be started anew. Started again amid a copy, it goes on by
the journal in the target.
"""

import asyncio
import contextlib
import os
import signal
from collections.abc import Awaitable, Callable, Mapping, Sequence

from pydantic import ValidationError

from providers.databases.postgres.connection import application_name
from providers.databases.postgres.connection_url import connection_from_url
from providers.databases.postgres.copy import copy
from providers.databases.postgres.errors import DatabaseTrouble
from providers.databases.postgres.orders import Ear
from providers.databases.postgres.runner_voice import Voice
from providers.databases.postgres.session import session
from providers.databases.postgres.slice import time_slice
from providers.databases.postgres.snapshot import export_snapshot
from providers.databases.postgres.verify import verify
from wizard.errors import MovedayError, UsageError
from wizard.model.database import Connection, MoveProgress
from wizard.model.routes import BY_RUNNER, RouteMeasure
from wizard.model.runner import (
    Phase,
    RunnerFailure,
    RunnerJob,
    RunnerOrder,
    RunnerState,
)
from wizard.ports.database import Snapshot
from wizard.safety.clean import clean
from wizard.safety.redact import REDACTOR

JOB, SOURCE, TARGET = "MOVEDAY_JOB", "MOVEDAY_SOURCE_URL", "MOVEDAY_TARGET_URL"
_MAY_PASS = ("unreachable", "lost", "busy", "snapshot")
_PAUSES = (2.0, 10.0, 30.0, 60.0, 120.0)
"""Seconds before it tries again by itself: nobody may be listening who could tell it to."""
_FEW_PAUSES = (1.0, 5.0)
"""The same before its go: a person waits, and nothing is lost yet."""


class Work:
    """One move: copy, then comparison, both seen through the snapshot that is held here."""

    def __init__(self, job: RunnerJob, source: Connection, target: Connection, voice: Voice):
        self._job, self._source, self._target, self._voice = job, source, target, voice
        self._ear = Ear(target, job.move_id)
        self._snapshot: Snapshot | None = None
        self._trouble = ""

    async def run(self) -> None:
        """All of it. A trouble is told, not raised; one that may pass is tried again first."""
        try:
            # Before it has heard its orders it cannot know whether a copy is under way.
            heard = await self._tried(self._ear.open, _PAUSES)
            if heard and await self._tried(self._wait, _FEW_PAUSES):
                await self._tried(self._once, _PAUSES)
        finally:
            await self._ear.close()

    async def _tried(self, act: Callable[[], Awaitable[None]], pauses: Sequence[float]) -> bool:
        """Whether it went well in the end."""
        for pause in (*pauses, None):
            try:
                await act()
            except DatabaseTrouble as error:
                if pause is None or error.kind not in _MAY_PASS:
                    self._fail(type(error).__name__, error.title, error.detail, error.remedy)
                    return False
                self._trouble = _safe(f"{error.title}: {error.detail}")
                self._voice.forget()
                self._tell("starting")
                await asyncio.sleep(pause)
            except MovedayError as error:
                self._fail(type(error).__name__, error.title, error.detail, error.remedy)
                return False
            except Exception as error:
                # The class alone: its words could quote a value.
                self._fail("bug", f"the runner met an unexpected {type(error).__name__}")
                return False
            else:
                return True
        return False

    async def _wait(self) -> None:
        """Until the go. One that an earlier life of this runner was given still stands."""
        if self._ear.order.go:
            return
        name = application_name("look", self._job.move_id)
        async with session(self._source, name, "source") as opened:
            await opened.value("SELECT true")
        self._trouble = ""
        order = self._ear.order
        while not order.go:
            self._tell("waiting", order=order)
            if order.seconds:
                measure = await self._try_the_way(order.seconds)
                self._tell("waiting", order=order, measure=measure)
            order = await self._ear.other_than(order)
        self._tell("starting")

    async def _try_the_way(self, seconds: float) -> RouteMeasure:
        """As wizard.engine.routes does from a laptop."""
        try:
            found = await time_slice(self._source, self._target, seconds=seconds)
        except MovedayError as error:
            trouble = _safe(f"{error.title}: {error.detail}".rstrip(": "))
            return RouteMeasure(route=BY_RUNNER, trouble=trouble)
        return RouteMeasure(route=BY_RUNNER, slice=found)

    async def _once(self) -> None:
        async with export_snapshot(self._source) as snapshot:
            self._snapshot, self._voice.age = snapshot, snapshot.age_seconds
            try:
                await self._copy_and_compare(snapshot)
            finally:
                self._voice.age = None

    async def _copy_and_compare(self, snapshot: Snapshot) -> None:
        self._tell("copying")
        result = await copy(
            self._source,
            self._target,
            snapshot=snapshot,
            move_id=self._job.move_id,
            on_progress=lambda progress: self._tell("copying", progress),
            resume=True,
            frozen=self._job.frozen,
            limit=self._job.limit,
            paused=lambda: self._ear.order.hold,
        )
        self._voice.keep(result)
        self._tell("comparing")
        verdict = await verify(
            self._source,
            self._target,
            snapshot=snapshot,
            on_progress=lambda progress: self._tell("comparing", progress),
        )
        self._tell("done")
        self._voice.keep(verdict)

    def _tell(
        self,
        phase: Phase,
        progress: MoveProgress | None = None,
        *,
        order: RunnerOrder | None = None,
        measure: RouteMeasure | None = None,
    ) -> None:
        age = self._snapshot.age_seconds() if self._snapshot else 0.0
        self._voice.show(
            RunnerState(
                phase=phase,
                progress=progress,
                snapshot_age=round(age, 3),
                trouble=self._trouble,
                mark=order.mark if order else "",
                measure=measure,
            )
        )

    def _fail(self, kind: str, title: str, detail: str = "", hint: str = "") -> None:
        texts = [_safe(text) for text in (title, detail, hint)]
        self._tell("failed")
        self._voice.keep(RunnerFailure(kind=kind, title=texts[0], detail=texts[1], hint=texts[2]))


def _safe(text: str) -> str:
    return REDACTOR.redact(clean(REDACTOR.redact(text), lines=True))


def read_settings(environ: Mapping[str, str]) -> tuple[RunnerJob, Connection, Connection]:
    """Job, source, target. Raises UsageError, which shows no value."""
    missing = [name for name in (JOB, SOURCE, TARGET) if not environ.get(name)]
    if missing:
        raise UsageError("a setting of the runner is missing", ", ".join(missing))
    try:
        job = RunnerJob.model_validate_json(environ[JOB])
    except ValidationError:
        raise UsageError(f"the runner cannot read {JOB}") from None
    sides = []
    for name in (SOURCE, TARGET):
        REDACTOR.learn(environ[name])
        connection = connection_from_url(environ[name])
        REDACTOR.learn(connection.password.get_secret_value())
        # libpq's own variable: where names are not to be looked up.
        host = environ.get("PGHOSTADDR") or connection.host
        sides.append(connection.model_copy(update={"host": host}))
    return job, sides[0], sides[1]


async def serve(environ: Mapping[str, str]) -> None:
    """Work, and talk until a signal ends it; workers and server sessions end with it."""
    try:
        job, source, target = read_settings(environ)
    except UsageError as error:
        voice, work = Voice(""), None
        voice.keep(RunnerFailure(kind="UsageError", title=error.title, detail=error.detail))
    else:
        voice = Voice(job.name)
        work = asyncio.create_task(Work(job, source, target, voice).run())
    talk = asyncio.create_task(voice.go_on())
    end = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, end.set)
    await end.wait()
    for task in (talk, work):
        if task is not None:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task


def main() -> None:
    """Until SIGTERM."""
    # Children need no secret of ours in their environment, nor does a crash report.
    environ = dict(os.environ)
    for name in (SOURCE, TARGET):
        os.environ.pop(name, None)
    asyncio.run(serve(environ))


if __name__ == "__main__":
    main()
