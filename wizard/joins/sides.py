"""Joins what asks the two sides' accounts: doors, vaults, lists of apps, the doctor."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from wizard.clock import Clock
    from wizard.engine.machine.tools import DoctorTools
    from wizard.engine.opening import SignInTools
    from wizard.model.account import AppsSeen
    from wizard.model.plan import Plan

USUAL_SOURCE = "heroku"


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

    source = load_source(plan.source.kind if plan else USUAL_SOURCE)
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

    source = source or USUAL_SOURCE
    vault = open_source_door(source, folder, environ, clock).vault
    found: AppsSeen = await load_source(source).list_apps(environ, vault, clock)
    return found


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

    source = plan.source.kind if plan else source_without_plan or USUAL_SOURCE
    if source_without_plan:
        load_source(source_without_plan)  # a name that is none is wrong before anything is asked
    target = plan.target.kind if plan else "aptible"
    return DoctorTools(keyring, postgres, (source, target), account)
