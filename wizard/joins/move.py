"""Joins every port of one move."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wizard.joins.sides import open_sign_in

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from wizard.clock import Clock
    from wizard.engine.ports import Outside
    from wizard.model.plan import Plan
    from wizard.ports.vault import Vault


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
    from providers.databases.postgres.job.jobs import PostgresJobs
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
    staging = plan.source.model_copy(update={"app": plan.source.staging, "staging": ""})
    return Outside(
        source=open_source(plan.source, environ, vault, clock, folder=folder),
        staging=(
            open_source(staging, environ, vault, clock, folder=folder) if staging.app else None
        ),
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
        jobs=PostgresJobs(),
    )
