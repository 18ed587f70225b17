"""Every look that the findings about names need, at the authoritative servers, in parallel."""

import asyncio
import secrets
import string
from collections.abc import Iterable
from dataclasses import dataclass, field

from wizard.errors import OutsideError
from wizard.model.dns import NameSurvey
from wizard.ports.dns import Dns, PortIntercepted
from wizard.rules.domain_findings import Look, later_looks, looks_for
from wizard.rules.other_records import fingerprints, looks_at_others

_ROUNDS = 4
"""Aliases across zones that are followed for the CAA at their end."""
_AT_ONCE = 16
"""Surveys under way at the same time: each asks several servers several things."""


@dataclass(frozen=True)
class Seen:
    """The surveys by host, whether each zone is signed, and what could not be looked at."""

    surveys: dict[str, NameSurvey] = field(default_factory=dict)
    signed: dict[str, bool | None] = field(default_factory=dict)
    troubles: tuple[str, ...] = ()


def random_label() -> str:
    """A label that no zone has."""
    return "".join(secrets.choice(string.ascii_lowercase) for _ in range(12))


async def look_at(dns: Dns, names: Iterable[str], label: str) -> Seen:
    """Everything about all names. Raises OutsideError when a name's own zone is out of reach.

    Trouble elsewhere (the zone of an alias' target) is kept in words.
    """
    wanted = tuple(names)
    at_once = asyncio.Semaphore(_AT_ONCE)
    surveys = await _all(dns, [look for n in wanted for look in looks_for(n, label)], at_once)
    troubles: dict[str, str] = {}
    for _ in range(_ROUNDS):
        more = {look.host: look for n in wanted for look in later_looks(n, surveys)}
        more = {host: look for host, look in more.items() if host not in troubles}
        if not more:
            break
        for host, found in zip(more, await _try_all(dns, more.values(), at_once), strict=True):
            if isinstance(found, NameSurvey):
                surveys[host] = found
            else:
                troubles[host] = f"{host}: {found.title}, so its CAA records are unknown"
    zones = tuple(dict.fromkeys(surveys[n].zone for n in wanted))
    signed = await asyncio.gather(*(dns.signed(zone) for zone in zones))
    return Seen(surveys, dict(zip(zones, signed, strict=True)), tuple(troubles.values()))


async def look_at_others(dns: Dns, zones: Iterable[str]) -> dict[str, dict[str, str]]:
    """Zone → hashes of the records that must not change with the switch."""
    unique = tuple(dict.fromkeys(zones))
    at_once = asyncio.Semaphore(_AT_ONCE)
    found = await asyncio.gather(*(_all(dns, looks_at_others(z), at_once) for z in unique))
    return {zone: fingerprints(s.values()) for zone, s in zip(unique, found, strict=True)}


async def _all(
    dns: Dns, looks: Iterable[Look], at_once: asyncio.Semaphore
) -> dict[str, NameSurvey]:
    """By host; a host that is wanted twice is asked once, for all types."""
    merged: dict[str, Look] = {}
    for look in looks:
        had = merged.get(look.host)
        types = look.types if had is None else tuple(dict.fromkeys((*had.types, *look.types)))
        merged[look.host] = Look(look.host, types)
    found = await asyncio.gather(*(_one(dns, look, at_once) for look in merged.values()))
    return dict(zip(merged, found, strict=True))


async def _one(dns: Dns, look: Look, at_once: asyncio.Semaphore) -> NameSurvey:
    async with at_once:
        return await dns.survey(look.host, look.types)


async def _try_all(
    dns: Dns, looks: Iterable[Look], at_once: asyncio.Semaphore
) -> list[NameSurvey | OutsideError]:
    async def one(look: Look) -> NameSurvey | OutsideError:
        try:
            return await _one(dns, look, at_once)
        except PortIntercepted:
            raise
        except OutsideError as error:
            return error

    return list(await asyncio.gather(*(one(look) for look in looks)))
