"""Joins the engine, the providers and the command line; the only module that knows all three."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from wizard.cli import moveday
from wizard.cli.launchers import DatabaseTools, DnsTools, Launchers

if TYPE_CHECKING:
    # Annotations only: `--version` and `status` start without the ports and models.
    from collections.abc import Mapping

    from wizard.clock import Clock
    from wizard.engine.events import PersonNeeded
    from wizard.engine.machine.tools import DoctorTools
    from wizard.engine.opening import Gather, SignInTools
    from wizard.engine.ports import Outside
    from wizard.engine.project_look import LastLook
    from wizard.model.account import AppsSeen
    from wizard.model.plan import Plan
    from wizard.ports.container_engine import FileJudges
    from wizard.ports.look import Choose, Looked
    from wizard.ports.registry import Registry
    from wizard.ports.repo import Repo
    from wizard.ports.vault import Vault

_USUAL_SOURCE = "heroku"


def open_outside(
    plan: Plan,
    folder: Path,
    environ: Mapping[str, str],
    clock: Clock,
    vault: Vault | None = None,
) -> Outside:
    """Every port of one move, as the plan names them."""
    from providers.databases.postgres import (
        PostgresFreezer,
        PostgresMover,
        PostgresProbe,
        PostgresSliceTimer,
        PostgresVerifier,
    )
    from providers.databases.postgres.runner_kit import PostgresRunner
    from providers.dns.authority import AuthoritativeDns
    from providers.dns.site_probe import PinnedSite
    from providers.laptop import ThisLaptop
    from providers.repo import open_repo
    from providers.sources import load as load_source
    from providers.targets import load as load_target
    from wizard import __version__
    from wizard.engine.ports import Outside
    from wizard.safety.network import load_network

    network = load_network(environ)
    vault = vault or open_sign_in(plan, folder, environ, clock, False).vault
    source_kind, target_kind = load_source(plan.source.kind), load_target(plan.target.kind)
    open_source, open_target = source_kind.open_source, target_kind.open_target
    staging = plan.source.staging
    return Outside(
        source=open_source(plan.source.app, environ, vault, clock),
        staging=open_source(staging, environ, vault, clock) if staging else None,
        target=open_target(plan.target, environ, vault, network, folder, clock),
        probe=PostgresProbe(),
        mover=PostgresMover(),
        verifier=PostgresVerifier(),
        freezer=PostgresFreezer(),
        dns=AuthoritativeDns(network),
        site=PinnedSite(network),
        repo=open_repo(folder),
        vault=vault,
        laptop=ThisLaptop(environ),
        timer=PostgresSliceTimer(),
        sign_in=(*source_kind.SIGN_IN, *target_kind.SIGN_IN),
        runner=PostgresRunner(__version__),
    )


def open_sign_in(
    plan: Plan | None,
    folder: Path,
    environ: Mapping[str, str],
    clock: Clock,
    client_may_revoke: bool,
) -> SignInTools:
    """The doors of the plan's sides, Heroku and Aptible when there is none yet."""
    from providers.sources import load as load_source
    from providers.targets import load as load_target
    from providers.vault.move_vault import MoveVault
    from wizard.engine.opening import SignInTools
    from wizard.safety.network import load_network

    source = load_source(plan.source.kind if plan else _USUAL_SOURCE)
    target = load_target(plan.target.kind if plan else "aptible")
    doors = (
        source.open_door(environ, clock, client_may_revoke),
        target.open_door(environ, clock, load_network(environ).ca_file),
    )
    app = plan.source.app if plan else ""
    hosts = {f"{door.field.service}/{door.field.account}": door.host for door in doors}
    return SignInTools(doors, MoveVault(environ, folder, app, hosts=hosts, clock=clock))


def open_source_door(
    source: str, folder: Path, environ: Mapping[str, str], clock: Clock
) -> SignInTools:
    """The door of one source, before there is a plan. UsageError for a name that is no source."""
    from providers.sources import load as load_source
    from providers.vault.move_vault import MoveVault
    from wizard.engine.opening import SignInTools

    door = load_source(source).open_door(environ, clock, False)
    hosts = {f"{door.field.service}/{door.field.account}": door.host}
    return SignInTools((door,), MoveVault(environ, folder, hosts=hosts, clock=clock))


async def see_apps(
    folder: Path, environ: Mapping[str, str], clock: Clock, source: str = ""
) -> AppsSeen:
    """The apps of a source's account; needs no plan, only a token."""
    from providers.sources import load as load_source

    source = source or _USUAL_SOURCE
    vault = open_source_door(source, folder, environ, clock).vault
    found: AppsSeen = await load_source(source).list_apps(environ, vault, clock)
    return found


