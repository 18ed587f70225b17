"""What every target (Aptible) must be able to do: find, make, change and reach resources."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Protocol

from pydantic import SecretStr

from wizard.model.database import Connection
from wizard.model.rates import Rates
from wizard.model.remote_image import RegistryLogin
from wizard.model.routes import ONE_TUNNEL, Route
from wizard.model.target import (
    ActivePlan,
    DatabaseImage,
    Endpoint,
    Entrance,
    Environment,
    Operation,
    RetainedBackup,
    Service,
    Stack,
    TargetApp,
    TargetDatabase,
)
from wizard.safety.consent import Consent

OnLogLine = Callable[[str], None]
"""Hears an operation's log while it runs, line by line: raw, as the outside wrote it."""


class Target(Protocol):
    """The new side. Handles are the natural keys: everything can be found by them again.

    Every method that changes something returns when the change has ended well, and raises
    `OutsideError` with the operation's log tail when it ended badly. When a write's answer never
    came, it raises `UnknownOutcome`; the caller looks the resource up before repeating. An error
    of `create_…` says `nothing_made` when nothing of ours is left over there. `on_log` hears an
    operation's log as far as it can be followed.
    """

    name: str

    async def organization(self) -> str:
        """Id of the organisation the token belongs to; the configured one if there are several."""
        ...

    async def stacks(self) -> Sequence[Stack]: ...

    async def rates(self) -> Rates:
        """Unit prices of the organisation, as far as the target tells them.

        Raises OutsideError (or BlockedError) when it tells none.
        """
        ...

    async def active_plan(self) -> ActivePlan | None:
        """The price plan in force; None when the target tells of none (an old contract?)."""
        ...

    async def find_environment(self, handle: str) -> Environment | None: ...

    async def create_environment(
        self, handle: str, stack: Stack, consent: Consent
    ) -> Environment: ...

    async def find_app(self, environment: Environment, handle: str) -> TargetApp | None: ...

    async def create_app(
        self, environment: Environment, handle: str, consent: Consent
    ) -> TargetApp: ...

    async def database_images(self) -> Sequence[DatabaseImage]: ...

    async def find_database(
        self, environment: Environment, handle: str
    ) -> TargetDatabase | None: ...

    async def create_database(
        self,
        environment: Environment,
        handle: str,
        image: DatabaseImage,
        disk_gb: int,
        memory_mb: int,
        consent: Consent,
        on_log: OnLogLine | None = None,
    ) -> TargetDatabase:
        """Record and provision; a provision that fails is cleaned up before the error is raised.

        A record that is there but not provisioned is provisioned, not made twice.
        """
        ...

    async def delete_database(self, database: TargetDatabase, consent: Consent) -> None:
        """Deprovision (idempotent); retained backups stay behind and hold its data."""
        ...

    async def delete_endpoint(self, endpoint: Endpoint, consent: Consent) -> None:
        """Deprovision (idempotent): nobody reaches the app by it any more."""
        ...

    async def delete_app(self, app: TargetApp, consent: Consent) -> None:
        """Deprovision (idempotent); its services, endpoints and repository go with it."""
        ...

    async def delete_environment(self, environment: Environment, consent: Consent) -> None:
        """Remove (idempotent). Raises OutsideError while something is in it, backups included."""
        ...

    async def backups(self, environment: Environment) -> Sequence[RetainedBackup]:
        """Every backup in an environment, those of databases that are gone included."""
        ...

    async def database_url(self, database: TargetDatabase) -> SecretStr:
        """The URL apps inside the stack use."""
        ...

    async def find_entrance(self, database: TargetDatabase) -> Entrance | None:
        """The database's way in from outside, if it has one."""
        ...

    async def create_entrance(
        self,
        database: TargetDatabase,
        allowed_ips: Sequence[str],
        consent: Consent,
        on_log: OnLogLine | None = None,
    ) -> Entrance:
        """Make and provision one, for these addresses only. UsageError without any address."""
        ...

    async def delete_entrance(self, entrance: Entrance, consent: Consent) -> None:
        """Deprovision (idempotent): the database is reached by a tunnel only again."""
        ...

    async def entrance_url(self, database: TargetDatabase, entrance: Entrance) -> SecretStr:
        """The URL by which somebody at one of those addresses reaches the database."""
        ...

    async def database_certificates(self, database: TargetDatabase) -> str:
        """The certificates (PEM) that the database's own is checked against; "" when not told."""
        ...

    def tunnel(
        self,
        database: TargetDatabase,
        on_broken: Callable[[str], None] | None = None,
        *,
        route: Route = ONE_TUNNEL,
    ) -> AbstractAsyncContextManager[Connection]:
        """Open a tunnel; yields a connection to its local end. Raises when it breaks inside.

        `route`: how many ssh connections beside each other, and whether they are compressed.

        `on_broken` hears the reason at once, long before whoever reads through it may notice.
        """
        ...

    async def configuration(self, app: TargetApp) -> Mapping[str, SecretStr]:
        """All config variables of an app, for memory only."""
        ...

    async def configure(
        self, app: TargetApp, changes: Mapping[str, SecretStr], consent: Consent
    ) -> Operation:
        """Merge `changes` (an empty value removes); restarts a running app, runs no hook."""
        ...

    async def pushed(self, app: TargetApp, commit: str) -> bool:
        """Whether this commit is already in the app's repository there."""
        ...

    async def push(
        self, app: TargetApp, commit: str, consent: Consent, repository: Path | None = None
    ) -> None:
        """Push one commit to a branch that does not deploy: of the app's local repository, or of
        the one in the folder `repository`."""
        ...

    async def last_deployed_commit(self, app: TargetApp) -> str | None: ...

    async def deploy(
        self,
        app: TargetApp,
        commit: str,
        consent: Consent,
        *,
        new_service_count: int | None = None,
        registry: RegistryLogin | None = None,
        on_log: OnLogLine | None = None,
    ) -> Operation:
        """Deploy a pushed commit: build, hooks, release.

        `registry` is who may pull the image that the build begins from; the target keeps it for
        later deploys (None: what it has kept).

        `new_service_count` is how many containers services get that the deploy makes (None: the
        target's default); it does not touch services that are there.
        """
        ...

    async def follow(self, app: TargetApp, on_line: OnLogLine) -> None:
        """Tell every line that the app's containers print from now on, raw.

        Returns when the log's connection has ended, which says nothing about the app. Raises
        OutsideError when there was none.
        """
        ...

    async def services(self, app: TargetApp) -> Sequence[Service]: ...

    async def scale(
        self, service: Service, count: int, memory_mb: int | None, consent: Consent
    ) -> Operation: ...

    async def endpoints(self, app: TargetApp) -> Sequence[Endpoint]: ...

    async def create_endpoint(
        self,
        service: Service,
        *,
        domain: str | None,
        port: int | None,
        allowed_ips: Sequence[str],
        consent: Consent,
        on_log: OnLogLine | None = None,
    ) -> Endpoint:
        """Make and provision an endpoint: default domain if `domain` is None, else managed TLS."""
        ...

    async def renew_certificate(self, endpoint: Endpoint, consent: Consent) -> Endpoint:
        """Ask for the managed certificate now; press once, after DNS was checked."""
        ...

    async def run_inside(
        self,
        app: TargetApp,
        script: str,
        arguments: Sequence[str],
        stdin: SecretStr,
        consent: Consent,
    ) -> str:
        """Run a POSIX shell script in a throw-away container with the app's configuration.

        `stdin` goes through the session's input, never its arguments; the script must not print
        secrets (session output can reach log drains). Returns stdout.
        """
        ...

    def by_hand(self, action: str, **words: str) -> str:
        """The official command for `action`: create-app, create-database, configure, push, deploy,
        scale, create-endpoint, renew, tunnel, delete-database, list-backups,
        list-orphaned-backups, create-entrance, delete-entrance, delete-endpoint, delete-app,
        purge-backup.

        Secrets appear as $NAME only.
        """
        ...

    async def close(self) -> None: ...
