"""Joins the engine, the providers and the command line; the only module that knows all three."""

from collections.abc import Mapping
from pathlib import Path

from wizard.cli import moveday
from wizard.cli.launchers import DatabaseTools, Launchers
from wizard.clock import Clock
from wizard.engine.ports import Outside
from wizard.model.plan import Plan


def open_outside(plan: Plan, folder: Path, environ: Mapping[str, str], clock: Clock) -> Outside:
    """Every port of one move, as the plan names them."""
    from providers.databases.postgres import PostgresMover, PostgresProbe, PostgresVerifier
    from providers.dns.authority import AuthoritativeDns
    from providers.dns.site_probe import PinnedSite
    from providers.repo import open_repo
    from providers.sources import load as load_source
    from providers.targets import load as load_target
    from providers.vault.environment import EnvironmentVault
    from wizard.safety.network import load_network

    network = load_network(environ)
    vault = EnvironmentVault(environ)
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
        dns=AuthoritativeDns(network),
        site=PinnedSite(network),
        repo=open_repo(folder),
        vault=vault,
        sign_in=(*source_kind.SIGN_IN, *target_kind.SIGN_IN),
    )


def open_database() -> DatabaseTools:
    """The Postgres tools, without an account or a plan."""
    from providers.databases.postgres import PostgresMover, PostgresProbe, PostgresVerifier
    from providers.databases.postgres.connection_url import connection_from_url

    return DatabaseTools(PostgresProbe(), PostgresMover(), PostgresVerifier(), connection_from_url)


async def serve_sandbox(env_file: Path, scenario: str, size_mb: int, with_visitors: bool) -> None:
    """Serve the sandbox until a signal ends it."""
    from providers.sandbox.world import serve

    await serve(env_file, scenario, size_mb, with_visitors=with_visitors)


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


def main() -> None:
    """The console command `moveday`."""
    launchers = Launchers(
        outside=open_outside,
        database=open_database,
        sandbox=serve_sandbox,
        person=act_as_person,
        control=speak_to_sandbox,
    )
    moveday(obj=launchers)


if __name__ == "__main__":
    main()
