"""Heroku's own backups of a database: which are there, and taking one."""

import asyncio
from collections.abc import Awaitable, Callable, Collection

from providers.sources.heroku.client import HerokuApi, segment
from providers.sources.heroku.database import find_postgres
from providers.sources.heroku.shapes import Transfer
from wizard.clock import Clock
from wizard.errors import CheckFailedError, OutsideError, UnknownOutcome
from wizard.model.inventory import Addon
from wizard.safety.clean import clean
from wizard.safety.consent import Consent, Level, require
from wizard.safety.redact import REDACTOR

POLL_SECONDS = 3.0
FAILED_POLLS = 20
LONGEST_HOURS = 12.0
_TAIL = 5

Sleep = Callable[[float], Awaitable[None]]


def state(transfer: Transfer) -> str:
    """succeeded, cancelled, failed, running or pending: the rule of Heroku's own client."""
    if transfer.succeeded:
        return "succeeded"
    if transfer.canceled_at:
        return "cancelled"
    if transfer.finished_at:
        return "failed"
    return "running" if transfer.started_at else "pending"


def display_name(transfer: Transfer) -> str:
    """b001 for a manual backup, a001 for a scheduled one."""
    return f"{'a' if transfer.schedule else 'b'}{transfer.num or 0:03d}"


async def names(
    api: HerokuApi, app: str, database_id: str, *, unfinished: bool = False
) -> tuple[str, ...]:
    """Names of this database's good backups, newest first; with `unfinished` of all of them."""
    addon = await find_postgres(api, app, database_id)
    every = await _backups_of(api, app, addon)
    return tuple(display_name(t) for t in every if unfinished or state(t) == "succeeded")


async def _backups_of(api: HerokuApi, app: str, addon: Addon) -> list[Transfer]:
    """Backups of one database in any state, newest first. Filed under the app that pays."""
    path = f"/client/v11/apps/{segment(addon.billed_to or app)}/transfers"
    found = [
        transfer
        for transfer in await api.data(list[Transfer], path)
        if transfer.from_type == "pg_dump"
        and transfer.to_type == "gof3r"
        and _is_from(transfer, addon)
    ]
    return sorted(found, key=lambda transfer: transfer.num or 0, reverse=True)


def _is_from(transfer: Transfer, addon: Addon) -> bool:
    # Old recordings hold the attachment's name where newer ones hold the add-on's.
    names = {addon.name, *addon.provides, *(name.removesuffix("_URL") for name in addon.provides)}
    return not transfer.from_name or transfer.from_name.lower() in {n.lower() for n in names}


async def capture(
    api: HerokuApi,
    app: str,
    database_id: str,
    consent: Consent,
    clock: Clock,
    *,
    known: Collection[str] | None = None,
    poll: float = POLL_SECONDS,
    sleep: Sleep = asyncio.sleep,
) -> str:
    """Take a backup and wait for its good end; its name.

    A new backup can push out the oldest one kept, hence the highest consent. Raises OutsideError
    with the last log lines when it failed, CheckFailedError when it ended with warnings. When the
    start's answer is lost, a new backup on Heroku's list is taken for it; UnknownOutcome if none.
    `known`: see Source.capture_backup; whoever began a newer one, it holds what was there then.
    """
    addon = await find_postgres(api, app, database_id)
    newer = [] if known is None else await _newer(api, app, addon, known)
    started = newer[0] if newer else await _start(api, app, addon, consent)
    path = f"/client/v11/apps/{segment(addon.billed_to or app)}/transfers/{segment(started.uuid)}"
    ended = await _wait(api, path, started, clock, poll, sleep)
    name = display_name(ended)
    if state(ended) != "succeeded":
        raise OutsideError(
            f"the backup {name} of {addon.name} {state(ended)}",
            await _tail(api, path),
            f"look with `heroku pg:backups:info {name} --app {app}`",
        )
    if ended.warnings:
        raise CheckFailedError(
            f"the backup {name} of {addon.name} ended with {ended.warnings} warnings",
            await _tail(api, path),
            "look at its log before you rely on it",
        )
    return name


async def _newer(api: HerokuApi, app: str, addon: Addon, known: Collection[str]) -> list[Transfer]:
    """Backups that are not `known`, good or still under way."""
    return [
        transfer
        for transfer in await _backups_of(api, app, addon)
        if display_name(transfer) not in known
        and state(transfer) in ("succeeded", "running", "pending")
    ]


async def _start(api: HerokuApi, app: str, addon: Addon, consent: Consent) -> Transfer:
    require(consent, Level.USERS_NOTICE, f"take a backup of {addon.name} on Heroku")
    before = {transfer.uuid for transfer in await _backups_of(api, app, addon)}
    path = f"/client/v11/databases/{segment(addon.id)}/backups"
    try:
        return await api.data_start(Transfer, path, consent, Level.USERS_NOTICE)
    except UnknownOutcome as lost:
        unknown = lost
    try:
        new = [t for t in await _backups_of(api, app, addon) if t.uuid not in before]
    except OutsideError:
        new = []
    by_hand = [transfer for transfer in new if not transfer.schedule]
    if not by_hand:
        raise unknown
    return by_hand[0]


async def _wait(
    api: HerokuApi, path: str, transfer: Transfer, clock: Clock, poll: float, sleep: Sleep
) -> Transfer:
    begin, failed = clock.elapsed(), 0
    while state(transfer) in ("pending", "running"):
        if clock.elapsed() - begin > LONGEST_HOURS * 3600:
            raise OutsideError(
                f"the backup did not end within {LONGEST_HOURS:.0f} hours",
                "it may still be running",
                "look with `heroku pg:backups`",
            )
        await sleep(poll)
        try:
            transfer = await api.data(Transfer, path)
            failed = 0
        except OutsideError:
            failed += 1
            if failed >= FAILED_POLLS:
                raise
    return transfer


async def _tail(api: HerokuApi, path: str) -> str:
    """The last log lines: they explain a failure. Empty when they cannot be had."""
    try:
        logs = (await api.data(Transfer, f"{path}?verbose=true")).logs or []
    except OutsideError:
        return "its log cannot be read"
    lines = [clean(REDACTOR.redact(log.message or ""), 300) for log in logs[-_TAIL:]]
    return "\n".join(line for line in lines if line)
