"""What the commands get from the one place that joins engine and providers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    # Annotations only: the providers' ports and models take a while to load.
    from collections.abc import Awaitable, Callable, Coroutine, Mapping
    from contextlib import AbstractAsyncContextManager
    from pathlib import Path

    from wizard.clock import Clock
    from wizard.engine.machine.tools import OpenDoctor
    from wizard.engine.opening import Gather, OpenOutside, OpenSignIn, SignInTools
    from wizard.engine.project_look import LastLook
    from wizard.model.account import AppsSeen
    from wizard.model.database import Connection
    from wizard.model.routes import Route
    from wizard.ports.container_engine import FileJudges
    from wizard.ports.database import Keeper, Mover, Probe, Verifier
    from wizard.ports.dns import Dns, Resolvers, SiteProbe
    from wizard.ports.dump import Restorer
    from wizard.ports.laptop import Laptop
    from wizard.ports.look import Choose, Looked
    from wizard.ports.registry import Registry
    from wizard.ports.repo import Repo
    from wizard.ports.routes import SliceTimer
    from wizard.ports.source_job import SourceJobs


@dataclass(frozen=True)
class DatabaseTools:
    """The database ports of one engine, and how a URL or a service becomes a connection.

    `service(name, environ)` reads libpq's service and password files; `bastion(name, connection,
    route)` is a database as it is reached through `ssh name`. `jobs` work where no laptop reaches.
    """

    probe: Probe
    mover: Mover
    verifier: Verifier
    keeper: Keeper
    restorer: Restorer
    connection: Callable[[str], Connection]
    service: Callable[[str, Mapping[str, str]], Connection]
    laptop: Laptop
    timer: SliceTimer
    bastion: Callable[[str, Connection, Route], AbstractAsyncContextManager[Connection]]
    jobs: SourceJobs


@dataclass(frozen=True)
class DnsTools:
    """Looks at names, without an account or a plan.

    `own_resolvers` are this machine's, `public_resolvers` well-known ones; `hosts_file` is what
    this machine's says, name → address; `over_https(url)` asks through that resolver instead.
    """

    dns: Dns
    site: SiteProbe
    resolvers: Resolvers
    own_resolvers: tuple[str, ...]
    public_resolvers: tuple[str, ...]
    hosts_file: Mapping[str, str]
    over_https: Callable[[str], Dns]


@dataclass(frozen=True)
class People:
    """What the sandbox's people do: `change(panel, record)` at the DNS host; `start(console,
    container)` and `end(console, name)` in the web interface of a platform of containers;
    `commit(folder, message)` everything in a checkout."""

    change: Callable[[str, Mapping[str, object]], Awaitable[None]]
    start: Callable[[str, Mapping[str, object]], Awaitable[None]]
    end: Callable[[str, str], Awaitable[None]]
    commit: Callable[[Path, str], None]


@dataclass(frozen=True)
class Launchers:
    """Handed in by `wizard.__main__`, so that the commands import no provider.

    `sandbox(env_file, scenario, size_mb, with_visitors, ttl)` serves until it is stopped;
    `person` plays the sandbox's people; `control(base, path, body)`
    speaks to its control server. `apps(folder, environ, clock, source)` lists what a source's
    account can see ("": the usual one); `look(asked, folder, environ, gather, choose)` reads a
    project of containers from files, or an account for which `gather` gets the credentials;
    `sign_in_to(source, folder, environ, clock)` is the door of one source alone; `registry()` asks
    registries for images.
    `screens(folder, environ)` opens the wizard and returns its exit code; `environ` holds the
    credentials, which the real environment then has no more.
    """

    outside: OpenOutside
    sign_in: OpenSignIn
    database: Callable[[], DatabaseTools]
    dns: Callable[[], DnsTools]
    repo: Callable[[Path], Repo]
    judges: Callable[[Mapping[str, str]], FileJudges]
    registry: Callable[[], Registry]
    doctor: OpenDoctor
    sandbox: Callable[[Path, str, int, bool, int], Awaitable[None]]
    person: People
    control: Callable[[str, str, object | None], Awaitable[object]]
    apps: Callable[[Path, Mapping[str, str], Clock, str], Coroutine[Any, Any, AppsSeen]]
    look: Callable[[LastLook, Path, Mapping[str, str], Gather, Choose], Awaitable[Looked]]
    sign_in_to: Callable[[str, Path, Mapping[str, str], Clock], SignInTools]
    screens: Callable[[Path, Mapping[str, str]], Coroutine[Any, Any, int]]
