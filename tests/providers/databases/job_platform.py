"""Both sides of a move whose source only a container reaches, on two real clusters.

The source's platform keeps secrets as files and starts what a person asks for; the target's
databases are the right cluster's, with a way in that is opened and closed.
"""

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from pydantic import SecretStr

from providers.databases.postgres import (
    PostgresFreezer,
    PostgresMover,
    PostgresProbe,
    PostgresVerifier,
)
from providers.databases.postgres.job.jobs import PostgresJobs
from tests.providers.databases.clusters import Site
from tests.providers.databases.source_jobs import container_environ, url_of
from tests.wizard.runbook.session_for_tests import Listener, NoOutside, open_test_session
from wizard.engine.events import PersonNeeded
from wizard.engine.ports import Outside
from wizard.engine.session import Session
from wizard.errors import BlockedError
from wizard.model.database import Connection
from wizard.model.plan import DatabaseChoice, Plan, Queue, SourceChoice, TargetChoice
from wizard.model.source_job import KeptSecret
from wizard.model.target import Entrance, Environment, TargetDatabase
from wizard.runbook.context import RunContext
from wizard.runbook.stage import live_stage
from wizard.safety.consent import Consent, Level, require

ADDRESS = "203.0.113.7"
CHOICE = DatabaseChoice(variable="DATABASE_URL", handle="portal-db", route="job")
PLAN = Plan(
    source=SourceChoice(kind="medstack", app="portal", cluster="c"),
    target=TargetChoice(stack="s", environment="e", app="portal"),
    databases=(CHOICE,),
    queues=(Queue(name="work", waiting="SELECT count(*) FROM changed WHERE note = 'waits'"),),
)


@dataclass
class Platform:
    """The source, and what is beside its database."""

    database_there: Connection
    folder: Path
    name: str = "Clinic's platform"
    app: str = "portal"
    containers: dict[str, asyncio.subprocess.Process] = field(default_factory=dict)
    ended: list[str] = field(default_factory=list)

    @property
    def beside(self) -> "Platform":
        return self

    async def database(self, variable: str) -> Connection:
        raise BlockedError(f"{variable} is out of reach", "only containers get there")

    async def addresses(self) -> tuple[str, ...]:
        return (ADDRESS,)

    async def url(self, variable: str) -> SecretStr:
        return SecretStr(url_of(self.database_there))

    async def keep_secret(self, name: str, value: SecretStr, consent: Consent) -> KeptSecret:
        require(consent, Level.CHANGE_NEW_SIDE, name)
        (self.folder / name).write_text(value.get_secret_value())
        return KeptSecret(file=str(self.folder / name))

    async def forget_secret(self, name: str, consent: Consent) -> bool:
        require(consent, Level.CHANGE_NEW_SIDE, name)
        (self.folder / name).unlink(missing_ok=True)
        return True

    def start_by_hand(self, name: str, image: str, secrets: tuple[str, ...]) -> str:
        return f"start {name} of {image} with {', '.join(secrets)}"

    def end_by_hand(self, name: str, secrets: tuple[str, ...]) -> str:
        return f"end {name}"

    async def start(self, request: PersonNeeded) -> None:
        """As the person does it."""
        wanted = request.start
        assert wanted is not None
        with (self.folder / f"{wanted.name}.log").open("ab") as log:
            self.containers[wanted.name] = await asyncio.create_subprocess_exec(
                *("sh", "-c", wanted.line),
                env=container_environ(self.folder),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    async def end(self) -> None:
        """Every container, at once."""
        for child in self.containers.values():
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child.pid, 9)
            await child.wait()


@dataclass
class NewSide:
    """One environment whose database is there already."""

    connection: Connection
    site: Site
    name: str = "target"
    entrance: Entrance | None = None

    async def find_environment(self, handle: str) -> Environment:
        return Environment(id=1, handle=handle, stack_id=1, kind="production")

    async def find_database(self, environment: Environment, handle: str) -> TargetDatabase:
        return TargetDatabase(
            id=3, handle=handle, engine="postgresql", version="18", status="provisioned"
        )

    async def find_entrance(self, database: TargetDatabase) -> Entrance | None:
        return self.entrance

    async def create_entrance(
        self, database: TargetDatabase, allowed_ips: Sequence[str], consent: Consent, on_log: Any
    ) -> Entrance:
        require(consent, Level.CHANGE_NEW_SIDE, "entrance")
        self.entrance = Entrance(
            id=9,
            database_id=database.id,
            status="provisioned",
            host=self.connection.host,
            port=self.connection.port,
            allowed_ips=tuple(f"{each}/32" for each in allowed_ips),
        )
        return self.entrance

    async def delete_entrance(self, entrance: Entrance, consent: Consent) -> None:
        require(consent, Level.CHANGE_NEW_SIDE, "entrance")
        self.entrance = None

    async def entrance_url(self, database: TargetDatabase, entrance: Entrance) -> SecretStr:
        return SecretStr(url_of(self.connection))

    async def database_certificates(self, database: TargetDatabase) -> str:
        return Path(self.connection.ca_file).read_text()

    @contextlib.asynccontextmanager
    async def tunnel(
        self, database: TargetDatabase, on_broken: object = None, **_: object
    ) -> AsyncIterator[Connection]:
        yield self.connection


@dataclass
class Person(Listener):
    """Starts what is asked for, when it is asked."""

    platform: Platform | None = None
    at_hand: bool = True

    async def ask_person(self, request: PersonNeeded) -> None:
        await super().ask_person(request)
        assert self.platform is not None
        if request.start is not None and self.at_hand:
            await self.platform.start(request)
        if request.end:
            self.platform.ended.append(request.end)


@dataclass
class Clinic(NoOutside):
    source: Any = None
    staging: Any = None
    target: Any = None
    probe: PostgresProbe = field(default_factory=PostgresProbe)
    mover: PostgresMover = field(default_factory=PostgresMover)
    verifier: PostgresVerifier = field(default_factory=PostgresVerifier)
    freezer: PostgresFreezer = field(default_factory=PostgresFreezer)
    jobs: PostgresJobs = field(default_factory=PostgresJobs)


def open_clinic(folder: Path, platform: Platform, side: NewSide, plan: Plan = PLAN) -> Session:
    """A session whose outside is these two."""
    session = open_test_session(
        folder, Person({"accept": "yes"}, patience=120.0, platform=platform)
    )
    if not session.journal.entries:
        session.journal.append("read", key="first")
    session.plan = plan
    session.outside = cast(Outside, Clinic(source=platform, target=side))
    return session


def live_run(session: Session) -> RunContext:
    """The first cutover's context."""
    return RunContext(session, live_stage(session.outside, session.plan, 1), "run-1")


def told(session: Session) -> Mapping[str, str]:
    """Every task that is done, and by which proof."""
    return {
        entry.task: str(cast(Any, entry.data["evidence"])["what"])
        for entry in session.journal.entries
        if entry.kind == "done" and entry.task
    }
