"""Joins the tools that need neither an account nor a plan: databases and DNS."""

from __future__ import annotations

import os

from wizard.cli.launchers import DatabaseTools, DnsTools


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
