"""The clinic's app as a source that is acted on, and consents for it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from pydantic import SecretStr

from providers.sources import load
from providers.sources.medstack.source import MedStackSource
from providers.vault.memory import MemoryVault
from tests.providers.sources.medstack.northside import Northside
from wizard.clock import SYSTEM_CLOCK
from wizard.model.plan import Maintenance, SourceChoice
from wizard.safety.consent import Level, grant

NOTICE = grant(Level.USERS_NOTICE, "the clinic", "test", SYSTEM_CLOCK.now())
CHANGE = grant(Level.CHANGE_NEW_SIDE, "the clinic", "test", SYSTEM_CLOCK.now())
SHAPES: tuple[dict[str, bool], ...] = (
    {},
    {"swarm": True},
    {"thin_list": True},
    {"swarm": True, "running": True},
)


@asynccontextmanager
async def opened(
    clinic: Northside, folder: Path, *, app: str = "portal", **way: str
) -> AsyncIterator[MedStackSource]:
    """`way` is the plan's maintenance."""
    token = clinic.company.tokens[0]
    vault = MemoryVault()
    vault.put("medstack", "api-token", SecretStr(f"{token.key}:{token.value}"))
    choice = SourceChoice(
        kind="medstack",
        app=app,
        cluster=clinic.production.label,
        maintenance=Maintenance.model_validate(way),
    )
    source = load("medstack").open_source(
        choice, clinic.environ, vault, SYSTEM_CLOCK, folder=folder
    )
    try:
        yield source
    finally:
        await source.close()


def switched(clinic: Northside, switches: dict[str, bool]) -> None:
    for name, on in switches.items():
        setattr(clinic.sandbox.switches, name, on)


def effects(clinic: Northside, *what: str) -> list[tuple[str, object]]:
    """What took effect: service or secret, and value, in order."""
    return [
        (str(each.get("service", each.get("name"))), each.get("value"))
        for each in clinic.sandbox.ledger.entries
        if each["effect"] in what
    ]
