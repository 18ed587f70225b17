"""One database's job beside the source as seen from here: asked, and heard, through the target."""

import asyncio
import secrets
from collections.abc import Callable

from wizard.acts import do
from wizard.errors import BlockedError, MovedayError, OutsideError
from wizard.forecast.durations import duration
from wizard.model.evidence import Evidence
from wizard.model.plan import DatabaseChoice
from wizard.model.source_job import AskKind, JobHeard
from wizard.runbook.context import RunContext
from wizard.runbook.lines.job_names import (
    container_name,
    job_name,
    jobs,
)
from wizard.runbook.lines.job_start import start_request
from wizard.runbook.lines.target_line import open_target
from wizard.runbook.person import wait_for_person
from wizard.runbook.watcher import note

SILENT_WITHIN = 20.0
"""Seconds without its beat until a person is asked. Its platform starts a killed one anew."""
LOST_WITHIN = 60.0
"""Seconds in which the way to the target may be away."""
_LOOK, _SOONEST = 1.0, 0.15
_WHY_ENDED = {
    "order": "it was told to end: a way back or the end of a move was begun",
    "silence": "moveday was not heard for many hours",
}


class FarJob:
    """Named by its run and database, so that whoever comes back hears the same one."""

    def __init__(self, context: RunContext, choice: DatabaseChoice) -> None:
        self._context, self._choice = context, choice
        self.name = job_name(context, choice)
        self._said = f"said/{self.name}"

    async def prepare(self) -> None:
        """Make the place where it is told what to do: a job that does not find it does nothing."""
        await jobs(self._context).serving.prepare(await open_target(*self._at()), self.name)

    async def heard(self, kind: AskKind | None = None, mark: str = "") -> JobHeard | None:
        """How it is now; with `kind`, told to do that."""
        target = await open_target(*self._at())
        return await jobs(self._context).serving.hear(target, self.name, kind, mark)

    async def ask(
        self,
        kind: AskKind,
        mark: str = "",
        on_state: Callable[[JobHeard], None] | None = None,
    ) -> str:
        """Its report, once it is there. A `mark` that was given before is not done again.

        Raises OutsideError when the job or the target is away too long, BlockedError when it has
        ended.
        """
        mark = mark or secrets.token_hex(6)
        time, pause = asyncio.get_running_loop().time, _SOONEST
        lost = silent = 0.0
        while True:
            try:
                found = await self.heard(kind, mark)
                lost = 0.0
            except OutsideError as error:
                lost = lost or time()
                if time() - lost > LOST_WITHIN:
                    raise
                self._say_once(f"the target is away: {error.title}; trying again")
                await asyncio.sleep(_LOOK)
                continue
            if found is not None and found.answer:
                if found.tries > 1:
                    note(self._context, f"the job began to {kind} {found.tries} times")
                return found.answer
            if found is None or found.ended:
                raise self._gone(found)
            if found.there:
                silent = 0.0
                self._context.opened.pop(self._said, None)
            else:
                silent = silent or time()
                if time() - silent > SILENT_WITHIN:
                    await self._started_again()
                    silent = 0.0
                    continue
                self._say_once(f"the job {self.name} is not heard; waiting for it")
            if on_state is not None:
                on_state(found)
            await asyncio.sleep(pause)
            pause = min(pause * 1.5, _LOOK)

    def _at(self) -> tuple[RunContext, str]:
        return self._context, self._context.stage.database_handle(self._choice)

    def _say_once(self, words: str) -> None:
        if self._context.opened.get(self._said) != words:
            self._context.opened[self._said] = words
            self._context.say(words, "warn")

    async def _started_again(self) -> None:
        """Ask a person for its container, and wait until it is heard, whoever has started it."""
        context = self._context
        lock = context.opened.setdefault(f"start-again/{self.name}", asyncio.Lock())
        assert isinstance(lock, asyncio.Lock)
        async with lock:
            if await self._is_there(context) is not None:
                return
            container = container_name(context, self._choice)
            request = await start_request(
                context,
                self._choice,
                "start the job beside the source again",
                f"The job was not heard for {duration(SILENT_WITHIN)}: its container {container}"
                " does not run, or no longer reaches the new database. Look at its log; where it"
                " is gone, start it again. What it had begun it goes on with.",
            )
            await wait_for_person(context, request, self._is_there, _LOOK)

    async def _is_there(self, context: RunContext) -> Evidence | None:
        heard = await self.heard()
        if heard is None or heard.ended:
            raise self._gone(heard)
        return context.proof("it is heard again", "its beat") if heard.there else None

    def _gone(self, found: JobHeard | None) -> MovedayError:
        why = _WHY_ENDED.get(found.ended, found.ended) if found else "its place in the target is"
        return BlockedError(
            f"the job {self.name} works no more",
            why if found else f"{why} gone: somebody has emptied the new database",
            f"{do('roll-back')}, and begin again",
        )