async def look_at_project(
    asked: LastLook,
    folder: Path,
    environ: Mapping[str, str],
    gather: Gather,
    choose: Choose,
) -> Looked:
    """What a source of files holds, or one cluster of a source with an account, with files."""
    from providers.sources import load as load_source
    from providers.targets import load as load_target
    from wizard.clock import SYSTEM_CLOCK
    from wizard.errors import UsageError
    from wizard.ports.look import Looked

    files = tuple(Path(name) for name in asked.files)
    look = getattr(load_source(asked.source), "look_at_account", None)
    if look is None:
        if asked.cluster:
            raise UsageError("--cluster says which of an account", f"{asked.source} has none")
        return look_at_files(asked.source, folder, files, asked.profiles)
    tools = open_source_door(asked.source, folder, environ, SYSTEM_CLOCK)
    await gather(tools.doors, tools.vault)
    given = (files, folder, asked.profiles, asked.cluster, environ, tools.vault, SYSTEM_CLOCK)
    inventory, values, cluster = await look(*given, choose=choose)
    by_hand = load_target("aptible").by_hand
    return Looked(inventory, values, lambda action, **words: by_hand(action, words), cluster)


def look_at_files(
    source: str, folder: Path, files: tuple[Path, ...], profiles: tuple[str, ...]
) -> Looked:
    """What a source of plain files holds; needs no account. UsageError when it is none."""
    from providers.sources import load as load_source
    from providers.targets import load as load_target
    from wizard.clock import SYSTEM_CLOCK
    from wizard.errors import UsageError
    from wizard.ports.look import Looked

    look = getattr(load_source(source), "look", None)
    if look is None:
        raise UsageError(
            f"{source} is no source of files",
            "it is read through its account",
            "moveday sign-in, then moveday inventory, without --source",
        )
    inventory, values = look(folder, files, profiles, SYSTEM_CLOCK)
    by_hand = load_target("aptible").by_hand
    return Looked(inventory, values, lambda action, **words: by_hand(action, words))


def open_database() -> DatabaseTools:
    """The Postgres tools, without an account or a plan."""
    from providers.databases.postgres import (
        PostgresKeeper,
        PostgresMover,
        PostgresProbe,
        PostgresRestorer,
        PostgresSliceTimer,
        PostgresVerifier,
    )
    from providers.databases.postgres.connection_service import connection_from_service
    from providers.databases.postgres.connection_url import connection_from_url
    from providers.databases.postgres.job.jobs import PostgresJobs
    from providers.laptop import ThisLaptop
    from providers.ssh.bastion import through_bastion

    return DatabaseTools(
        probe=PostgresProbe(),
        mover=PostgresMover(reconnect_within=60),
        verifier=PostgresVerifier(),
        keeper=PostgresKeeper(),
        restorer=PostgresRestorer(),
        connection=connection_from_url,
        service=connection_from_service,
        laptop=ThisLaptop(os.environ),
        timer=PostgresSliceTimer(),
        bastion=through_bastion,
        jobs=PostgresJobs(),
    )


def open_dns() -> DnsTools:
    """Looks at names, without an account or a plan."""
    from providers.dns.authority import AuthoritativeDns
    from providers.dns.machine import PUBLIC_RESOLVERS, hosts_file, hosts_path, own_resolvers
    from providers.dns.over_https import OverHttps
    from providers.dns.resolvers import CacheLooks
    from providers.dns.site_probe import PinnedSite
    from wizard.safety.network import load_network

    network = load_network()
    return DnsTools(
        dns=AuthoritativeDns(network),
        site=PinnedSite(network),
        resolvers=CacheLooks(network),
        own_resolvers=own_resolvers(network),
        public_resolvers=PUBLIC_RESOLVERS,
        hosts_file=hosts_file(hosts_path()),
        over_https=lambda url: OverHttps(url, network),
    )


