"""The outside, gathered: what a session works with. Made by `wizard.joins` or a test."""

from dataclasses import dataclass

from wizard.model.question import SignInField
from wizard.ports.database import Freezer, Mover, Probe, Verifier
from wizard.ports.dns import Dns, SiteProbe
from wizard.ports.laptop import Laptop
from wizard.ports.repo import Repo
from wizard.ports.routes import SliceTimer
from wizard.ports.runner import RunnerKit
from wizard.ports.source import Source
from wizard.ports.source_job import SourceJobs
from wizard.ports.target import Target
from wizard.ports.vault import Vault


@dataclass(frozen=True)
class Outside:
    """Every port of one move. `staging` is the source's sibling app, None when there is none.

    `sign_in` is what both sides need to let us in; `runner` makes movers beside the target,
    `jobs` programs for containers beside the source.
    """

    source: Source
    staging: Source | None
    target: Target
    probe: Probe
    mover: Mover
    verifier: Verifier
    freezer: Freezer
    dns: Dns
    site: SiteProbe
    repo: Repo
    vault: Vault
    laptop: Laptop
    timer: SliceTimer
    sign_in: tuple[SignInField, ...] = ()
    runner: RunnerKit | None = None
    jobs: SourceJobs | None = None

    async def close(self) -> None:
        """Let go of every connection."""
        await self.source.close()
        if self.staging is not None:
            await self.staging.close()
        await self.target.close()
