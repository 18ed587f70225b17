"""A serving job in a container's place: started, heard, killed, started again by its platform."""

import asyncio
import contextlib
import os
import secrets
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path

from providers.databases.postgres.job.jobs import PostgresJobs
from tests.providers.databases.source_jobs import container_environ, kept
from wizard.generate.source_job import packed
from wizard.model.database import Connection
from wizard.model.source_job import AskKind, JobHeard, JobOrder, KeptSecret

JOBS = PostgresJobs()
END = 240.0


@dataclass
class Container:
    """One run of the program, in a group of its own."""

    child: asyncio.subprocess.Process
    log: Path

    async def kill(self) -> None:
        """As a platform does it: everything at once, with no word before."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.child.pid, 9)
        await self.child.wait()


@dataclass
class Serving:
    """One job between two databases, and its containers."""

    job: str
    order: JobOrder
    target: Connection
    folder: Path
    containers: list[Container] = field(default_factory=list)

    async def start(self) -> Container:
        """One more container of the same job."""
        log = self.folder / f"log-{len(self.containers)}"
        with log.open("wb") as out:
            child = await asyncio.create_subprocess_exec(
                *("sh", "-c", packed(JOBS.script(self.order))),
                env=container_environ(self.folder),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                start_new_session=True,
            )
        self.containers.append(Container(child, log))
        return self.containers[-1]

    async def heard(
        self, kind: AskKind | None = None, mark: str = "", *, until: Callable[[JobHeard], bool]
    ) -> JobHeard:
        """Say and listen until it is so."""
        async with asyncio.timeout(END):
            while True:
                found = await JOBS.serving.hear(self.target, self.job, kind, mark)
                if found is not None and until(found):
                    return found
                await asyncio.sleep(0.2)

    async def ask(self, kind: AskKind) -> str:
        """One order and its answer."""
        mark = secrets.token_hex(6)
        return (await self.heard(kind, mark, until=lambda it: bool(it.answer))).answer

    def logs(self) -> str:
        """All that its containers have printed."""
        return "".join(each.log.read_text() for each in self.containers)


@contextlib.asynccontextmanager
async def serving(
    source: Connection, target: Connection, folder: Path, *queries: str, **more: object
) -> AsyncIterator[Serving]:
    """A job that is wanted and not started yet; its containers are gone at the end."""
    job = secrets.token_hex(6)
    given = {
        "move": "clinic/db-live/0123",
        "source": KeptSecret(file=str(kept(folder, source, "old"))),
        "target": KeptSecret(file=str(kept(folder, target, "new"))),
        "queries": queries,
        **more,
    }
    order = JobOrder(kind="serve", job=job, major=18, **given)  # type: ignore[arg-type]
    await JOBS.serving.prepare(target, job)
    found = Serving(job, order, target, folder)
    try:
        yield found
    finally:
        for each in found.containers:
            await each.kill()
