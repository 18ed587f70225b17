"""What would change a frozen app by itself, autoscaling and auto-deploys, is off before the go."""

import asyncio
from collections.abc import Awaitable, Sequence
from typing import TypeVar

from wizard.acts import do
from wizard.engine.events import PersonNeeded
from wizard.errors import BlockedError, MovedayError
from wizard.model.evidence import Evidence
from wizard.model.inventory import Inventory
from wizard.model.platform_facts import AutoDeploy, Autoscaler
from wizard.runbook.context import RunContext
from wizard.runbook.task import Task

T = TypeVar("T")


def _scaler_words(rule: Autoscaler) -> str:
    return f"autoscaling of {rule.process} is active ({rule.minimum} to {rule.maximum})"


def _deploy_words(link: AutoDeploy) -> str:
    return f"a push to {link.branch or 'the branch'} of {link.repository} is deployed by itself"


def active_words(scalers: Sequence[Autoscaler], deploys: Sequence[AutoDeploy]) -> list[str]:
    """What is active, each in words."""
    return [
        *(_scaler_words(rule) for rule in scalers if rule.active),
        *(_deploy_words(link) for link in deploys if link.active),
    ]


def refuse_what_moves(now: Inventory) -> None:
    """BlockedError when something would scale or deploy the app while it is frozen."""
    found = active_words(now.autoscalers, now.auto_deploys)
    if found:
        raise BlockedError(
            "the old side changes by itself",
            "\n".join(found),
            f"switch it off, then {do('again')}",
        )


async def _look(context: RunContext) -> tuple[list[str], list[str]]:
    """What is active, and what could not be read and why."""
    source = context.session.outside.source
    (scalers, one), (deploys, other) = await asyncio.gather(
        _or_why(source.autoscalers()), _or_why(source.auto_deploys())
    )
    unknown = [f"autoscaling is not known: {one}"] if one else []
    unknown += [f"auto-deploys are not known: {other}"] if other else []
    return active_words(scalers, deploys), unknown


async def _or_why(reading: Awaitable[Sequence[T]]) -> tuple[Sequence[T], str]:
    try:
        return await reading, ""
    except MovedayError as error:
        return (), error.title


async def _is_off(context: RunContext) -> Evidence | None:
    active, unknown = await _look(context)
    where = f"scaling rules and repository link of {context.session.outside.source.app}"
    if active and not context.stage.returns:
        return None
    for line in (*active, *unknown):
        context.say(line, "warn")
    if active:
        # A rehearsal freezes the staging app: it only says what the cutover will wait for.
        return context.proof(f"to be switched off before the cutover: {'; '.join(active)}", where)
    if unknown:
        return context.proof(f"nothing seen to be active; {'; '.join(unknown)}", where)
    return context.proof("no autoscaling and no auto-deploy is active", where)


async def _ask(context: RunContext) -> PersonNeeded:
    active, _ = await _look(context)
    return PersonNeeded(
        STAYS_STILL.id,
        STAYS_STILL.title,
        "Switch this off until the move is over, or it changes the app while it is frozen:\n"
        + "\n".join(active)
        + "\nNo command switches off deploys from a repository: use the dashboard.",
        by_hand=_by_hand(context),
    )


def _by_hand(context: RunContext) -> str:
    return context.session.outside.source.by_hand("autoscale-off")


STAYS_STILL = Task(
    id="stays-still",
    title="nothing changes the old side by itself",
    side="old",
    who="person",
    check=_is_off,
    request=_ask,
    by_hand=_by_hand,
    needs=("facts-compared",),
    fidelity="real",
    expected=2,
    poll=2.0,
)