def open_doctor(
    plan: Plan | None,
    folder: Path,
    environ: Mapping[str, str],
    clock: Clock,
    source_without_plan: str = "",
) -> DoctorTools:
    """What the doctor looks with: the keyring, the database programs, and both accounts."""
    from providers.sources import load as load_source
    from wizard.engine.machine.tools import DoctorTools
    from wizard.ports.doctor import AccountDoctor

    def keyring() -> str:
        from providers.vault.system_keyring import SystemKeyring

        ring = SystemKeyring(environ)
        ring.probe()
        return ring.words

    async def postgres() -> str:
        from providers.bundled_postgres import major_of, newest_pg_dump, programs

        program = await newest_pg_dump(0)
        whose = "moveday's own" if program.is_relative_to(programs()) else "this machine's"
        return f"PostgreSQL programs: {whose}, version {await major_of(program)}"

    def account(side: str) -> AccountDoctor:
        from providers.targets import load as load_target
        from wizard.safety.network import load_network

        app = plan.source.app if plan else ""
        doctor: AccountDoctor
        if side == source and plan is None:
            vault = open_source_door(source, folder, environ, clock).vault
            doctor = load_source(source).open_doctor("", environ, vault, clock)
            return doctor
        vault = open_sign_in(plan, folder, environ, clock, False).vault
        if side == source:
            doctor = load_source(source).open_doctor(app, environ, vault, clock)
        else:
            choice, network = plan.target if plan else None, load_network(environ)
            doctor = load_target(target).open_doctor(choice, environ, vault, network, clock)
        return doctor

    source = plan.source.kind if plan else source_without_plan or _USUAL_SOURCE
    if source_without_plan:
        load_source(source_without_plan)  # a name that is none is wrong before anything is asked
    target = plan.target.kind if plan else "aptible"
    return DoctorTools(keyring, postgres, (source, target), account)


async def serve_sandbox(
    env_file: Path, scenario: str, size_mb: int, with_visitors: bool, ttl: int
) -> None:
    """Serve the sandbox until a signal ends it."""
    if scenario == "northside-clinic":
        from providers.sandbox.medstack.alone import serve as serve_medstack

        await serve_medstack(env_file, ttl)
        return
    from providers.sandbox.world import serve

    await serve(env_file, scenario, size_mb, with_visitors=with_visitors, ttl=ttl)


async def act_as_person(panel: str, change: Mapping[str, object]) -> None:
    """Change one record in the sandbox's DNS panel."""
    from providers.sandbox.dns.person import act

    await act(panel, change)


async def speak_to_sandbox(base: str, path: str, body: object | None) -> object:
    """One request to the sandbox's control server."""
    import httpx

    async with httpx.AsyncClient(base_url=base, trust_env=False, timeout=30) as client:
        reply = await (client.get(path) if body is None else client.post(path, json=body))
        reply.raise_for_status()
        return reply.json() if reply.content else None


async def open_screens(folder: Path, environ: Mapping[str, str]) -> int:
    """The wizard in this terminal; its exit code. UsageError without a terminal."""
    from screens.app import MovedayApp
    from screens.collector import leave_out_what_stays
    from screens.doors import Doors
    from screens.terminal import refuse_without_terminal

    refuse_without_terminal(environ)
    practice = "SANDBOX_CONTROL" in environ
    doors = Doors(
        folder=folder,
        practice=practice,
        environ=environ,
        outside=open_outside,
        sign_in=open_sign_in,
        look=open_checkout,
        play_person=play_person if practice and "MOVEDAY_PERSON_HOOK" in environ else None,
        settled=leave_out_what_stays,
    )
    app = MovedayApp(doors)
    await app.run_async()
    return app.return_code or 0


async def play_person(request: PersonNeeded) -> str | None:
    """On a sandbox: let the person hook do what a person is asked to do."""
    from wizard.cli.hook import tell_hook

    return await tell_hook(request)


def open_checkout(folder: Path) -> Repo:
    """The repository that holds `folder`, or the bare folder."""
    from providers.repo import open_repo

    return open_repo(folder)


def open_judges(environ: Mapping[str, str]) -> FileJudges:
    """The programs of this machine that can judge an app's files."""
    from providers.docker import open_judges as look

    return look(environ)


def open_registry() -> Registry:
    """Asks the registry that an image's name leads to."""
    from providers.registry import RegistryClient

    return RegistryClient()


def main() -> None:
    """The console command `moveday`."""
    launchers = Launchers(
        outside=open_outside,
        sign_in=open_sign_in,
        database=open_database,
        dns=open_dns,
        repo=open_checkout,
        judges=open_judges,
        registry=open_registry,
        doctor=open_doctor,
        sandbox=serve_sandbox,
        person=act_as_person,
        control=speak_to_sandbox,
        apps=see_apps,
        look=look_at_project,
        sign_in_to=open_source_door,
        screens=open_screens,
    )
    moveday(obj=launchers)


if __name__ == "__main__":
    main()
